/* safetensors.c - an 8-byte size, a JSON object { name: { dtype, shape, data_offsets } } and one
 * block of bytes that the offsets cut into tensors without a gap. Entries that do not hold together
 * are reported first, then bytes that belong to no tensor or to two. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "tensors.h"

enum { HEADER_MOST = 100000000, ERRORS_MOST = 20 };

/* The bytes behind the header. */
typedef struct {
    const char *data;
    int64_t size;
} Block;

static int64_t dtype_size(const char *dtype)
{
    static const struct {
        const char *name;
        int64_t size;
    } known[] = {{"F64", 8}, {"I64", 8},  {"U64", 8},     {"F32", 4},     {"I32", 4},    {"U32", 4},
                 {"F16", 2}, {"BF16", 2}, {"I16", 2},     {"U16", 2},     {"BOOL", 1},   {"I8", 1},
                 {"U8", 1},  {"C64", 8},  {"F8_E8M0", 1}, {"F8_E4M3", 1}, {"F8_E5M2", 1}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i].name, dtype) == 0)
            return known[i].size;
    return 0;
}

static bool read_natural(const json_t *json, int64_t *out)
{
    if (!json_is_integer(json) || json_integer_value(json) < 0)
        return false;
    *out = json_integer_value(json);
    return true;
}

static bool read_dims(TensorFile *file, StoredTensor *entry, const json_t *shape)
{
    size_t rank = json_array_size(shape);
    if (!json_is_array(shape) || rank > STORED_RANK_MOST)
        return diag_error(file->diag, file->span,
                          "tensor %s: \"shape\" is not a list of at most %d sizes", entry->shown,
                          STORED_RANK_MOST);
    entry->rank = (int)rank;
    for (size_t i = 0; i < rank; i++)
        if (!read_natural(json_array_get(shape, i), &entry->dims[i]))
            return diag_error(file->diag, file->span,
                              "tensor %s: \"shape\" holds something that is not a size",
                              entry->shown);
    return true;
}

static bool read_offsets(TensorFile *file, const Block *block, StoredTensor *entry,
                         const json_t *offsets)
{
    int64_t begin, end;
    if (json_array_size(offsets) != 2 || !read_natural(json_array_get(offsets, 0), &begin) ||
        !read_natural(json_array_get(offsets, 1), &end) || begin > end)
        return diag_error(file->diag, file->span,
                          "tensor %s: \"data_offsets\" is not a pair of growing offsets",
                          entry->shown);
    if (end > block->size)
        return diag_error(file->diag, file->span,
                          "tensor %s: truncated: ends at byte %lld of the data, the file has %lld",
                          entry->shown, (long long)end, (long long)block->size);
    entry->data = block->data + begin;
    entry->size = end - begin;
    return true;
}

/* Whether the bytes of the entry are those its shape and type need. */
static bool check_bytes(TensorFile *file, const StoredTensor *entry)
{
    int64_t need = dtype_size(entry->dtype);
    bool fits = true;
    if (need == 0)
        return diag_error(file->diag, file->span, "tensor %s: unknown dtype \"%s\"", entry->shown,
                          entry->dtype);
    for (int i = 0; i < entry->rank; i++)
        fits = fits && size_mul(need, entry->dims[i], &need);
    if (fits && need == entry->size)
        return true;
    return diag_error(file->diag, file->span, "tensor %s: %s of %s does not fill %lld bytes",
                      entry->shown, bytes_dims(file->arena, entry->dims, entry->rank), entry->dtype,
                      (long long)entry->size);
}

static bool read_entry(TensorFile *file, const Block *block, const char *name, const json_t *json)
{
    StoredTensor *entry = tensors_add(file, name);
    const char *dtype = json_string_value(json_object_get(json, "dtype"));
    if (!dtype)
        return diag_error(file->diag, file->span, "tensor %s: no \"dtype\"", entry->shown);
    entry->dtype = bytes_shown(file->arena, dtype);
    return read_dims(file, entry, json_object_get(json, "shape")) &&
           read_offsets(file, block, entry, json_object_get(json, "data_offsets")) &&
           check_bytes(file, entry);
}

static int by_offset(const void *a, const void *b)
{
    const StoredTensor *x = *(const StoredTensor *const *)a, *y = *(const StoredTensor *const *)b;
    if (x->data != y->data)
        return x->data < y->data ? -1 : 1;
    if (x->size != y->size)
        return x->size < y->size ? -1 : 1;
    return x < y ? -1 : x > y;
}

static bool check_gap(TensorFile *file, int64_t from, int64_t to)
{
    if (from >= to)
        return true;
    return diag_error(file->diag, file->span, "bytes %lld to %lld of the data belong to no tensor",
                      (long long)from, (long long)to);
}

/* The tensors must cut the data without overlap and without gap. */
static bool check_cover(TensorFile *file, const Block *block)
{
    const StoredTensor **sorted = ARENA_ARRAY(file->arena, file->count, const StoredTensor *);
    for (int i = 0; i < file->count; i++)
        sorted[i] = &file->entries[i];
    if (file->count > 0)
        qsort(sorted, (size_t)file->count, sizeof *sorted, by_offset);
    int64_t end = 0;
    bool good = true;
    for (int i = 0; i < file->count; i++) {
        const StoredTensor *entry = sorted[i];
        const int64_t begin = entry->data - block->data;
        if (begin < end && entry->size > 0)
            good = diag_error(file->diag, file->span, "tensor %s: its bytes overlap those of %s",
                              entry->shown, sorted[i - 1]->shown);
        good = check_gap(file, end, begin) && good;
        end = begin + entry->size > end ? begin + entry->size : end;
    }
    return check_gap(file, end, block->size) && good;
}

static bool read_entries(TensorFile *file, const Block *block, json_t *header)
{
    const char *name;
    json_t *json;
    int errors = file->diag->errors;
    json_object_foreach(header, name, json)
    {
        if (strcmp(name, "__metadata__") != 0)
            read_entry(file, block, name, json);
        if (file->diag->errors - errors > ERRORS_MOST)
            return false;
    }
    return file->diag->errors == errors && check_cover(file, block);
}

bool safetensors_read(TensorFile *file, const Source *source)
{
    uint64_t size = source->size < 8 ? 0 : bytes_little(source->text, 8);
    if (source->size < 8)
        return diag_error(file->diag, file->span,
                          "not a safetensors file: %zu bytes are too few for its header",
                          source->size);
    if (size > HEADER_MOST || size > source->size - 8)
        return diag_error(file->diag, file->span,
                          "not a safetensors file, or truncated: it announces a header of %llu "
                          "bytes, %zu are there",
                          (unsigned long long)size, source->size - 8);
    json_error_t error;
    json_t *header = json_loadb(source->text + 8, (size_t)size, JSON_REJECT_DUPLICATES, &error);
    if (!header)
        return diag_error(file->diag, file->span, "the header is not valid: %s",
                          bytes_shown(file->arena, error.text));
    const Block block = {source->text + 8 + size, (int64_t)(source->size - 8 - size)};
    bool good = json_is_object(header)
                    ? read_entries(file, &block, header)
                    : diag_error(file->diag, file->span, "the header is not a JSON object");
    json_decref(header);
    return good;
}
