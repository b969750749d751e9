/* selftest.h - --selftest: a C main that checks a generated network where it runs.
 *
 * What it expects must not come from the code under test. So the network is generated once more, in
 * double and as plain loops, compiled with the host's compiler and run; its numbers become
 * constants of the program. The compiler is $HOSTCC, else $CC, else cc, and its flags are always
 * the same, so that the same spec gives the same bytes. */
#ifndef SELFTEST_H
#define SELFTEST_H

#include "plan.h"

/* The text of the program; include: the header of the network under test. weights: as for
 * emit_files(). NULL after a message. */
char *selftest_text(Arena *arena, Diag *diag, const Plan *plan, const char *include,
                    const float *weights, const char *templates);

#endif
