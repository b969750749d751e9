/* Data sets: the built-in ones, real MNIST where it is, small files of every format, and files that
 * lie. */
#define _POSIX_C_SOURCE 200809L
#include "dataset.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"
#include "npy.h"
#include "test.h"

static Arena *arena;
static Diag diag;
static char *folder;

static void begin(void)
{
    arena = arena_new();
    diag = (Diag){.arena = arena};
    folder = host_temporary_folder(arena, &diag);
}

static void end(void)
{
    host_remove_folder(folder);
    arena_free(arena);
}

/* Loads for a network that is only an input and an output. */
static Dataset *load(const char *where, Shape input, int64_t outputs, uint64_t seed)
{
    Node *nodes = ARENA_ARRAY(arena, 2, Node);
    Graph *graph = ARENA_NEW(arena, Graph);
    nodes[0].out = input;
    nodes[1].out = (Shape){.h = 1, .w = 1, .c = outputs, .rank = 1};
    *graph = (Graph){.name = "net", .nodes = nodes, .node_count = 2};
    return dataset_load(arena, &diag, graph, where, seed);
}

static const char *file(const char *name, const void *bytes, size_t size)
{
    char *path = arena_printf(arena, "%s/%s", folder, name);
    CHECK(host_write(&diag, path, bytes, size));
    return path;
}

static const Shape image = {.h = 28, .w = 28, .c = 1, .rank = 3};
static const Shape row = {.h = 1, .w = 64, .c = 1, .rank = 2};
static const Shape tiny = {.h = 2, .w = 2, .c = 1, .rank = 3};

static bool all_in_range(const Samples *samples, int64_t size)
{
    for (int64_t i = 0; i < samples->count * size; i++)
        if (!(samples->inputs[i] >= 0 && samples->inputs[i] <= 1))
            return false;
    return true;
}

TEST(shapes)
{
    begin();
    Dataset *a = load("shapes", image, 1, 1), *b = load("shapes", image, 1, 1);
    Dataset *c = load("shapes", image, 1, 2);
    size_t size = 3200 * 784 * sizeof(float);
    CHECK(a && a->train.count == 3200 && a->test.count == 800 && a->classes == 1);
    CHECK(a && a->train.targets[0] == 0 && a->train.targets[1] == 1);
    CHECK(a && all_in_range(&a->train, 784) && all_in_range(&a->test, 784));
    CHECK(a && b && memcmp(a->train.inputs, b->train.inputs, size) == 0);
    CHECK(a && c && memcmp(a->train.inputs, c->train.inputs, size) != 0);
    Dataset *two = load("shapes", image, 2, 1);
    CHECK(two && two->classes == 2 && two->train.targets[0] == 1 && two->train.targets[3] == 1);
    CHECK(diag.errors == 0);
    CHECK(!load("shapes", tiny, 1, 1) && !load("shapes", image, 10, 1) && diag.errors == 2);
    end();
}

/* The corners of a figure's bounding box are lit for squares only. */
TEST(shapes_are_what_they_say)
{
    begin();
    Dataset *data = load("shapes", image, 1, 3);
    for (int64_t n = 0; data && n < 100; n++) {
        const float *x = data->train.inputs + n * 784;
        int top = 28, left = 28;
        for (int i = 0; i < 784; i++)
            if (x[i] > 0.35f) {
                top = i / 28 < top ? i / 28 : top;
                left = i % 28 < left ? i % 28 : left;
            }
        CHECK((x[(top + 1) * 28 + left + 1] > 0.35f) == (data->train.targets[n] == 0));
    }
    end();
}

static bool holds(const float *x, int64_t size)
{
    static const float signature[4] = {0xff, 0x02, 0x01, 0xfe};
    for (int64_t i = 0; i + 4 <= size; i++) {
        int same = 0;
        for (int64_t j = 0; j < 4; j++)
            same += fabsf(x[i + j] * 255 - signature[j]) < 0.01f;
        if (same == 4)
            return true;
    }
    return false;
}

TEST(packets)
{
    begin();
    Dataset *data = load("packets", row, 1, 7);
    CHECK(data && data->train.count == 4000 && data->test.count == 1000);
    int wrong = 0;
    for (int64_t n = 0; data && n < data->train.count; n++)
        wrong += holds(data->train.inputs + n * 64, 64) != (data->train.targets[n] == 1);
    CHECK(wrong == 0 && data && all_in_range(&data->train, 64));
    Shape four = {.h = 1, .w = 4, .c = 1, .rank = 2}, three = {.h = 1, .w = 3, .c = 1, .rank = 2};
    CHECK(load("packets", four, 1, 7) != NULL && diag.errors == 0);
    CHECK(!load("packets", three, 1, 7) && !load("packets", image, 1, 7) && diag.errors == 2);
    end();
}

