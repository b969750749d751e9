/* weights.c - the tensors of a file against those of a Graph: what is missing, surplus or otherwise
 * is reported at once.
 *
 * PyTorch keeps a kernel as (out, in, height, width), ours are (height, width, in, out); and it
 * flattens a picture channels first, so the rows of a dense kernel behind a flatten change places,
 * too, as do the values of a norm there. Names tell which it is: `weight` is PyTorch's, `kernel` is
 * ours. */
#include "weights.h"

#include <string.h>

#include "bytes.h"
#include "layer.h"
#include "safetensors.h"

enum { SURPLUS_SHOWN = 20 };

static StoredTensor *find_entry(TensorFile *file, const char *layer, const char *name)
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

static bool is_same_dims(const StoredTensor *entry, const Tensor *tensor, const int64_t *dims)
{
    return entry->rank == tensor->rank &&
           memcmp(entry->dims, dims, (size_t)tensor->rank * sizeof *dims) == 0;
}

/* Slopes below zero, which Keras keeps as (1, 1, channels), and PyTorch may have one of. */
static bool is_slope(const StoredTensor *entry, const Tensor *tensor)
{
    if (strcmp(tensor->name, "alpha") != 0 || entry->rank == 0)
        return false;
    const int64_t last = entry->dims[entry->rank - 1];
    for (int i = 0; i + 1 < entry->rank; i++)
        if (entry->dims[i] != 1)
            return false;
    return last == tensor->count || (last == 1 && entry->rank == 1);
}

static bool take_tensor(TensorFile *file, const Graph *graph, const Node *node,
                        const Tensor *tensor, float *to)
{
    int64_t dims[4] = {0};
    StoredTensor *entry = find_entry(file, tensor->layer, tensor->name);
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
static bool is_counter(const StoredTensor *entry)
{
    const char *dot = strrchr(entry->name, '.');
    return dot && strcmp(dot, ".num_batches_tracked") == 0;
}

static void report_surplus(TensorFile *file)
{
    int surplus = 0;
    for (int i = 0; i < file->count; i++) {
        const StoredTensor *entry = &file->entries[i];
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
    TensorFile file;
    int errors = diag->errors;
    if (!safetensors_read(arena, diag, path, &file))
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
