/* depfile.h - -MD: what OUT.c was made from, as a rule for make and ninja. */
#ifndef DEPFILE_H
#define DEPFILE_H

#include "diag.h"

/* "OUT.c OUT.h: SPEC.lua WEIGHTS.safetensors"; targets: NULL-terminated. Sources are the files that
 * were read (diag->files). */
void depfile_text(Text *out, const Diag *diag, const char *const *targets);

#endif
