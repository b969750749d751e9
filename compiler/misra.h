/* misra.h - --misra: where the generated C deviates from MISRA C:2012, and why.
 *
 * cppcheck finds the places (its MISRA addon; $CPPCHECK, else cppcheck), the reasons are ours: a
 * table in misra.c. The document is for the files as they were written, so it is made with them. */
#ifndef MISRA_H
#define MISRA_H

#include "emit.h"

/* The text of the document, Markdown; source, header: the names of the files, without folders. NULL
 * after a message. */
const char *misra_text(Arena *arena, Diag *diag, const Plan *plan, const Files *files,
                       const char *source, const char *header);

#endif
