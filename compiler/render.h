/* render.h - runs templates over a Value tree. */
#ifndef RENDER_H
#define RENDER_H

#include "diag.h"
#include "value.h"

typedef struct {
    const char *folder; /* --templates DIR, or NULL: the ones inside the program */
    const Value *model; /* templates see it as M */
} Rendering;

/* The text that template `name` writes. *functions: the names of runtime functions it calls
 * (NULL-terminated, in order of first use). NULL after a message; a mistake in a template is a
 * message with its place. */
char *render_template(Arena *arena, Diag *diag, const Rendering *rendering, const char *name,
                      const char *const **functions);

/* indent.c: the same C with every line indented by the depth of its braces and runs of blank lines
 * made one; templates need not care. */
char *indent_text(Arena *arena, const char *text);

#endif
