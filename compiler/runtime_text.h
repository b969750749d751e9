/* runtime_text.h - the runtime as text, for --standalone. */
#ifndef RUNTIME_TEXT_H
#define RUNTIME_TEXT_H

#include "base.h"

/* The functions named and everything they need, each once, in the order of the files, all static.
 */
char *runtime_standalone(Arena *arena, const char *const *names, int count, bool real64);

#endif
