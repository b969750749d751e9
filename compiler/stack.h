/* stack.h - how much stack generated code needs. */
#ifndef STACK_H
#define STACK_H

#include "base.h"

/* Bytes of the largest local arrays of a function in the text of OUT.c. */
int64_t stack_arrays(const char *source, bool real64);

#endif
