/* report_sample.c - what a network makes of one sample, layer by layer.
 *
 * Buffers of a compiled network share their memory, so every layer that is shown is the output of a
 * network cut behind it, compiled as plain loops, which takes a fraction of a second. */
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "dataset.h"
#include "dataset_npy.h"
#include "emit.h"
#include "network.h"
#include "picture.h"
#include "report.h"

enum { MAPS_MOST = 6 };

typedef struct {
    Arena *arena;
    Diag *diag;
    const Graph *graph;
    const float *weights, *input;
} Sample;

static const float *read_picture(Arena *arena, Diag *diag, const Graph *graph, const char *path)
{
    const Shape shape = graph->nodes[0].out;
    const Picture *picture = picture_read(arena, diag, path);
    if (!picture)
        return NULL;
    if (picture->h == shape.h && picture->w == shape.w && picture->c == shape.c)
        return graph->planar ? dataset_planes(arena, picture->values, 1, shape, false)
                             : picture->values;
    diag_error(diag, bytes_span(arena, path),
               "the picture is %lldx%lldx%lld, the network's input is %s", (long long)picture->h,
               (long long)picture->w, (long long)picture->c, shape_text(arena, shape));
    return NULL;
}

static const float *read_array(Arena *arena, Diag *diag, const Graph *graph, const char *path)
{
    const Shape shape = dataset_order(graph);
    Npy *array = npy_read(arena, diag, path);
    if (!array)
        return NULL;
    if (!dataset_npy_is_sample(array, shape) && dataset_npy_count(array, shape) == 0) {
        dataset_npy_input_error(arena, diag, path, array, graph);
        return NULL;
    }
    dataset_npy_scale(array);
    return array->values;
}

static const float *read_data(Arena *arena, Diag *diag, const Graph *graph, const char *data,
                              uint64_t seed)
{
    const Dataset *set = dataset_load(arena, diag, graph, data, seed);
    if (!set)
        return NULL;
    return set->test.count > 0 ? set->test.inputs : set->train.inputs;
}

/* The values of `node` for the sample; NULL after a message. */
static const float *run_until(const Sample *s, const Node *node)
{
    const PlanOptions options = {.unroll = UNROLL_NONE, .inference = true, .standalone = true};
    const Graph *cut = graph_until(s->arena, s->diag, s->graph, node->name);
    const Plan *plan = cut ? plan_build(s->arena, s->diag, cut, options) : NULL;
    Files files;
    if (!plan)
        return NULL;
    Network network = {.graph = cut,
                       .whole = s->graph,
                       .params_bytes = (size_t)plan->params_bytes,
                       .scratch_bytes = (size_t)plan->scratch_bytes,
                       .input_size = shape_count(cut->nodes[0].out),
                       .output_size = shape_count(node->out),
                       .batch = 1,
                       .threads = 1};
    if (!emit_files(s->arena, s->diag, plan, arena_printf(s->arena, "%s.h", cut->name), NULL, NULL,
                    &files) ||
        !network_open(s->arena, s->diag, &network, files.source, files.header))
        return NULL;
    const size_t inputs = (size_t)network.input_size * sizeof(float);
    const size_t outputs = (size_t)network.output_size * sizeof(float);
    void *params = network_memory(network.params_bytes);
    void *scratch = network_memory(network.scratch_bytes);
    float *x = network_memory(inputs), *y = network_memory(outputs);
    float *kept = arena_alloc(s->arena, outputs);
    memcpy(x, s->input, inputs);
    network.import(params, s->weights);
    network.predict(params, x, y, scratch);
    memcpy(kept, y, outputs);
    free(params);
    free(scratch);
    free(x);
    free(y);
    network_close(&network);
    return kept;
}

/* The norm or activation right behind a node instead of it. */
static const Node *finished(const Graph *graph, const Node *node)
{
    for (int i = node->index + 1; i < graph->node_count; i++) {
        const Node *next = &graph->nodes[i];
        const Recipe *r = next->kind->recipe;
        if (next->input_count != 1 || next->inputs[0] != node->index ||
            !(next->kind->role == ROLE_ACTIVATION || (r && r->normalizes)))
            break;
        node = next;
    }
    return node;
}

/* One layer of each resolution, in order, and the output. */
static int choose(const Graph *graph, const Node **chosen)
{
    int count = 0;
    for (int i = 1; i < graph->node_count && count < MAPS_MOST; i++) {
        const Node *node = &graph->nodes[i];
        const Recipe *r = node->kind->recipe;
        bool seen = node->out.h * node->out.w == 1 || !r || !(r->linear || r->pool);
        for (int k = 0; k < count; k++)
            seen |= chosen[k]->out.h == node->out.h && chosen[k]->out.w == node->out.w;
        if (!seen)
            chosen[count++] = finished(graph, node);
    }
    const Node *output = &graph->nodes[graph->node_count - 1];
    if (count == 0 || chosen[count - 1] != output)
        chosen[count++] = output;
    return count;
}

const ReportMap *report_sample(Arena *arena, Diag *diag, const Plan *plan, const float *weights,
                               const char *input, const char *data, uint64_t seed)
{
    const Graph *graph = plan->graph;
    const Shape shape = graph->nodes[0].out;
    const Node *chosen[MAPS_MOST + 1];
    Sample s = {arena, diag, graph, weights, NULL};
    s.input = !input              ? read_data(arena, diag, graph, data, seed)
              : picture_is(input) ? read_picture(arena, diag, graph, input)
                                  : read_array(arena, diag, graph, input);
    if (!s.input)
        return NULL;
    const int count = choose(graph, chosen);
    ReportMap *maps = ARENA_ARRAY(arena, count + 2, ReportMap);
    maps[0] = (ReportMap){&graph->nodes[0], s.input};
    if (graph->planar)
        maps[0].values = dataset_planes(arena, s.input, 1, shape, true);
    for (int i = 0; i < count; i++) {
        maps[i + 1] = (ReportMap){chosen[i], run_until(&s, chosen[i])};
        if (!maps[i + 1].values)
            return NULL;
    }
    return maps;
}
