/* show.c - the command show: what the first convolution has learned, drawn in the terminal: its
 * filters, and what they make of an image.
 *
 * The network is cut behind that convolution (graph_until), so that predict gives its feature maps.
 */
#include <stdlib.h>
#include <string.h>

#include "picture.h"
#include "train.h"
#include "weights.h"

enum { MAPS_MOST = 16 };

/* Each filter's taps on the first input channel: kernel (h, w, in, out). */
static void show_filters(const Node *conv, const float *kernel)
{
    const int64_t in = conv->in.c / conv->groups, out = conv->filters;
    for (int64_t f = 0; f < out && f < MAPS_MOST; f++) {
        printf("%s, filter %lld:\n", conv->name, (long long)f + 1);
        picture_terminal(stdout, kernel + f, conv->window.kernel.h, conv->window.kernel.w,
                         in * out);
    }
}

static void show_maps(const Network *network, const void *params, const float *input,
                      const char *title)
{
    const Graph *graph = network->graph;
    const Shape x = graph->nodes[0].out, y = graph->nodes[graph->node_count - 1].out;
    float *maps = network_memory((size_t)network->output_size * sizeof *maps);
    void *scratch = network_memory(network->scratch_bytes);
    network->predict(params, input, maps, scratch);
    printf("%s:\n", title);
    picture_terminal(stdout, input, x.h, x.w, graph->planar ? 1 : x.c);
    for (int64_t f = 0; f < y.c && f < MAPS_MOST; f++) {
        printf("%s, feature map %lld:\n", graph->nodes[graph->node_count - 1].name,
               (long long)f + 1);
        picture_terminal(stdout, maps + f, y.h, y.w, y.c);
    }
    free(maps);
    free(scratch);
}

/* One sample of each of two classes: the first, and the first whose targets differ from its. */
static void show_samples(Arena *arena, const Network *network, const void *params,
                         const Samples *samples, const Dataset *set)
{
    const size_t outputs = (size_t)set->output_size;
    const float *first = samples->targets;
    for (int64_t n = 0; n < samples->count; n++) {
        const float *target = samples->targets + (size_t)n * outputs;
        if (n > 0 && memcmp(target, first, outputs * sizeof *target) == 0)
            continue;
        show_maps(network, params, samples->inputs + n * set->input_size,
                  arena_printf(arena, "sample %lld", (long long)n + 1));
        if (n > 0)
            return;
    }
}

bool show_run(Arena *arena, Diag *diag, const Network *network, const RunOptions *options)
{
    const Node *conv = &network->graph->nodes[network->graph->node_count - 1];
    const float *weights =
        weights_load(arena, diag, network->whole, options->weights, options->map, NULL);
    if (!weights)
        return false;
    const Dataset *set = dataset_load(arena, diag, network->whole, options->data, options->seed);
    if (!set)
        return false;
    void *params = network_memory(network->params_bytes);
    network->import(params, weights); /* canonical order: the layers up to here come first */
    int64_t before = 0;
    for (int i = 0; i < conv->index; i++)
        before += network->graph->nodes[i].params.value;
    show_filters(conv, weights + before);
    show_samples(arena, network, params, set->test.count > 0 ? &set->test : &set->train, set);
    free(params);
    return true;
}
