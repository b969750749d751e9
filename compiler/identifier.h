/* identifier.h - which names can be part of the generated C. */
#ifndef IDENTIFIER_H
#define IDENTIFIER_H

#include <stdbool.h>

/* Letters, digits and _, a letter first, at most 64; no keyword of C or C++ and no macro of the
 * headers that the generated code includes. */
bool is_identifier(const char *name);

#endif
