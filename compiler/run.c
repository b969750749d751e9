/* run.c - the command run: one or more samples through a network.
 *
 * The input is an array or a picture, the output an array, a picture of its channels, or text. */
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "dataset.h"
#include "dataset_npy.h"
#include "host.h"
#include "picture.h"
#include "train.h"
#include "weights.h"

typedef struct {
    Arena *arena;
    Diag *diag;
    const Network *network;
    const RunOptions *options;
    Shape input, output;
    const float *inputs;
    float *outputs;
    int64_t count; /* samples */
    bool single;   /* one sample, given without an axis of samples */
} Run;

static bool read_picture(Run *run)
{
    const Picture *picture = picture_read(run->arena, run->diag, run->options->input);
    Shape input = run->input;
    if (!picture)
        return false;
    if (picture->h != input.h || picture->w != input.w || picture->c != input.c)
        return diag_error(run->diag, bytes_span(run->arena, run->options->input),
                          "the picture is %lldx%lldx%lld, the network's input is %s",
                          (long long)picture->h, (long long)picture->w, (long long)picture->c,
                          shape_text(run->arena, input));
    run->inputs = run->network->graph->planar
                      ? dataset_planes(run->arena, picture->values, 1, input, false)
                      : picture->values;
    run->count = 1;
    run->single = true;
    return true;
}

static bool read_array(Run *run)
{
    Npy *array = npy_read(run->arena, run->diag, run->options->input);
    if (!array)
        return false;
    const Shape order = dataset_order(run->network->graph);
    run->single = dataset_npy_is_sample(array, order);
    run->count = run->single ? 1 : dataset_npy_count(array, order);
    if (run->count == 0)
        return dataset_npy_input_error(run->arena, run->diag, run->options->input, array,
                                       run->network->graph);
    dataset_npy_scale(array);
    run->inputs = array->values;
    return true;
}

static bool prepare_params(Run *run, void *params)
{
    const Network *network = run->network;
    if (!run->options->weights) {
        if (network->init)
            network->init(params, run->options->seed);
        return true;
    }
    const float *flat = weights_load(run->arena, run->diag, network->whole, run->options->weights,
                                     run->options->map, NULL);
    if (flat)
        network->import(params, flat);
    return flat != NULL;
}

static void predict(Run *run, const void *params)
{
    const Network *network = run->network;
    size_t inputs = (size_t)network->input_size, outputs = (size_t)network->output_size;
    float *input = network_memory(inputs * sizeof *input);
    float *output = network_memory(outputs * sizeof *output);
    void *scratch = network_memory(network->scratch_bytes);
    run->outputs = arena_array(run->arena, (size_t)run->count, outputs * sizeof *run->outputs);
    for (size_t n = 0; n < (size_t)run->count; n++) {
        memcpy(input, run->inputs + n * inputs, inputs * sizeof *input);
        network->predict(params, input, output, scratch);
        memcpy(run->outputs + n * outputs, output, outputs * sizeof *output);
    }
    free(input);
    free(output);
    free(scratch);
}

static bool write_array(const Run *run)
{
    Text text = {.arena = run->arena};
    int64_t dims[4], all[] = {run->output.h, run->output.w, run->output.c};
    int rank = run->single ? 0 : 1;
    dims[0] = run->count;
    for (int i = 3 - run->output.rank; i < 3; i++)
        dims[rank++] = all[i];
    npy_encode(&text, run->outputs, dims, rank);
    return host_write(run->diag, run->options->output, text.data, text.size);
}

static bool write_picture(const Run *run)
{
    Shape y = run->output;
    if (run->count != 1)
        return diag_error(run->diag, bytes_span(run->arena, run->options->output),
                          "a picture shows the output of one sample, there are %lld",
                          (long long)run->count);
    return picture_maps(run->arena, run->diag, run->options->output, run->outputs, y.h, y.w, y.c,
                        y.c, 1);
}

/* One line a sample; nine digits tell any two floats apart. */
static bool print_outputs(const Run *run)
{
    Text text = {.arena = run->arena};
    int64_t size = run->network->output_size;
    for (int64_t i = 0; i < run->count * size; i++)
        text_printf(&text, "%.9g%c", (double)run->outputs[i], (i + 1) % size ? ' ' : '\n');
    return host_write(run->diag, "-", text.data, text.size);
}

static bool write_outputs(const Run *run)
{
    if (!run->options->output)
        return print_outputs(run);
    size_t size = strlen(run->options->output);
    bool png = size > 4 && strcmp(run->options->output + size - 4, ".png") == 0;
    return png ? write_picture(run) : write_array(run);
}

bool run_run(Arena *arena, Diag *diag, const Network *network, const RunOptions *options)
{
    const Graph *graph = network->graph;
    Run run = {.arena = arena, .diag = diag, .network = network, .options = options};
    if (!options->input || (!options->weights && graph->trainable_count > 0))
        return diag_usage(diag, "run needs --weights and --input");
    run.input = graph->nodes[0].out;
    run.output = graph->nodes[graph->node_count - 1].out;
    void *params = network_memory(network->params_bytes);
    bool good = prepare_params(&run, params);
    good = (picture_is(options->input) ? read_picture(&run) : read_array(&run)) && good;
    if (good)
        predict(&run, params);
    free(params);
    return good && write_outputs(&run);
}
