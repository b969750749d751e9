/* safetensors.h - the tensors of a file, as they are there. */
#ifndef SAFETENSORS_H
#define SAFETENSORS_H

#include "diag.h"

enum { STORED_RANK_MOST = 8 };

typedef struct {
    const char *name, *shown, *dtype; /* as written; for messages; "F32", "BF16", ... */
    int64_t dims[STORED_RANK_MOST];
    int rank;
    int64_t begin, end; /* in the data block */
    bool used;          /* for whoever takes tensors out */
} StoredTensor;

typedef struct {
    Arena *arena;
    Diag *diag;
    Span span;
    const char *data;
    int64_t data_size;
    StoredTensor *entries;
    int count;
} TensorFile;

/* Reads the file at `path` into *out, which `arena` owns. False after errors, each with the tensor
 * it is about. */
bool safetensors_read(Arena *arena, Diag *diag, const char *path, TensorFile *out);

#endif
