/* emit.h - Plan → Files: the text of OUT.c and OUT.h. */
#ifndef EMIT_H
#define EMIT_H

#include "plan.h"

typedef struct {
    char *source, *header;
} Files;

/* include: how OUT.c calls OUT.h. weights: graph->param_count values in canonical order to embed,
 * or NULL. templates: a folder, or NULL for the ones inside the program. False after a message. */
bool emit_files(Arena *arena, Diag *diag, const Plan *plan, const char *include,
                const float *weights, const char *templates, Files *out);

/* The text of a program for OUT.c and OUT.h; `selftest` is what its template reads as M.selftest.
 * NULL after a message. */
char *emit_selftest(Arena *arena, Diag *diag, const Plan *plan, const char *include,
                    bool has_weights, Value *selftest, const char *templates);

#endif
