/* npz.c - NumPy's arrays as tensors: one .npy file, or a zip archive of them with a name each.
 * Keras' .keras file is a zip archive, too, with its weights as HDF5 in it. */
#include <string.h>

#include "bytes.h"
#include "npy.h"
#include "tensors.h"
#include "zip.h"

static void add_array(TensorFile *file, const char *name, const Npy *array)
{
    StoredTensor *entry = tensors_add(file, name);
    entry->rank = array->rank;
    memcpy(entry->dims, array->dims, sizeof entry->dims);
    entry->dtype = array->integer ? "whole numbers" : "F32";
    if (array->integer)
        return;
    char *data = arena_alloc(file->arena, 4 * (size_t)array->count);
    for (int64_t i = 0; i < array->count; i++)
        bytes_put_f32(data + 4 * i, array->values[i]);
    entry->data = data;
    entry->size = 4 * array->count;
}

bool npy_tensors(TensorFile *file, const Source *source)
{
    const Npy *array = npy_decode(file->arena, file->diag, source);
    if (!array)
        return false;
    add_array(file, "", array);
    file->entries[0].shown = "the array";
    file->flat = true;
    return true;
}

static bool has_end(const char *name, const char *end)
{
    const size_t size = strlen(name), tail = strlen(end);
    return size >= tail && strcmp(name + size - tail, end) == 0;
}

bool npz_read(TensorFile *file, const Source *source)
{
    ZipMember *members;
    int count;
    if (!zip_read(file->arena, file->diag, source, &members, &count))
        return false;
    for (int i = 0; i < count; i++) {
        if (strcmp(members[i].name, "model.weights.h5") == 0)
            return hdf5_read(file, members[i].data, members[i].size);
        if (has_end(members[i].name, "data.pkl"))
            return diag_error(file->diag, file->span,
                              "is a Python pickle, which is a program, not data; save the state "
                              "dict with safetensors.torch.save_file");
    }
    for (int i = 0; i < count; i++) {
        const size_t size = strlen(members[i].name);
        if (!has_end(members[i].name, ".npy"))
            return diag_error(file->diag, file->span, "member %s is not an .npy array",
                              bytes_shown(file->arena, members[i].name));
        const Source member = {arena_printf(file->arena, "%s/%s", source->path,
                                            bytes_shown(file->arena, members[i].name)),
                               members[i].data, members[i].size};
        Source *kept = ARENA_NEW(file->arena, Source);
        *kept = member;
        const Npy *array = npy_decode(file->arena, file->diag, kept);
        if (!array)
            return false;
        add_array(file, arena_copy(file->arena, members[i].name, size - 4), array);
    }
    return true;
}
