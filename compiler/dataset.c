/* dataset.c - chooses the reader of a data set and checks what all of them have in common. */
#include "dataset.h"

#include <string.h>

#include "bytes.h"
#include "dataset_sets.h"
#include "host.h"

Samples dataset_samples(const DatasetTask *task, int64_t count)
{
    Samples samples = {.count = count};
    samples.inputs = arena_array(task->arena, (size_t)count,
                                 (size_t)task->data->input_size * sizeof *samples.inputs);
    samples.targets = arena_array(task->arena, (size_t)count,
                                  (size_t)task->data->output_size * sizeof *samples.targets);
    return samples;
}

int64_t dataset_classes(const DatasetTask *task)
{
    return task->data->output_size == 1 ? 2 : task->data->output_size;
}

void dataset_set_class(const DatasetTask *task, Samples *samples, int64_t n, int64_t class)
{
    int64_t outputs = task->data->output_size;
    if (outputs == 1)
        samples->targets[n] = (float)class;
    else
        samples->targets[n * outputs + class] = 1;
}

bool dataset_check_input(const DatasetTask *task, const char *path, Shape shape)
{
    Shape input = task->input;
    if (shape.h == input.h && shape.w == input.w && shape.c == input.c)
        return true;
    if (input.rank == 1 && input.c == shape_count(shape)) /* a picture, for a dense network */
        return true;
    return diag_error(task->diag, bytes_span(task->arena, path),
                      "the samples are %s, the network's input is %s",
                      shape_text(task->arena, shape), shape_text(task->arena, input));
}

Shape dataset_order(const Graph *graph)
{
    const Shape s = graph->nodes[0].out;
    return graph->planar ? (Shape){s.c, s.h, s.w, s.rank} : s;
}

float *dataset_planes(Arena *arena, const float *samples, int64_t count, Shape shape, bool back)
{
    const int64_t area = shape.h * shape.w, size = area * shape.c;
    float *out = arena_array(arena, (size_t)count, (size_t)size * sizeof *out);
    for (int64_t n = 0; n < count * size; n += size)
        for (int64_t p = 0; p < area; p++)
            for (int64_t c = 0; c < shape.c; c++) {
                const int64_t pixel = n + p * shape.c + c, plane = n + c * area + p;
                out[back ? pixel : plane] = samples[back ? plane : pixel];
            }
    return out;
}

static bool load(DatasetTask *task)
{
    const char *where = task->where;
    if (strcmp(where, "shapes") == 0)
        return dataset_shapes(task);
    if (strcmp(where, "packets") == 0)
        return dataset_packets(task);
    if (host_is_folder(where))
        return dataset_is_cifar(task->arena, where) ? dataset_cifar(task) : dataset_idx(task);
    if (strchr(where, ','))
        return dataset_npy(task);
    diag_error(task->diag, (Span){0}, "--data %s: no data set of that name and no such folder",
               bytes_shown(task->arena, where));
    diag_note(task->diag, "a data set is shapes, packets, a folder of IDX files (MNIST), a folder "
                          "of CIFAR-10 batches, or x.npy,y.npy");
    return false;
}

Dataset *dataset_load(Arena *arena, Diag *diag, const Graph *graph, const char *where,
                      uint64_t seed)
{
    Dataset *data = ARENA_NEW(arena, Dataset);
    DatasetTask task = {
        .arena = arena, .diag = diag, .graph = graph, .where = where, .seed = seed, .data = data};
    task.input = graph->nodes[0].out;
    task.output = graph->nodes[graph->node_count - 1].out;
    data->input_size = shape_count(task.input);
    data->output_size = shape_count(task.output);
    if (!load(&task))
        return NULL;
    Samples *const sets[] = {&data->train, &data->test};
    for (int i = 0; i < 2 && graph->planar && !strchr(where, ','); i++)
        if (sets[i]->count > 0)
            sets[i]->inputs =
                dataset_planes(arena, sets[i]->inputs, sets[i]->count, task.input, false);
    return data;
}
