/* tensors.h - the tensors of a file of weights, as they are there; one reader for each format.
 *
 * A format is recognised by the first bytes of the file, never by its name. Readers are given
 * untrusted bytes: what does not hold together is a message, and no reader writes anything. */
#ifndef TENSORS_H
#define TENSORS_H

#include "diag.h"

enum { STORED_RANK_MOST = 8 };

typedef struct {
    const char *name, *shown; /* as written; for messages */
    const char *layer, *leaf; /* "features.0" and "weight"; layer is "" where there is none */
    const char *group;        /* HDF5: Keras' own name of the layer, "conv2d_1"; or NULL */
    const char *automatic;    /* its layer, when all names were Keras' own: "conv2d_1"; or "" */
    bool grouped;             /* automatic is from the group: layers with names are counted, too */
    const char *dtype;        /* "F32", "BF16", "I64", ... */
    int64_t dims[STORED_RANK_MOST];
    int rank;
    const char *data; /* in C order, lowest byte first; NULL where dtype is not a float's */
    int64_t size;     /* bytes */
    bool used;        /* for whoever takes tensors out */
    bool aside;       /* not of the network: an optimizer's state, a counter */
} StoredTensor;

typedef struct {
    Arena *arena;
    Diag *diag;
    Span span;
    StoredTensor *entries;
    int count, capacity;
    bool flat; /* one .npy: all values in canonical order */
} TensorFile;

/* Reads the file at `path` into *out, which `arena` owns. False after errors, each with the tensor
 * it is about. */
bool tensors_read(Arena *arena, Diag *diag, const char *path, TensorFile *out);

/* A new entry, with layer and leaf cut from the name; valid until the next one. */
StoredTensor *tensors_add(TensorFile *file, const char *name);

int64_t tensors_count(const StoredTensor *entry); /* product of dims, which were checked */
bool tensors_is_float(const StoredTensor *entry); /* F64, F32, F16, BF16 */
float tensors_value(const StoredTensor *entry, int64_t i);

/* The readers. */
bool safetensors_read(TensorFile *file, const Source *source);
bool npy_tensors(TensorFile *file, const Source *source);
bool npz_read(TensorFile *file, const Source *source); /* also .keras, which holds an HDF5 file */
bool hdf5_read(TensorFile *file, const void *data, size_t size);

#endif
