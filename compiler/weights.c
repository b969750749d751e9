/* weights.c - safetensors against a Graph.
 *
 * A safetensors file is an 8-byte size, a JSON object { name: { dtype, shape, data_offsets } } and
 * one block of bytes that the offsets cut into tensors without a gap. Reading goes in three steps,
 * and each reports all it finds: entries that do not hold together, bytes that belong to no tensor
 * or to two, tensors the network does not have or has otherwise.
 *
 * PyTorch keeps a kernel as (out, in, height, width), ours are (height, width, in, out); and it
 * flattens a picture channels first, so the rows of a dense kernel behind a flatten change places,
 * too, as do the values of a norm there. Names tell which it is: `weight` is PyTorch's, `kernel` is
 * ours. */
#include "weights.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "host.h"
#include "layer.h"

enum { RANK_MOST = 8, HEADER_MOST = 100000000, SURPLUS_SHOWN = 20 };

typedef struct {
    const char *name, *shown, *dtype;
    int64_t dims[RANK_MOST];
    int rank;
    int64_t begin, end; /* in the data block */
    bool used;
} Entry;

typedef struct {
    Arena *arena;
    Diag *diag;
    Span span;
    const char *data;
    int64_t data_size;
    Entry *entries;
    int count;
} File;

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

static bool read_dims(File *file, Entry *entry, const json_t *shape)
{
    size_t rank = json_array_size(shape);
    if (!json_is_array(shape) || rank > RANK_MOST)
        return diag_error(file->diag, file->span,
                          "tensor %s: \"shape\" is not a list of at most %d sizes", entry->shown,
                          RANK_MOST);
    entry->rank = (int)rank;
    for (size_t i = 0; i < rank; i++)
        if (!read_natural(json_array_get(shape, i), &entry->dims[i]))
            return diag_error(file->diag, file->span,
                              "tensor %s: \"shape\" holds something that is not a size",
                              entry->shown);
    return true;
}

static bool read_offsets(File *file, Entry *entry, const json_t *offsets)
{
    if (json_array_size(offsets) != 2 || !read_natural(json_array_get(offsets, 0), &entry->begin) ||
        !read_natural(json_array_get(offsets, 1), &entry->end) || entry->begin > entry->end)
        return diag_error(file->diag, file->span,
                          "tensor %s: \"data_offsets\" is not a pair of growing offsets",
                          entry->shown);
    if (entry->end > file->data_size)
        return diag_error(file->diag, file->span,
                          "tensor %s: truncated: ends at byte %lld of the data, the file has %lld",
                          entry->shown, (long long)entry->end, (long long)file->data_size);
    return true;
}

/* Whether the bytes of the entry are those its shape and type need. */
static bool check_bytes(File *file, const Entry *entry)
{
    int64_t need = dtype_size(entry->dtype);
    bool fits = true;
    if (need == 0)
        return diag_error(file->diag, file->span, "tensor %s: unknown dtype \"%s\"", entry->shown,
                          entry->dtype);
    for (int i = 0; i < entry->rank; i++)
        fits = fits && size_mul(need, entry->dims[i], &need);
    if (fits && need == entry->end - entry->begin)
        return true;
    return diag_error(file->diag, file->span, "tensor %s: %s of %s does not fill %lld bytes",
                      entry->shown, bytes_dims(file->arena, entry->dims, entry->rank), entry->dtype,
                      (long long)(entry->end - entry->begin));
}

static bool read_entry(File *file, const char *name, const json_t *json)
{
    Entry *entry = &file->entries[file->count++];
    const char *dtype = json_string_value(json_object_get(json, "dtype"));
    entry->name = arena_copy(file->arena, name, strlen(name));
    entry->shown = bytes_shown(file->arena, name);
    if (!dtype)
        return diag_error(file->diag, file->span, "tensor %s: no \"dtype\"", entry->shown);
    entry->dtype = bytes_shown(file->arena, dtype);
    return read_dims(file, entry, json_object_get(json, "shape")) &&
           read_offsets(file, entry, json_object_get(json, "data_offsets")) &&
           check_bytes(file, entry);
}

