/* import.c - an ONNX file → layers → the text of a spec, which is then read as any other, so that
 * its weights go where the spec says.
 *
 * Which axis of the input is that of the samples and which one the channels, the file does not say.
 * Usually these are the first and the second; where the model does not fit that, others are tried.
 */
#include "import.h"

#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "host.h"
#include "import_graph.h"
#include "layer.h"
#include "weights.h"

enum { NODES_MOST = 20000 };

static void *allocate(void *arena, size_t size)
{
    return arena_alloc(arena, size);
}

static void release(void *arena, void *memory)
{
    (void)arena; /* the arena goes as a whole */
    (void)memory;
}

/* Weights by the spec's own order; the layers must be those that import meant. */
static float *place_weights(Import *import, const Graph *graph)
{
    float *values = ARENA_ARRAY(import->arena, graph->param_count, float), *to = values;
    bool ok = graph->node_count == import->order_count + 1;
    for (int i = 0; ok && i < import->order_count; i++) {
        const ImportLayer *layer = &import->layers[import->order[i]];
        const Node *node = &graph->nodes[i + 1];
        ok = strcmp(node->kind->name, layer->call) == 0 &&
             node->tensor_count == layer->weight_count && node->out.h == layer->out.h &&
             node->out.w == layer->out.w && node->out.c == layer->out.c &&
             node->out.rank == layer->out.rank;
        for (int k = 0; ok && k < node->tensor_count; k++) {
            const Weights *w = &layer->weights[k];
            ok =
                w->count == node->tensors[k].count && strcmp(w->tensor, node->tensors[k].name) == 0;
            for (int64_t n = 0; ok && n < w->count; n++)
                *to++ = (float)w->values[n];
        }
        if (!ok)
            import_refuse(import, "%s became %s, %s, not %s: a mistake in import", layer->name,
                          node->kind->name, shape_text(import->arena, node->out),
                          shape_text(import->arena, layer->out));
    }
    return ok ? values : NULL;
}

typedef struct {
    const char *spec, *weights; /* paths */
    Text text, data;
} Result;

static bool attempt(Import *import, Result *result)
{
    Arena *arena = import->arena;
    const char *slash = strrchr(result->spec, '/'), *other = strrchr(result->weights, '/');
    if (!import_convert(import))
        return false;
    if (import->values[import->output].layer == 0) /* nothing but views: one that changes nothing */
        import->values[import->output].layer =
            import_add(import, "reshape",
                       arena_printf(arena, "\"%s\"", shape_text(arena, import->layers[0].out)), 0,
                       import->layers[0].out);
    const char *text =
        import_text(import, slash ? slash + 1 : result->spec, other ? other + 1 : result->weights);
    if (!text)
        return false;
    Source *source = ARENA_NEW(arena, Source);
    *source = (Source){.path = result->spec, .text = text, .size = strlen(text)};
    Model *model = spec_load(arena, import->diag, source, NULL, 0, graph_constructors());
    Graph *graph = model ? graph_build(arena, import->diag, model, 0) : NULL;
    if (!graph || import->diag->errors > 0)
        return false;
    const float *values = place_weights(import, graph);
    if (!values)
        return false;
    if (import->logarithm)
        diag_warning(import->diag, bytes_span(arena, import->path),
                     "LogSoftmax became softmax: the output is its exponential");
    result->text = result->data = (Text){.arena = arena};
    text_string(&result->text, text);
    weights_encode(&result->data, graph, values);
    return true;
}

static bool lies_in_order(const Placed *v)
{
    for (int i = 1; i < v->part_count; i++)
        if (v->parts[i].stride == BATCH ||
            (v->parts[i - 1].stride != BATCH && v->parts[i - 1].stride < v->parts[i].stride))
            return false;
    return true;
}

/* The input in the model's own order: channels last where that is no other order (one channel), as
 * it is where no layer minds (dense ones do not), else channels first, which a step of its own
 * reads. */
static bool try_kept_layout(Import *start, Result *result)
{
    static const struct {
        int channel_axis;
        bool planar;
    } ways[] = {{1, false}, {AS_IT_COMES, false}, {1, true}};
    const Diag clean = *start->diag;
    for (int i = 0; i < 3; i++) {
        Import import = *start;
        *start->diag = clean;
        import.channel_axis = ways[i].channel_axis;
        import.planar = ways[i].planar;
        if (attempt(&import, result) && (import.planar || lies_in_order(&import.input)))
            return true;
    }
    return false;
}

/* The usual places of samples and channels, then all others. */
static bool try_layouts(Import *start, Result *result)
{
    const Diag clean = *start->diag;
    Import import = *start;
    import.channel_axis = 1;
    if (attempt(&import, result))
        return true;
    const Diag first = *start->diag;
    for (int one = 0; one < 2; one++)
        for (int axis = import.input.rank - 1; axis >= !one; axis--) {
            if (axis == 1 && !one)
                continue;
            *start->diag = clean;
            import = *start;
            import.channel_axis = axis;
            import.one_sample = one;
            if (attempt(&import, result))
                return true;
        }
    *start->diag = first;
    return false;
}

static bool read_model(Import *import, const Source *source)
{
    ProtobufCAllocator allocator = {allocate, release, import->arena};
    const Onnx__Model *model =
        onnx__model__unpack(&allocator, source->size, (const uint8_t *)source->text);
    if (!model)
        return import_refuse(import, "not an ONNX file, or a truncated one");
    if (!model->graph || model->graph->n_node == 0)
        return import_refuse(import, "not an ONNX model: it has no graph");
    if (model->graph->n_node > NODES_MOST)
        return import_refuse(import, "%zu nodes; at most %d", model->graph->n_node, NODES_MOST);
    import->graph = model->graph;
    import->opset = 1;
    for (size_t i = 0; i < model->n_opset_import; i++)
        if (*model->opset_import[i]->domain == '\0' ||
            strcmp(model->opset_import[i]->domain, "ai.onnx") == 0)
            import->opset = model->opset_import[i]->version;
    return true;
}

bool import_onnx(Arena *arena, Diag *diag, const char *path, const char *output, bool keep_layout)
{
    const size_t size = strlen(output);
    if (size < 5 || strcmp(output + size - 4, ".lua") != 0)
        return diag_usage(diag, "-o must name a .lua file, not '%s'", output);
    Import import = {.arena = arena, .diag = diag, .path = path};
    Result result = {.spec = output};
    result.weights = arena_printf(arena, "%.*s.safetensors", (int)size - 4, output);
    const Source *source = host_read(arena, diag, path, 0);
    return source && read_model(&import, source) &&
           (keep_layout ? try_kept_layout : try_layouts)(&import, &result) &&
           host_write(diag, output, result.text.data, result.text.size) &&
           host_write(diag, result.weights, result.data.data, result.data.size);
}
