/* schedule.h - the order of the steps of predict and of training, and how long buffers live. Used
 * by plan.c and fit.c. */
#ifndef SCHEDULE_H
#define SCHEDULE_H

#include "plan.h"

enum { ALIGN_VECTOR = 16 };

/* Each builds its schedule of `plan` anew: predict for plan->lean_predict and packed_predict;
 * training for plan->lean_train and plan->recomputed. */
void schedule_predict(Arena *arena, Plan *plan);
void schedule_train(Arena *arena, Plan *plan);

/* Whether backward could compute the output of training step s again instead of keeping that of
 * every sample. */
bool schedule_can_recompute(const Plan *plan, int s);

/* The buffer is alive at this time, too. */
void schedule_extend(Buffer *buffer, int time);

/* Chooses how a pass is written, and gives it the memory that takes. In training, what is prepared
 * or summed lives as long as the loop over the samples, and is the same for any number of them. */
void schedule_choose_form(Arena *arena, const Plan *plan, Schedule *schedule, Step *step, int time);

/* gradient.c: gives every step of a training schedule that has one its backward pass. */
void schedule_gradients(Arena *arena, const Plan *plan, Schedule *schedule);

/* overlap.c: finds the steps of a schedule that can write their output over their input, and, when
 * every buffer has its place, says which of them do. */
Overlap overlap_of(const Plan *plan, const Step *step);
void overlap_find(Arena *arena, const Plan *plan, Schedule *schedule);
void overlap_settle(Schedule *schedule);

/* Bytes of all structs, from the schedules. */
void plan_count_bytes(Plan *plan);

/* fit.c: makes the plan smaller until it keeps to options.ram; false after a message. */
bool plan_fit(Arena *arena, Diag *diag, Plan *plan);

#endif
