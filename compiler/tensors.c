/* tensors.c - which format a file has, and what its values are as floats. */
#include "tensors.h"

#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "host.h"

StoredTensor *tensors_add(TensorFile *file, const char *name)
{
    if (file->count == file->capacity) {
        const int more = file->capacity ? 2 * file->capacity : 64;
        file->entries = arena_grow(file->arena, file->entries, (size_t)file->count, (size_t)more,
                                   sizeof *file->entries);
        file->capacity = more;
    }
    StoredTensor *entry = &file->entries[file->count++];
    *entry = (StoredTensor){.name = arena_copy(file->arena, name, strlen(name))};
    entry->shown = bytes_shown(file->arena, name);
    /* "conv1.kernel", "conv1/kernel", and "conv1/kernel:0" of Keras 2 */
    size_t size = strlen(name), cut;
    if (size > 2 && strcmp(name + size - 2, ":0") == 0)
        size -= 2;
    for (cut = size; cut > 0 && name[cut - 1] != '.' && name[cut - 1] != '/';)
        cut--;
    entry->layer = arena_copy(file->arena, name, cut > 0 ? cut - 1 : 0);
    entry->leaf = arena_copy(file->arena, name + cut, size - cut);
    entry->aside = strcmp(entry->leaf, "num_batches_tracked") == 0;
    return entry;
}

int64_t tensors_count(const StoredTensor *entry)
{
    int64_t count = 1;
    for (int i = 0; i < entry->rank; i++)
        count *= entry->dims[i];
    return count;
}

bool tensors_is_float(const StoredTensor *entry)
{
    static const char *const known[] = {"F64", "F32", "F16", "BF16"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i], entry->dtype) == 0)
            return true;
    return false;
}

float tensors_value(const StoredTensor *entry, int64_t i)
{
    if (strcmp(entry->dtype, "F64") == 0)
        return (float)bytes_f64(entry->data + 8 * i);
    if (strcmp(entry->dtype, "F16") == 0)
        return bytes_f16(entry->data + 2 * i);
    if (strcmp(entry->dtype, "BF16") == 0) {
        const char bytes[4] = {0, 0, entry->data[2 * i], entry->data[2 * i + 1]};
        return bytes_f32(bytes);
    }
    return bytes_f32(entry->data + 4 * i);
}

/* The length of "conv2d" in "conv2d_12", and 12; -1 when there is no number. */
static size_t cut_number(const char *name, int64_t *number)
{
    size_t size = strlen(name), cut = size;
    while (cut > 0 && name[cut - 1] >= '0' && name[cut - 1] <= '9')
        cut--;
    *number = -1;
    if (cut < 2 || cut == size || size - cut > 9 || name[cut - 1] != '_')
        return size;
    *number = strtol(name + cut, NULL, 10);
    return cut - 1;
}

static bool is_same_kind(const char *a, const char *b)
{
    int64_t number;
    const size_t size = cut_number(a, &number);
    return size == cut_number(b, &number) && memcmp(a, b, size) == 0;
}

/* Whether all layers of the entry's kind have names that Keras made; if not, only their groups say
 * which is which. */
static bool is_unnamed(const TensorFile *file, const StoredTensor *entry)
{
    for (int i = 0; i < file->count; i++) {
        const StoredTensor *other = &file->entries[i];
        if (other->group && is_same_kind(other->group, entry->group) &&
            !is_same_kind(other->layer, other->group))
            return false;
    }
    return true;
}

static int by_automatic(const void *a, const void *b)
{
    const StoredTensor *x = *(const StoredTensor *const *)a, *y = *(const StoredTensor *const *)b;
    int64_t left, right;
    const size_t xs = cut_number(x->automatic, &left), ys = cut_number(y->automatic, &right);
    const int base = memcmp(x->automatic, y->automatic, xs < ys ? xs : ys);
    if (base != 0 || xs != ys)
        return base != 0 ? base : xs < ys ? -1 : 1;
    return left < right ? -1 : left > right;
}

/* Keras counts the layers of a program, not those of a network: "conv2d_5", "conv2d_7" become
 * "conv2d", "conv2d_1". */
static void number_layers(TensorFile *file)
{
    StoredTensor **sorted = ARENA_ARRAY(file->arena, file->count, StoredTensor *);
    int64_t before = 0, number;
    int rank = 0;
    for (int i = 0; i < file->count; i++) {
        StoredTensor *entry = &file->entries[i];
        sorted[i] = entry;
        entry->automatic = strpbrk(entry->layer, "./") ? "" : entry->layer;
        entry->grouped = entry->group && !is_unnamed(file, entry);
        if (entry->grouped)
            entry->automatic = entry->group;
    }
    if (file->count > 1)
        qsort(sorted, (size_t)file->count, sizeof *sorted, by_automatic);
    const char *kind = "";
    for (int i = 0; i < file->count; i++) {
        StoredTensor *entry = sorted[i];
        const size_t size = cut_number(entry->automatic, &number);
        if (!is_same_kind(kind, entry->automatic))
            rank = 0;
        else if (number != before)
            rank++;
        kind = entry->automatic;
        before = number;
        if (rank > 0)
            entry->automatic = arena_printf(file->arena, "%.*s_%d", (int)size, kind, rank);
        else
            entry->automatic = arena_copy(file->arena, kind, size);
    }
}

/* Whether the signature of HDF5 stands at the start; a user block may stand before it. */
static bool is_hdf5(const Source *source)
{
    for (size_t at = 0; at + 8 <= source->size; at = at ? 2 * at : 512)
        if (memcmp(source->text + at, "\x89HDF\r\n\x1a\n", 8) == 0)
            return true;
    return false;
}

static bool read_format(TensorFile *out, const Source *source)
{
    if (source->size >= 6 && memcmp(source->text, "\x93NUMPY", 6) == 0)
        return npy_tensors(out, source);
    if (source->size >= 4 &&
        (memcmp(source->text, "PK\3\4", 4) == 0 || memcmp(source->text, "PK\5\6", 4) == 0))
        return npz_read(out, source);
    if (is_hdf5(source))
        return hdf5_read(out, source->text, source->size);
    if (source->size >= 2 && memcmp(source->text, "\x80\2", 2) == 0 &&
        bytes_little(source->text, source->size < 8 ? (int)source->size : 8) > source->size)
        return diag_error(out->diag, out->span,
                          "is a Python pickle, which is a program, not data; save the state dict "
                          "with safetensors.torch.save_file");
    return safetensors_read(out, source);
}

bool tensors_read(Arena *arena, Diag *diag, const char *path, TensorFile *out)
{
    *out = (TensorFile){.arena = arena, .diag = diag, .span = bytes_span(arena, path)};
    const Source *source = host_read(arena, diag, path, 0);
    if (!source || !read_format(out, source))
        return false;
    number_layers(out);
    return true;
}
