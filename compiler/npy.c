/* npy.c - NumPy's array files.
 *
 * "\x93NUMPY", two version bytes, the size of a header, the header, the values. The header is a
 * Python dictionary such as  {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }  padded
 * with spaces; a Cursor walks over it and never past its end. */
#include "npy.h"

#include <string.h>

#include "bytes.h"
#include "host.h"

typedef struct {
    const char *at, *end;
} Cursor;

typedef struct {
    Npy array;
    char descr[8];
    bool fortran, has_descr, has_order, has_shape;
} Header;

static void skip_spaces(Cursor *cursor)
{
    while (cursor->at < cursor->end && strchr(" \t\r\n", *cursor->at) && *cursor->at)
        cursor->at++;
}

static bool take(Cursor *cursor, const char *word)
{
    size_t size = strlen(word);
    skip_spaces(cursor);
    if ((size_t)(cursor->end - cursor->at) < size || memcmp(cursor->at, word, size) != 0)
        return false;
    cursor->at += size;
    return true;
}

/* A quoted word of fewer than `room` bytes. */
static bool take_string(Cursor *cursor, char *out, size_t room)
{
    char quote;
    size_t size = 0;
    skip_spaces(cursor);
    if (cursor->at == cursor->end || (*cursor->at != '\'' && *cursor->at != '"'))
        return false;
    quote = *cursor->at++;
    while (cursor->at < cursor->end && *cursor->at != quote && size + 1 < room)
        out[size++] = *cursor->at++;
    out[size] = '\0';
    if (cursor->at == cursor->end || *cursor->at != quote)
        return false;
    cursor->at++;
    return true;
}

static bool take_number(Cursor *cursor, int64_t *out)
{
    int64_t value = 0;
    skip_spaces(cursor);
    const char *start = cursor->at;
    while (cursor->at < cursor->end && *cursor->at >= '0' && *cursor->at <= '9') {
        if (!size_mul(value, 10, &value) || !size_add(value, *cursor->at - '0', &value))
            return false;
        cursor->at++;
    }
    *out = value;
    return cursor->at > start;
}

/* "()", "(3,)", "(3, 4)" */
static bool take_shape(Cursor *cursor, Npy *array)
{
    array->rank = 0;
    array->count = 1;
    if (!take(cursor, "("))
        return false;
    while (!take(cursor, ")")) {
        int64_t size;
        if (array->rank == NPY_RANK || !take_number(cursor, &size) ||
            !size_mul(array->count, size, &array->count))
            return false;
        array->dims[array->rank++] = size;
        if (!take(cursor, ",") && (cursor->at == cursor->end || *cursor->at != ')'))
            return false;
    }
    return true;
}

static bool take_field(Cursor *cursor, Header *header)
{
    char key[16];
    if (!take_string(cursor, key, sizeof key) || !take(cursor, ":"))
        return false;
    if (strcmp(key, "descr") == 0)
        return header->has_descr = take_string(cursor, header->descr, sizeof header->descr);
    if (strcmp(key, "shape") == 0)
        return header->has_shape = take_shape(cursor, &header->array);
    if (strcmp(key, "fortran_order") != 0)
        return false;
    header->fortran = take(cursor, "True");
    return header->has_order = header->fortran || take(cursor, "False");
}

static bool take_header(Cursor *cursor, Header *header)
{
    if (!take(cursor, "{"))
        return false;
    while (!take(cursor, "}")) {
        if (!take_field(cursor, header))
            return false;
        if (!take(cursor, ",") && (cursor->at == cursor->end || *cursor->at != '}'))
            return false;
    }
    skip_spaces(cursor);
    return cursor->at == cursor->end && header->has_descr && header->has_shape && header->has_order;
}

static int item_size(const char *descr)
{
    static const char *const known[] = {"<f4", "<f8", "<f2", "|u1", "|i1",
                                        "<i4", "<i8", "<u1", "<i1"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i], descr) == 0)
            return descr[2] - '0';
    return 0;
}

/* Two's complement of `size` bytes, as a float. */
static float signed_item(const char *at, int size)
{
    uint64_t bits = bytes_little(at, size), sign = (uint64_t)1 << (8 * size - 1);
    return bits & sign ? -(float)((sign << 1) - bits) : (float)bits;
}