static int by_offset(const void *a, const void *b)
{
    const Entry *x = *(const Entry *const *)a, *y = *(const Entry *const *)b;
    if (x->begin != y->begin)
        return x->begin < y->begin ? -1 : 1;
    if (x->end != y->end)
        return x->end < y->end ? -1 : 1;
    return x < y ? -1 : x > y;
}

static bool check_gap(File *file, int64_t from, int64_t to)
{
    if (from >= to)
        return true;
    return diag_error(file->diag, file->span, "bytes %lld to %lld of the data belong to no tensor",
                      (long long)from, (long long)to);
}

/* The tensors must cut the data without overlap and without gap. */
static bool check_cover(File *file)
{
    const Entry **sorted = ARENA_ARRAY(file->arena, file->count, const Entry *);
    for (int i = 0; i < file->count; i++)
        sorted[i] = &file->entries[i];
    if (file->count > 0)
        qsort(sorted, (size_t)file->count, sizeof *sorted, by_offset);
    int64_t end = 0;
    bool good = true;
    for (int i = 0; i < file->count; i++) {
        const Entry *entry = sorted[i];
        if (entry->begin < end && entry->begin < entry->end)
            good = diag_error(file->diag, file->span, "tensor %s: its bytes overlap those of %s",
                              entry->shown, sorted[i - 1]->shown);
        good = check_gap(file, end, entry->begin) && good;
        end = entry->end > end ? entry->end : end;
    }
    return check_gap(file, end, file->data_size) && good;
}

static bool read_entries(File *file, json_t *header)
{
    const char *name;
    json_t *json;
    int errors = file->diag->errors;
    file->entries = ARENA_ARRAY(file->arena, json_object_size(header), Entry);
    json_object_foreach(header, name, json)
    {
        if (strcmp(name, "__metadata__") != 0)
            read_entry(file, name, json);
        if (file->diag->errors - errors > SURPLUS_SHOWN)
            return false;
    }
    return file->diag->errors == errors && check_cover(file);
}

static bool read_file(File *file, const Source *source)
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
    file->data = source->text + 8 + size;
    file->data_size = (int64_t)(source->size - 8 - size);
    bool good = json_is_object(header)
                    ? read_entries(file, header)
                    : diag_error(file->diag, file->span, "the header is not a JSON object");
    json_decref(header);
    return good;
}

static Entry *find_entry(File *file, const char *layer, const char *name)
{
    size_t size = strlen(layer);
    for (int i = 0; i < file->count; i++) {
        const char *other = file->entries[i].name;
        if (strncmp(other, layer, size) == 0 && other[size] == '.' &&
            strcmp(other + size + 1, name) == 0)
            return &file->entries[i];
    }
    return NULL;
}

