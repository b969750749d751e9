/* weights_write.c - files of weights with our names, PyTorch's or Keras'. */
#include <string.h>

#include "bytes.h"
#include "host.h"
#include "npy.h"
#include "weights.h"
#include "zip.h"

/* A tensor as the file will have it. */
typedef struct {
    const char *name;
    int64_t dims[NPY_RANK], count;
    int rank;
    const float *values;
} Written;

static const float *reorder(Arena *arena, const Graph *graph, const Node *node,
                            const Tensor *tensor, const float *values)
{
    const TorchOrder order = naming_torch_order(graph, node, tensor);
    float *turned = ARENA_ARRAY(arena, tensor->count, float);
    for (int64_t i = 0; i < tensor->count; i++)
        turned[naming_torch_place(&order, i)] = values[i];
    return turned;
}

static Written write_tensor(Arena *arena, const Graph *graph, const Node *node,
                            const Tensor *tensor, Names names, const float *values)
{
    const char *torch = names == NAMES_TORCH ? naming_torch(tensor->name) : NULL;
    const char *layer =
        names == NAMES_KERAS ? naming_keras(arena, graph, node, NULL) : tensor->layer;
    Written written = {
        .name = arena_printf(arena, "%s.%s", layer, torch ? torch : tensor->name),
        .count = tensor->count,
        .values = torch ? reorder(arena, graph, node, tensor, values) : values,
    };
    written.rank = naming_dims(names, node, tensor, written.dims);
    return written;
}

/* All tensors in canonical order; returns their number. */
static int write_tensors(Arena *arena, const Graph *graph, Names names, const float *values,
                         Written **out)
{
    const Tensor **tensors;
    int count = 0;
    *out = ARENA_ARRAY(arena, graph_tensors(arena, graph, &tensors), Written);
    for (int n = 0; n < graph->node_count; n++)
        for (int i = 0; i < graph->nodes[n].tensor_count; i++) {
            const Node *node = &graph->nodes[n];
            (*out)[count] = write_tensor(arena, graph, node, &node->tensors[i], names, values);
            values += (*out)[count++].count;
        }
    return count;
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

static void add_entry(Text *out, const Written *tensor, int64_t begin)
{
    add_json_string(out, tensor->name);
    text_string(out, ":{\"dtype\":\"F32\",\"shape\":[");
    for (int i = 0; i < tensor->rank; i++)
        text_printf(out, i ? ",%lld" : "%lld", (long long)tensor->dims[i]);
    text_printf(out, "],\"data_offsets\":[%lld,%lld]}", (long long)begin,
                (long long)(begin + 4 * tensor->count));
}

static void encode_safetensors(Text *out, const Written *tensors, int count)
{
    Text header = {.arena = out->arena};
    char bytes[8];
    int64_t begin = 0;
    text_string(&header, "{");
    for (int i = 0; i < count; i++) {
        text_string(&header, i > 0 ? "," : "");
        add_entry(&header, &tensors[i], begin);
        begin += 4 * tensors[i].count;
    }
    text_string(&header, "}");
    while (header.size % 8 != 0)
        text_string(&header, " ");
    bytes_put_little(bytes, header.size, 8);
    text_add(out, bytes, 8);
    text_add(out, header.data, header.size);
    for (int n = 0; n < count; n++)
        for (int64_t i = 0; i < tensors[n].count; i++) {
            bytes_put_f32(bytes, tensors[n].values[i]);
            text_add(out, bytes, 4);
        }
}

static bool encode_npz(Text *out, const Written *tensors, int count)
{
    ZipMember *members = ARENA_ARRAY(out->arena, count, ZipMember);
    for (int i = 0; i < count; i++) {
        Text array = {.arena = out->arena};
        npy_encode(&array, tensors[i].values, tensors[i].dims, tensors[i].rank);
        members[i] = (ZipMember){arena_printf(out->arena, "%s.npy", tensors[i].name), array.data,
                                 array.size};
    }
    return zip_encode(out, members, count);
}

void weights_encode(Text *out, const Graph *graph, const float *values)
{
    Written *tensors;
    const int count = write_tensors(out->arena, graph, NAMES_CNNGEN, values, &tensors);
    encode_safetensors(out, tensors, count);
}

WeightsFormat weights_format(const char *path)
{
    static const char *const ends[] = {".safetensors", ".npz", ".npy", ".weights.h5"};
    const size_t size = strlen(path);
    for (int i = 0; i < WEIGHTS_UNKNOWN; i++)
        if (size > strlen(ends[i]) && strcmp(path + size - strlen(ends[i]), ends[i]) == 0)
            return (WeightsFormat)i;
    return WEIGHTS_UNKNOWN;
}

bool weights_write(Arena *arena, Diag *diag, const char *path, const Graph *graph,
                   const float *values, Names names)
{
    Text text = {.arena = arena};
    Written *tensors;
    const int count = write_tensors(arena, graph, names, values, &tensors);
    switch (weights_format(path)) {
    case WEIGHTS_NPZ:
        if (!encode_npz(&text, tensors, count))
            return diag_error(diag, bytes_span(arena, path), "would have 4 GiB or more");
        break;
    case WEIGHTS_NPY:
        npy_encode(&text, values, &graph->param_count, 1);
        break;
    case WEIGHTS_HDF5:
        if (!hdf5_encode(&text, graph, values))
            return diag_system(diag, "%s: cannot be written as HDF5", path);
        break;
    default:
        encode_safetensors(&text, tensors, count);
    }
    return host_write(diag, path, text.data, text.size);
}