static char *mnist_folder(Arena *owner)
{
    const char *data = getenv("CNNGEN_DATA");
    return arena_printf(owner, "%s/mnist", data ? data : "../shared/data");
}

TEST(mnist)
{
    static const int64_t want[10] = {5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949};
    begin();
    int64_t counts[10] = {0};
    char *where = mnist_folder(arena);
    Dataset *data = load(where, image, 10, 1);
    CHECK(data && data->train.count == 60000 && data->test.count == 10000 && data->classes == 10);
    for (int64_t i = 0; data && i < 600000; i++)
        counts[i % 10] += data->train.targets[i] == 1;
    CHECK(memcmp(counts, want, sizeof want) == 0);
    CHECK(data && data->train.targets[5] == 1 && data->test.targets[7] == 1);
    Shape flat = {.h = 1, .w = 1, .c = 784, .rank = 1};
    CHECK(load(where, flat, 10, 1) != NULL && diag.errors == 0);
    CHECK(!load(where, tiny, 10, 1) && !load(where, image, 9, 1));
    end();
}

static bool has_mnist(void)
{
    Arena *owner = arena_new();
    bool has = host_is_folder(mnist_folder(owner));
    arena_free(owner);
    return has;
}

static const char images[] = "\0\0\x08\x03\0\0\0\x01\0\0\0\x02\0\0\0\x02\x00\xff\x33\x66";
static const char labels[] = "\0\0\x08\x01\0\0\0\x01\x03";
enum { IMAGES = sizeof images - 1, LABELS = sizeof labels - 1 };

TEST(idx)
{
    begin();
    file("train-images-idx3-ubyte", images, IMAGES);
    file("train-labels.idx1-ubyte", labels, LABELS);
    Dataset *data = load(folder, tiny, 10, 1);
    CHECK(data && data->train.count == 1 && data->test.count == 0);
    CHECK(data && data->train.inputs[1] == 1 && data->train.inputs[2] == 0.2f);
    CHECK(data && data->train.targets[3] == 1 && data->train.targets[0] == 0);
    file("t10k-images-idx3-ubyte", images, IMAGES);
    CHECK(!load(folder, tiny, 10, 1) && diag.errors == 1);
    end();
}

/* Cuts the picture file at every length, then spoils one byte of its head after the other. */
TEST(idx_damaged)
{
    begin();
    file("train-labels-idx1-ubyte", labels, LABELS);
    for (size_t size = 0; size < IMAGES; size++) {
        file("train-images-idx3-ubyte", images, size);
        CHECK(load(folder, tiny, 10, 1) == NULL);
    }
    for (size_t at = 0; at < 16; at++) {
        char spoilt[IMAGES];
        memcpy(spoilt, images, IMAGES);
        spoilt[at] = (char)0x7f;
        file("train-images-idx3-ubyte", spoilt, IMAGES);
        CHECK(load(folder, tiny, 10, 1) == NULL);
    }
    end();
}

TEST(idx_gzip_damaged)
{
    static const char *const files[] = {
        "\x1f\x8b", "\x1f\x8b\x08\0\0\0\0\0\0\x03 this is not a stream.....",
        "\x1f\x8b\x08\0\0\0\0\0\0\x03 ends as if of four gigabytes \xff\xff\xff\xff"};
    static const size_t sizes[] = {2, 36, 45};
    for (size_t i = 0; i < 3; i++) {
        begin();
        file("train-labels-idx1-ubyte", labels, LABELS);
        file("train-images-idx3-ubyte.gz", files[i], sizes[i]);
        CHECK(load(folder, tiny, 10, 1) == NULL && diag.errors == 1);
        end();
    }
}

TEST(idx_label_too_large)
{
    begin();
    file("train-images-idx3-ubyte", images, IMAGES);
    file("train-labels-idx1-ubyte", labels, LABELS);
    CHECK(!load(folder, tiny, 3, 1) && !load(folder, tiny, 1, 1) && load(folder, tiny, 4, 1));
    end();
}

TEST(idx_counts_differ)
{
    static const char two_labels[] = "\0\0\x08\x01\0\0\0\x02\x03\x01";
    static const char two_images[] =
        "\0\0\x08\x03\0\0\0\x02\0\0\0\x02\0\0\0\x02\x00\xff\x33\x66\x00\xff\x33\x66";
    begin();
    file("train-images-idx3-ubyte", images, IMAGES);
    file("train-labels-idx1-ubyte", two_labels, sizeof two_labels - 1);
    CHECK(!load(folder, tiny, 10, 1) && diag.errors == 1);
    file("train-images-idx3-ubyte", two_images, sizeof two_images - 1);
    CHECK(load(folder, tiny, 10, 1) != NULL);
    file("train-labels-idx1-ubyte", labels, LABELS);
    CHECK(!load(folder, tiny, 10, 1));
    end();
}

