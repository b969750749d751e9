/* lower.h - Graph → steps: fusion. Used by plan.c only. */
#ifndef LOWER_H
#define LOWER_H

#include "plan.h"

/* Fills schedule->steps and buffers (without lifetimes). With `clips`, layers that can do without
 * zeros around their input get none. */
void lower_graph(Arena *arena, const Graph *graph, bool training, bool clips, PlanOptions options,
                 Schedule *schedule);

/* Appends a buffer; returns its index. */
int schedule_buffer(Arena *arena, Schedule *schedule, const char *name, Home home, int64_t count);

#endif
