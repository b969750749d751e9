/* export.h - Graph → a Python file: the same network for PyTorch or Keras. */
#ifndef EXPORT_H
#define EXPORT_H

#include "graph.h"

typedef enum { FRAMEWORK_TORCH, FRAMEWORK_KERAS } Framework;

/* The text of the file; NULL after messages: what the framework cannot say is an error with its
 * place, never another network. templates: a folder, or NULL for the ones inside the program. */
char *export_python(Arena *arena, Diag *diag, const Graph *graph, Framework framework,
                    const char *templates);

#endif
