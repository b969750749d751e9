/* schedule.h - the order of the steps of predict and of training, and how long buffers live. Used
 * by plan.c and fit.c. */
#ifndef SCHEDULE_H
#define SCHEDULE_H

#include "plan.h"

enum { ALIGN_VECTOR = 16 };

/* Each builds its schedule of `plan` anew: predict for plan->lean_predict; training for
 * plan->lean_train and plan->recomputed. */
void schedule_predict(Arena *arena, Plan *plan);
void schedule_train(Arena *arena, Plan *plan);

/* Whether backward could compute the output of training step s again instead of keeping that of
 * every sample. */
bool schedule_can_recompute(const Plan *plan, int s);

/* Bytes of all structs, from the schedules. */
void plan_count_bytes(Plan *plan);

/* fit.c: makes the plan smaller until it keeps to options.ram; false after a message. */
bool plan_fit(Arena *arena, Diag *diag, Plan *plan);

#endif
