/* zip.h - the members of a zip archive, in and out: what .npz and .keras files are. */
#ifndef ZIP_H
#define ZIP_H

#include "diag.h"

typedef struct {
    const char *name;
    const char *data; /* NUL-terminated behind `size` bytes */
    size_t size;
} ZipMember;

/* Every member, unpacked (stored or deflated) and checked against its sum. False after a message.
 */
bool zip_read(Arena *arena, Diag *diag, const Source *source, ZipMember **out, int *count);

/* The archive: members stored as they are, dated 1980-01-01, so that same members are same bytes.
 * False when one is too large for the format (4 GiB). */
bool zip_encode(Text *out, const ZipMember *members, int count);

#endif
