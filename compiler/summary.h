/* summary.h - what a network costs, for people and for programs. */
#ifndef SUMMARY_H
#define SUMMARY_H

#include "plan.h"

char *summary_grouped(Arena *arena, int64_t number); /* 2631040 → "2,631,040" */
void summary_table(Text *out, const Plan *plan);
void summary_json(Text *out, const Plan *plan);

/* check --json: the messages, and the figures when there is a plan (NULL: the spec is wrong). */
void check_json(Text *out, const char *path, const Diag *diag, int first_message, const Plan *plan);

/* The limits of the spec and of the command line, against the plan: ram is the scratch of predict,
 * flash the parameters' bytes. Every limit that is broken is one error. */
bool budget_check(Diag *diag, const Plan *plan, const Budget *extra);

/* The register tiles of every pass, and how many lanes they use; tile_text.c. */
void summary_tiles(Text *out, const Plan *plan);

#endif
