/* embed.h - text files that are part of the program: templates, runtime. Made at build time by
 * embed_tool.c. */
#ifndef EMBED_H
#define EMBED_H

#include <stddef.h>

typedef struct {
    const char *name; /* "templates/conv.fwd.c.t" */
    const char *text; /* NUL-terminated */
    size_t size;
} Embedded;

const Embedded *embedded_find(const char *name); /* NULL when there is none */

#endif