static float item(const char *at, const char *descr)
{
    if (descr[1] == 'f')
        return descr[2] == '2'   ? bytes_f16(at)
               : descr[2] == '4' ? bytes_f32(at)
                                 : (float)bytes_f64(at);
    return descr[1] == 'u' ? (float)(unsigned char)*at : signed_item(at, descr[2] - '0');
}

/* Where the n-th value in C order stands in a file of Fortran order. */
static int64_t fortran_index(const Npy *array, int64_t n)
{
    int64_t index = 0, stride = array->count;
    for (int i = array->rank - 1; i >= 0; i--) {
        stride /= array->dims[i];
        index += n % array->dims[i] * stride;
        n /= array->dims[i];
    }
    return index;
}

static Npy *read_values(Arena *arena, Diag *diag, Span span, const Header *header, Cursor data)
{
    int size = item_size(header->descr);
    int64_t need, left = data.end - data.at;
    if (size == 0) {
        diag_error(diag, span,
                   "values of type '%s': only <f2, <f4, <f8, |u1, |i1, <i4 and <i8 are read",
                   bytes_shown(arena, header->descr));
        return NULL;
    }
    if (!size_mul(header->array.count, size, &need) || need != left) {
        diag_error(diag, span, "%s values of type '%s' do not fill the %lld bytes of the file",
                   bytes_dims(arena, header->array.dims, header->array.rank), header->descr,
                   (long long)left);
        return NULL;
    }
    Npy *array = ARENA_NEW(arena, Npy);
    *array = header->array;
    array->integer = header->descr[1] != 'f';
    array->bytes = header->descr[1] == 'u';
    array->values = ARENA_ARRAY(arena, array->count, float);
    for (int64_t i = 0; i < array->count; i++) {
        int64_t from = header->fortran ? fortran_index(array, i) : i;
        array->values[i] = item(data.at + from * size, header->descr);
    }
    return array;
}

/* Sets `text` to the header and `data` to what follows it. */
static bool split_file(const Source *source, Cursor *text, Cursor *data)
{
    const char *at = source->text;
    if (source->size < 12 || memcmp(at, "\x93NUMPY", 6) != 0 || at[6] < 1 || at[6] > 3)
        return false;
    int wide = at[6] == 1 ? 2 : 4;
    uint64_t size = bytes_little(at + 8, wide);
    if (size > source->size - 8 - (size_t)wide)
        return false;
    *text = (Cursor){at + 8 + wide, at + 8 + wide + size};
    *data = (Cursor){text->end, at + source->size};
    return true;
}

Npy *npy_decode(Arena *arena, Diag *diag, const Source *source)
{
    Header header = {0};
    Cursor text, data;
    Span span = {.source = source};
    if (!split_file(source, &text, &data)) {
        diag_error(diag, span, "not an .npy file of version 1 to 3, or truncated");
        return NULL;
    }
    if (!take_header(&text, &header)) {
        diag_error(diag, span, "the .npy header cannot be read");
        return NULL;
    }
    return read_values(arena, diag, span, &header, data);
}

Npy *npy_read(Arena *arena, Diag *diag, const char *path)
{
    const Source *source = host_read(arena, diag, path, 0);
    return source ? npy_decode(arena, diag, source) : NULL;
}

void npy_encode(Text *out, const float *values, const int64_t *dims, int rank)
{
    Text header = {.arena = out->arena};
    int64_t count = 1;
    char bytes[4];
    text_string(&header, "{'descr': '<f4', 'fortran_order': False, 'shape': (");
    for (int i = 0; i < rank; i++) {
        text_printf(&header, rank == 1 ? "%lld," : i ? ", %lld" : "%lld", (long long)dims[i]);
        count *= dims[i];
    }
    text_string(&header, "), }");
    while ((10 + header.size + 1) % 64 != 0)
        text_string(&header, " ");
    text_string(&header, "\n");
    text_add(out, "\x93NUMPY\x01\x00", 8);
    bytes_put_little(bytes, header.size, 2);
    text_add(out, bytes, 2);
    text_add(out, header.data, header.size);
    for (int64_t i = 0; i < count; i++) {
        bytes_put_f32(bytes, values[i]);
        text_add(out, bytes, 4);
    }
}
