/* npy.h - NumPy's array files, in and out.
 *
 * Read: versions 1 to 3, little-endian f2 f4 f8 and u1 i1 i4 i8, C and Fortran order. Every array
 * becomes floats in C order; `integer` remembers that it held whole numbers, `bytes` that it held
 * u1 (which data sets scale to 0..1). Written: version 1, f4, C order. */
#ifndef NPY_H
#define NPY_H

#include "diag.h"

enum { NPY_RANK = 8 };

typedef struct {
    int64_t dims[NPY_RANK];
    int rank;
    int64_t count; /* product of dims */
    bool integer, bytes;
    float *values;
} Npy;

/* NULL after a message. `npy_decode` is the same for a file in memory. */
Npy *npy_read(Arena *arena, Diag *diag, const char *path);
Npy *npy_decode(Arena *arena, Diag *diag, const Source *source);
void npy_encode(Text *out, const float *values, const int64_t *dims, int rank);

#endif
