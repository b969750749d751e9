/* dataset_idx.c - a folder of MNIST-format IDX files, plain or gzip.
 *
 * An IDX file is: two zero bytes, a type (8: unsigned bytes), the number of axes, each axis' size
 * as four bytes, highest first, then the values. Training pictures and labels must be there, the
 * test pair (t10k-) may be missing. */
#include "dataset_sets.h"

#include <string.h>
#include <zlib.h>

#include "bytes.h"
#include "host.h"

/* The values of one file: `axes` sizes and `values` bytes. */
typedef struct {
    const char *path;
    int64_t dims[4];
    const unsigned char *values;
} Idx;

static char *find_file(Arena *arena, const char *folder, const char *stem, const char *kind)
{
    for (int i = 0; i < 4; i++) {
        char *path = arena_printf(arena, "%s/%s%c%s%s", folder, stem, i < 2 ? '-' : '.', kind,
                                  i % 2 ? ".gz" : "");
        if (host_exists(path))
            return path;
    }
    return NULL;
}

/* A gzip stream ends with the size of what it holds; deflate makes nothing 1,032 times smaller. */
static Source *inflate_source(Arena *arena, Diag *diag, const Source *packed)
{
    size_t size = packed->size < 18 ? 0 : (size_t)bytes_little(packed->text + packed->size - 4, 4);
    z_stream stream = {0};
    Source *plain = NULL;
    if (size > 0 && size / 1040 <= packed->size && packed->size <= UINT32_MAX &&
        inflateInit2(&stream, 16 + MAX_WBITS) == Z_OK) {
        char *text = arena_alloc(arena, size + 1);
        stream.next_in = (Bytef *)(uintptr_t)packed->text;
        stream.avail_in = (uInt)packed->size;
        stream.next_out = (Bytef *)text;
        stream.avail_out = (uInt)size;
        if (inflate(&stream, Z_FINISH) == Z_STREAM_END && stream.avail_out == 0 &&
            stream.avail_in == 0) {
            plain = ARENA_NEW(arena, Source);
            *plain = (Source){.path = packed->path, .text = text, .size = size};
        }
        inflateEnd(&stream);
    }
    if (!plain)
        diag_error(diag, bytes_span(arena, packed->path), "damaged or truncated gzip file");
    return plain;
}

static Source *read_plain(Arena *arena, Diag *diag, const char *path)
{
    Source *source = host_read(arena, diag, path, 0);
    if (source && source->size >= 2 && memcmp(source->text, "\x1f\x8b", 2) == 0)
        return inflate_source(arena, diag, source);
    return source;
}

static bool read_idx(DatasetTask *task, const char *path, int axes, Idx *idx)
{
    const Source *source = read_plain(task->arena, task->diag, path);
    Span span = bytes_span(task->arena, path);
    size_t head = 4 + 4 * (size_t)axes;
    int64_t count = 1;
    bool fits = true;
    if (!source)
        return false;
    if (source->size < head || bytes_big(source->text, 4) != 0x800u + (unsigned)axes)
        return diag_error(task->diag, span, "not an IDX file of unsigned bytes with %d axes", axes);
    idx->path = path;
    for (int i = 0; i < axes; i++) {
        idx->dims[i] = (int64_t)bytes_big(source->text + 4 + 4 * i, 4);
        fits = fits && size_mul(count, idx->dims[i], &count);
    }
    if (!fits || count != (int64_t)(source->size - head))
        return diag_error(task->diag, span, "%s values announced, %zu are there",
                          bytes_dims(task->arena, idx->dims, axes), source->size - head);
    if (count == 0)
        return diag_error(task->diag, span, "holds no values");
    idx->values = (const unsigned char *)source->text + head;
    return true;
}

static bool check_labels(DatasetTask *task, const Idx *labels)
{
    int64_t classes = dataset_classes(task);
    for (int64_t n = 0; n < labels->dims[0]; n++)
        if (labels->values[n] >= classes)
            return diag_error(task->diag, bytes_span(task->arena, labels->path),
                              "label %lld is %d, the network tells only %lld classes apart",
                              (long long)n, labels->values[n], (long long)classes);
    return true;
}

/* Loads the pair of files that start with `stem`. */
static bool load_pair(DatasetTask *task, const char *images_path, const char *labels_path,
                      Samples *samples)
{
    Idx images, labels;
    if (!read_idx(task, images_path, 3, &images) || !read_idx(task, labels_path, 1, &labels))
        return false;
    Shape shape = {.h = images.dims[1], .w = images.dims[2], .c = 1, .rank = 3};
    if (images.dims[0] != labels.dims[0])
        return diag_error(task->diag, bytes_span(task->arena, labels_path),
                          "%lld labels for the %lld pictures of %s", (long long)labels.dims[0],
                          (long long)images.dims[0], images_path);
    if (!dataset_check_input(task, images_path, shape) || !check_labels(task, &labels))
        return false;
    *samples = dataset_samples(task, images.dims[0]);
    for (int64_t i = 0; i < images.dims[0] * task->data->input_size; i++)
        samples->inputs[i] = (float)images.values[i] / 255.0f;
    for (int64_t n = 0; n < labels.dims[0]; n++)
        dataset_set_class(task, samples, n, labels.values[n]);
    return true;
}

static bool load_stem(DatasetTask *task, const char *stem, bool needed, Samples *samples)
{
    char *images = find_file(task->arena, task->where, arena_printf(task->arena, "%s-images", stem),
                             "idx3-ubyte");
    char *labels = find_file(task->arena, task->where, arena_printf(task->arena, "%s-labels", stem),
                             "idx1-ubyte");
    if (images && labels)
        return load_pair(task, images, labels, samples);
    if (!images && !labels && !needed)
        return true;
    return diag_error(task->diag, bytes_span(task->arena, task->where),
                      "no %s-%s in this folder, plain or .gz", stem,
                      images ? "labels-idx1-ubyte" : "images-idx3-ubyte");
}

bool dataset_idx(DatasetTask *task)
{
    task->data->classes = task->data->output_size;
    bool train = load_stem(task, "train", true, &task->data->train);
    return load_stem(task, "t10k", false, &task->data->test) && train;
}