TEST(cifar)
{
    const Shape shape = {.h = 32, .w = 32, .c = 3, .rank = 3};
    unsigned char records[2 * 3073] = {2};
    records[1] = 255;       /* red of the first pixel */
    records[1 + 1024] = 51; /* its green */
    records[3072] = 102;    /* blue of the last pixel */
    records[3073] = 9;
    begin();
    file("data_batch_1.bin", records, sizeof records);
    file("data_batch_4.bin", records, 3073);
    file("test_batch.bin", records, 3073);
    Dataset *data = load(folder, shape, 10, 1);
    CHECK(data && data->train.count == 3 && data->test.count == 1 && data->classes == 10);
    CHECK(data && data->train.inputs[0] == 1 && data->train.inputs[1] == 0.2f);
    CHECK(data && data->train.inputs[3071] == 0.4f);
    CHECK(data && data->train.targets[2] == 1 && data->train.targets[19] == 1);
    CHECK(!load(folder, image, 10, 1) && !load(folder, shape, 9, 1));
    file("test_batch.bin", records, 3072);
    CHECK(!load(folder, shape, 10, 1) && diag.errors == 3);
    end();
}

static const char *array(const char *name, const float *values, int64_t a, int64_t b, int64_t c)
{
    const int64_t dims[3] = {a, b, c};
    Text text = {.arena = arena};
    npy_encode(&text, values, dims, c ? 3 : b ? 2 : 1);
    return file(name, text.data, text.size);
}

TEST(npy)
{
    const float x[8] = {0, 1, 2, 3, 4, 5, 6, 7}, y[4] = {0, 1, 1, 0};
    begin();
    const char *xs = array("x.npy", x, 2, 2, 2), *flat = array("flat.npy", x, 2, 4, 0);
    const char *one_hot = array("hot.npy", y, 2, 2, 0), *values = array("v.npy", x, 2, 2, 0);
    const char *bits = array("bits.npy", y, 2, 0, 0), *odd = array("odd.npy", x, 8, 0, 0);
    Dataset *data = load(arena_printf(arena, "%s,%s", xs, one_hot), tiny, 2, 1);
    CHECK(data && data->train.count == 2 && data->classes == 2 && data->train.inputs[7] == 7);
    data = load(arena_printf(arena, "%s,%s", flat, values), tiny, 2, 1);
    CHECK(data && data->classes == 0 && data->train.targets[3] == 3);
    data = load(arena_printf(arena, "%s,%s", flat, bits), tiny, 1, 1);
    CHECK(data && data->classes == 1 && diag.errors == 0);
    CHECK(!load(arena_printf(arena, "%s,%s", odd, bits), tiny, 1, 1));
    CHECK(!load(arena_printf(arena, "%s,%s", xs, odd), tiny, 1, 1));
    CHECK(!load(arena_printf(arena, "%s,%s/none.npy", xs, folder), tiny, 1, 1));
    CHECK(diag.errors == 3);
    end();
}

TEST(npy_class_numbers)
{
    static const char head[] = "\x93NUMPY\x01\0\x38\0"
                               "{'descr': '|u1', 'fortran_order': False, 'shape': (2,)}\n";
    const float x[8] = {0};
    begin();
    const char *xs = array("x.npy", x, 2, 2, 2);
    Text text = {.arena = arena};
    text_add(&text, head, sizeof head - 1);
    text_add(&text, "\x02\x00", 2);
    const char *ys = file("y.npy", text.data, text.size);
    Dataset *data = load(arena_printf(arena, "%s,%s", xs, ys), tiny, 3, 1);
    CHECK(data && data->classes == 3 && data->train.targets[2] == 1);
    CHECK(data && data->train.targets[3] == 1 && data->train.targets[5] == 0);
    CHECK(!load(arena_printf(arena, "%s,%s", xs, ys), tiny, 2, 1) && diag.errors == 1);
    end();
}

TEST(nothing_there)
{
    begin();
    CHECK(!load("circles", image, 1, 1) && !load(folder, image, 10, 1));
    CHECK(!load(",", image, 1, 1) && !load("", image, 1, 1) && diag.status == STATUS_WRONG);
    end();
}

int main(void)
{
    RUN(shapes);
    RUN(shapes_are_what_they_say);
    RUN(packets);
    if (has_mnist())
        RUN(mnist);
    else
        printf("ok - mnist # SKIP no data\n");
    RUN(idx);
    RUN(idx_damaged);
    RUN(idx_gzip_damaged);
    RUN(idx_label_too_large);
    RUN(idx_counts_differ);
    RUN(cifar);
    RUN(npy);
    RUN(npy_class_numbers);
    RUN(nothing_there);
    return test_end();
}
