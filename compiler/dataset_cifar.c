/* dataset_cifar.c - a folder of CIFAR-10 binary batches.
 *
 * A record is a label and 3,072 bytes: a 32x32 plane of red, one of green, one of blue. The network
 * wants the three channels of a pixel side by side. */
#include "dataset_sets.h"

#include "bytes.h"
#include "host.h"

enum { SIDE = 32, CHANNELS = 3, PLANE = SIDE * SIDE, RECORD = 1 + CHANNELS * PLANE, BATCHES = 5 };

static char *batch_path(Arena *arena, const char *folder, int number)
{
    return arena_printf(arena, "%s/data_batch_%d.bin", folder, number);
}

bool dataset_is_cifar(Arena *arena, const char *folder)
{
    for (int i = 1; i <= BATCHES; i++)
        if (host_exists(batch_path(arena, folder, i)))
            return true;
    return host_exists(arena_printf(arena, "%s/test_batch.bin", folder));
}

static void copy_record(const DatasetTask *task, const unsigned char *record, Samples *samples,
                        int64_t n)
{
    float *pixels = samples->inputs + n * CHANNELS * PLANE;
    dataset_set_class(task, samples, n, record[0]);
    for (int64_t i = 0; i < PLANE; i++)
        for (int64_t c = 0; c < CHANNELS; c++)
            pixels[i * CHANNELS + c] = (float)record[1 + c * PLANE + i] / 255.0f;
}

/* Reads a batch and checks it. NULL after a message. */
static const Source *read_batch(DatasetTask *task, const char *path)
{
    const Source *source = host_read(task->arena, task->diag, path, 0);
    Span span = bytes_span(task->arena, path);
    if (!source)
        return NULL;
    if (source->size == 0 || source->size % RECORD != 0) {
        diag_error(task->diag, span, "%zu bytes are not whole CIFAR-10 records of %d bytes",
                   source->size, RECORD);
        return NULL;
    }
    for (size_t at = 0; at < source->size; at += RECORD)
        if ((unsigned char)source->text[at] >= dataset_classes(task)) {
            diag_error(task->diag, span,
                       "label %zu is %d, the network tells only %lld classes apart", at / RECORD,
                       (unsigned char)source->text[at], (long long)dataset_classes(task));
            return NULL;
        }
    return source;
}

static bool load_batches(DatasetTask *task, char **paths, int count, Samples *samples)
{
    const Source *batches[BATCHES];
    int64_t records = 0, n = 0;
    for (int i = 0; i < count; i++) {
        batches[i] = read_batch(task, paths[i]);
        if (!batches[i])
            return false;
        records += (int64_t)(batches[i]->size / RECORD);
    }
    *samples = dataset_samples(task, records);
    for (int i = 0; i < count; i++)
        for (size_t at = 0; at < batches[i]->size; at += RECORD)
            copy_record(task, (const unsigned char *)batches[i]->text + at, samples, n++);
    return true;
}

bool dataset_cifar(DatasetTask *task)
{
    char *paths[BATCHES], *test = arena_printf(task->arena, "%s/test_batch.bin", task->where);
    int count = 0;
    if (!dataset_check_input(task, task->where,
                             (Shape){.h = SIDE, .w = SIDE, .c = CHANNELS, .rank = 3}))
        return false;
    task->data->classes = task->data->output_size;
    for (int i = 1; i <= BATCHES; i++) {
        paths[count] = batch_path(task->arena, task->where, i);
        count += host_exists(paths[count]);
    }
    return load_batches(task, paths, count, &task->data->train) &&
           (!host_exists(test) || load_batches(task, &test, 1, &task->data->test));
}