/* What PyTorch calls a tensor of ours; NULL where there is no other name. */
static const char *torch_name(const char *name)
{
    static const char *const pairs[][2] = {{"kernel", "weight"},
                                           {"gamma", "weight"},
                                           {"alpha", "weight"},
                                           {"beta", "bias"},
                                           {"moving_mean", "running_mean"},
                                           {"moving_variance", "running_var"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (strcmp(pairs[i][0], name) == 0)
            return pairs[i][1];
    return NULL;
}

/* Whether every value of the output stands where the input had the one it is made of. */
static bool keeps_places(const LayerKind *kind)
{
    return kind && (kind->role == ROLE_ACTIVATION ||
                    (kind->recipe && (kind->recipe->in_place || kind->recipe->only_training)));
}

/* The picture whose values, flattened, are the input of the node; 1x1xn when they never were one.
 */
static Shape flattened_from(const Graph *graph, const Node *node)
{
    while (node->input_count == 1) {
        node = &graph->nodes[node->inputs[0]];
        if (node->kind && strcmp(node->kind->name, "flatten") == 0)
            return node->in;
        if (!keeps_places(node->kind))
            break;
    }
    return (Shape){.h = 1, .w = 1, .c = node->out.c, .rank = 1};
}

/* Where PyTorch has value i of `flat`, which it flattened channels first. */
static int64_t torch_place(Shape flat, int64_t i)
{
    return i % flat.c * (flat.h * flat.w) + i / flat.c;
}

/* `to` (spatial, in, out) from PyTorch's `from` (out, in, spatial), or a transposed convolution's
 * (spatial, out, in) from its (in, out, spatial), which turns the same axes; a dense kernel has
 * spatial 1, and its rows are the cells of `flat`, channels first. A norm has one row, a value for
 * each of them. */
static void copy_torch(float *to, const char *from, const Tensor *tensor, Shape flat)
{
    int64_t out = tensor->rank == 1 ? 1 : tensor->dims[tensor->rank - 1];
    int64_t in = tensor->rank == 1 ? tensor->count : tensor->dims[tensor->rank - 2];
    int64_t spatial = tensor->count / (in * out);
    bool turned = spatial == 1 && tensor->rank <= 2 && shape_count(flat) == in;
    for (int64_t s = 0; s < spatial; s++)
        for (int64_t i = 0; i < in; i++) {
            int64_t row = turned ? torch_place(flat, i) : i;
            for (int64_t o = 0; o < out; o++)
                to[(s * in + i) * out + o] = bytes_f32(from + 4 * ((o * in + row) * spatial + s));
        }
}

/* One value may stand for all, as PyTorch's slopes below zero do by default. */
static void copy_plain(float *to, const char *from, int64_t count, bool one)
{
    for (int64_t i = 0; i < count; i++)
        to[i] = bytes_f32(one ? from : from + 4 * i);
}

/* The dims the file must have: (s.., in, out) is (out, in, s..) in PyTorch. */
static void torch_dims(const Tensor *tensor, int64_t *dims)
{
    int rank = tensor->rank;
    dims[0] = tensor->dims[rank - 1];
    if (rank > 1)
        dims[1] = tensor->dims[rank - 2];
    for (int i = 2; i < rank; i++)
        dims[i] = tensor->dims[i - 2];
}

/* What Keras calls a layer that has no name of its own: "conv2d", "conv2d_1", ... by kind, in the
 * order of the network. */
static const char *keras_name(Arena *arena, const Graph *graph, const Node *node)
{
    const char *kind = node->kind->keras ? node->kind->keras : node->kind->name;
    int before = 0;
    for (int i = 0; i < node->index; i++)
        before += graph->nodes[i].kind == node->kind;
    return before == 0 ? kind : arena_printf(arena, "%s_%d", kind, before);
}

static bool is_same_dims(const Entry *entry, const Tensor *tensor, const int64_t *dims)
{
    return entry->rank == tensor->rank &&
           memcmp(entry->dims, dims, (size_t)tensor->rank * sizeof *dims) == 0;
}

/* Slopes below zero, which Keras keeps as (1, 1, channels), and PyTorch may have one of. */
static bool is_slope(const Entry *entry, const Tensor *tensor)
{
    if (strcmp(tensor->name, "alpha") != 0 || entry->rank == 0)
        return false;
    const int64_t last = entry->dims[entry->rank - 1];
    for (int i = 0; i + 1 < entry->rank; i++)
        if (entry->dims[i] != 1)
            return false;
    return last == tensor->count || (last == 1 && entry->rank == 1);
}

static bool take_tensor(File *file, const Graph *graph, const Node *node, const Tensor *tensor,
                        float *to)
{
    int64_t dims[4] = {0};
    Entry *entry = find_entry(file, tensor->layer, tensor->name);
    bool torch = !entry && torch_name(tensor->name);
    if (torch)
        entry = find_entry(file, tensor->layer, torch_name(tensor->name));
    if (!entry) {
        torch = false;
        entry = find_entry(file, keras_name(file->arena, graph, node), tensor->name);
    }
    if (!entry)
        return diag_error(file->diag, file->span, "missing tensor %s.%s (%s)", tensor->layer,
                          tensor->name, bytes_dims(file->arena, tensor->dims, tensor->rank));
    entry->used = true;
    if (torch)
        torch_dims(tensor, dims);
    else
        memcpy(dims, tensor->dims, sizeof dims);
    if (!is_same_dims(entry, tensor, dims) && !is_slope(entry, tensor))
        return diag_error(file->diag, file->span, "tensor %s is %s, the network needs %s",
                          entry->shown, bytes_dims(file->arena, entry->dims, entry->rank),
                          bytes_dims(file->arena, dims, tensor->rank));
    if (strcmp(entry->dtype, "F32") != 0)
        return diag_error(file->diag, file->span, "tensor %s holds %s, the network needs F32 (%s)",
                          entry->shown, entry->dtype, bytes_dims(file->arena, dims, tensor->rank));
    const bool one = entry->end - entry->begin == 4;
    if (torch && !one)
        copy_torch(to, file->data + entry->begin, tensor, flattened_from(graph, node));
    else
        copy_plain(to, file->data + entry->begin, tensor->count, one);
    return true;
}

/* PyTorch counts the batches a normalisation has seen; nothing depends on it. */
static bool is_counter(const Entry *entry)
{
    const char *dot = strrchr(entry->name, '.');
    return dot && strcmp(dot, ".num_batches_tracked") == 0;
}

static void report_surplus(File *file)
{
    int surplus = 0;
    for (int i = 0; i < file->count; i++) {
        const Entry *entry = &file->entries[i];
        if (entry->used || is_counter(entry) || ++surplus > SURPLUS_SHOWN)
            continue;
        diag_error(file->diag, file->span, "surplus tensor %s (%s): the network has none of it",
                   entry->shown, bytes_dims(file->arena, entry->dims, entry->rank));
    }
    if (surplus > SURPLUS_SHOWN)
        diag_error(file->diag, file->span, "and %d more surplus tensors", surplus - SURPLUS_SHOWN);
}

float *weights_load(Arena *arena, Diag *diag, const Graph *graph, const char *path)
{
    const Source *source = host_read(arena, diag, path, 0);
    File file = {.arena = arena, .diag = diag, .span = bytes_span(arena, path)};
    int errors = diag->errors;
    if (!source || !read_file(&file, source))
        return NULL;
    float *values = ARENA_ARRAY(arena, graph->param_count, float), *to = values;
    for (int n = 0; n < graph->node_count; n++) {
        const Node *node = &graph->nodes[n];
        for (int i = 0; i < node->tensor_count; i++) {
            take_tensor(&file, graph, node, &node->tensors[i], to);
            to += node->tensors[i].count;
        }
    }
    report_surplus(&file);
    return diag->errors == errors ? values : NULL;
}

static void add_json_string(Text *out, const char *string)
{
    text_string(out, "\"");
    for (; *string; string++) {
        unsigned char byte = (unsigned char)*string;
        if (byte < ' ')
            text_printf(out, "\\u%04x", byte);
        else
            text_printf(out, byte == '"' || byte == '\\' ? "\\%c" : "%c", byte);
    }
    text_string(out, "\"");
}

static void add_entry(Text *out, const Tensor *tensor, int64_t begin)
{
    add_json_string(out, arena_printf(out->arena, "%s.%s", tensor->layer, tensor->name));
    text_string(out, ":{\"dtype\":\"F32\",\"shape\":[");
    for (int i = 0; i < tensor->rank; i++)
        text_printf(out, i ? ",%lld" : "%lld", (long long)tensor->dims[i]);
    text_printf(out, "],\"data_offsets\":[%lld,%lld]}", (long long)begin,
                (long long)(begin + 4 * tensor->count));
}

static void add_header(Text *out, const Graph *graph)
{
    int64_t begin = 0;
    text_string(out, "{");
    for (int n = 0; n < graph->node_count; n++)
        for (int i = 0; i < graph->nodes[n].tensor_count; i++) {
            const Tensor *tensor = &graph->nodes[n].tensors[i];
            if (begin > 0)
                text_string(out, ",");
            add_entry(out, tensor, begin);
            begin += 4 * tensor->count;
        }
    text_string(out, "}");
    while (out->size % 8 != 0)
        text_string(out, " ");
}

void weights_encode(Text *out, const Graph *graph, const float *values)
{
    Text header = {.arena = out->arena};
    char bytes[8];
    add_header(&header, graph);
    bytes_put_little(bytes, header.size, 8);
    text_add(out, bytes, 8);
    text_add(out, header.data, header.size);
    for (int64_t i = 0; i < graph->param_count; i++) {
        bytes_put_f32(bytes, values[i]);
        text_add(out, bytes, 4);
    }
}
