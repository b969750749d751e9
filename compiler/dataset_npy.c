/* dataset_npy.c - "x.npy,y.npy": inputs and targets as arrays.
 *
 * The first axis of both counts the samples. Axes of length 1 do not matter, and a sample may be
 * flat: 100x28x28, 100x28x28x1 and 100x784 all fit an input of 28x28x1. Unsigned bytes are scaled
 * to 0..1. Targets are floats of the output's shape, or one whole number per sample: its class. */
#include "dataset_npy.h"

#include <string.h>

#include "bytes.h"
#include "dataset_sets.h"

/* The axes that are longer than 1. */
static int squeeze(const int64_t *dims, int rank, int64_t *out)
{
    int count = 0;
    for (int i = 0; i < rank; i++)
        if (dims[i] != 1)
            out[count++] = dims[i];
    return count;
}

static bool same_shape(const int64_t *dims, int rank, Shape shape)
{
    const int64_t all[] = {shape.h, shape.w, shape.c};
    int64_t a[NPY_RANK], b[NPY_RANK];
    int a_rank = squeeze(dims, rank, a), b_rank = squeeze(all, 3, b);
    if (a_rank == 1 && a[0] == shape_count(shape))
        return true;
    return a_rank == b_rank && memcmp(a, b, (size_t)a_rank * sizeof *a) == 0;
}

int64_t dataset_npy_count(const Npy *array, Shape shape)
{
    if (array->rank > 0 && same_shape(array->dims + 1, array->rank - 1, shape))
        return array->dims[0];
    return 0;
}

bool dataset_npy_is_sample(const Npy *array, Shape shape)
{
    return array->count > 0 && same_shape(array->dims, array->rank, shape);
}

void dataset_npy_scale(Npy *array)
{
    for (int64_t i = 0; array->bytes && i < array->count; i++)
        array->values[i] /= 255.0f;
}

static bool set_classes(DatasetTask *task, const char *path, const Npy *y, Samples *samples)
{
    int64_t classes = dataset_classes(task);
    samples->targets = arena_array(task->arena, (size_t)y->count,
                                   (size_t)task->data->output_size * sizeof *samples->targets);
    for (int64_t n = 0; n < y->count; n++) {
        if (!(y->values[n] >= 0 && y->values[n] < (float)classes))
            return diag_error(task->diag, bytes_span(task->arena, path),
                              "target %lld is class %.0f, the network has classes 0 to %lld",
                              (long long)n, (double)y->values[n], (long long)(classes - 1));
        dataset_set_class(task, samples, n, (int64_t)y->values[n]);
    }
    task->data->classes = task->data->output_size;
    return true;
}

/* Targets are classes when every sample has a single 1 and otherwise zeros; for one output, when
 * all are 0 or 1. */
static bool are_classes(const float *targets, int64_t count, int64_t outputs)
{
    for (int64_t n = 0; n < count; n++) {
        int64_t ones = 0;
        for (int64_t i = 0; i < outputs; i++) {
            float target = targets[n * outputs + i];
            if (target != 0 && target != 1)
                return false;
            ones += target == 1;
        }
        if (outputs > 1 && ones != 1)
            return false;
    }
    return true;
}

static bool set_targets(DatasetTask *task, const char *path, const Npy *y, Samples *samples)
{
    int64_t outputs = task->data->output_size, count = samples->count;
    bool per_sample = y->count == count && y->rank > 0 && y->dims[0] == count;
    if (y->integer && per_sample && outputs > 1)
        return set_classes(task, path, y, samples);
    if (dataset_npy_count(y, task->output) != count)
        return diag_error(task->diag, bytes_span(task->arena, path),
                          "targets are %s, %lld samples of the network's output %s are needed, or "
                          "as many whole class numbers",
                          bytes_dims(task->arena, y->dims, y->rank), (long long)count,
                          shape_text(task->arena, task->output));
    samples->targets = y->values;
    bool classes =
        are_classes(y->values, count, outputs) || task->graph->loss == LOSS_CROSS_ENTROPY;
    task->data->classes = classes ? outputs : 0;
    return true;
}

bool dataset_npy_input_error(Arena *arena, Diag *diag, const char *path, const Npy *x,
                             const Graph *graph)
{
    const Shape input = graph->nodes[0].out;
    const int64_t last[] = {input.h, input.w, input.c}, first[] = {input.c, input.h, input.w};
    const int64_t *turned = graph->planar ? last : first;
    diag_error(diag, bytes_span(arena, path), "the array is %s, the network's input is %s%s",
               bytes_dims(arena, x->dims, x->rank), shape_text(arena, input),
               graph->planar ? ", channels first" : "");
    if (x->rank == 4 && memcmp(x->dims + 1, turned, 3 * sizeof *turned) == 0)
        diag_note(diag, graph->planar
                            ? "channels come first here: samples x channels x height x width"
                            : "channels come last here: samples x height x width x channels");
    return false;
}

bool dataset_npy(DatasetTask *task)
{
    const char *comma = strchr(task->where, ',');
    char *x_path = arena_copy(task->arena, task->where, (size_t)(comma - task->where));
    Npy *x = npy_read(task->arena, task->diag, x_path);
    Npy *y = npy_read(task->arena, task->diag, comma + 1);
    Samples *samples = &task->data->train;
    if (!x || !y)
        return false;
    samples->count = dataset_npy_count(x, dataset_order(task->graph));
    if (samples->count == 0)
        return dataset_npy_input_error(task->arena, task->diag, x_path, x, task->graph);
    dataset_npy_scale(x);
    samples->inputs = x->values;
    return set_targets(task, comma + 1, y, samples);
}
