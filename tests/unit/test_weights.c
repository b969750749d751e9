/* Weights: round trips, PyTorch's names and orders, and files that lie. */
#define _POSIX_C_SOURCE 200809L
#include "weights.h"

#include <stdlib.h>
#include <string.h>

#include "host.h"
#include "layer.h"
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

/* conv1 (2, 1, 2, 3) and its bias, flattened from 1x2x3, dense1 (6, 2) without one. */
static const Graph *network(void)
{
    static int first[] = {0}, second[] = {1}, third[] = {2};
    static const LayerKind conv = {.name = "conv2d"}, flatten = {.name = "flatten"},
                           dense = {.name = "dense"};
    Node *nodes = ARENA_ARRAY(arena, 4, Node);
    Graph *graph = ARENA_NEW(arena, Graph);
    nodes[1] = (Node){
        .kind = &conv, .name = "conv1", .inputs = first, .input_count = 1, .tensor_count = 2};
    nodes[1].tensors[0] =
        (Tensor){.layer = "conv1", .name = "kernel", .dims = {2, 1, 2, 3}, .rank = 4, .count = 12};
    nodes[1].tensors[1] =
        (Tensor){.layer = "conv1", .name = "bias", .dims = {3}, .rank = 1, .count = 3};
    nodes[2] = (Node){.kind = &flatten, .name = "flatten1", .inputs = second, .input_count = 1};
    nodes[2].in = (Shape){.h = 1, .w = 2, .c = 3, .rank = 3};
    nodes[3] = (Node){.kind = &dense, .name = "dense1", .inputs = third, .input_count = 1};
    nodes[3].tensors[0] =
        (Tensor){.layer = "dense1", .name = "kernel", .dims = {6, 2}, .rank = 2, .count = 12};
    nodes[3].tensor_count = 1;
    *graph = (Graph){.name = "net", .nodes = nodes, .node_count = 4, .param_count = 27};
    return graph;
}

static float *load_bytes(const Graph *graph, const void *bytes, size_t size)
{
    char *path = arena_printf(arena, "%s/w.safetensors", folder);
    CHECK(host_write(&diag, path, bytes, size));
    return weights_load(arena, &diag, graph, path, NULL, NULL);
}

/* A file with that header and `count` floats 0, 1, 2, ... */
static float *load(const Graph *graph, const char *header, int count)
{
    Text text = {.arena = arena};
    char size[8] = {(char)(strlen(header) & 0xff), (char)(strlen(header) >> 8)};
    text_add(&text, size, 8);
    text_string(&text, header);
    for (int i = 0; i < count; i++) {
        float value = (float)i;
        text_add(&text, (const char *)&value, 4); /* tests run on little-endian machines */
    }
    return load_bytes(graph, text.data, text.size);
}

static bool says(const char *part)
{
    for (int i = 0; i < diag.count; i++)
        if (strstr(diag.messages[i].text, part))
            return true;
    printf("# no message says: %s\n", part);
    return false;
}

TEST(round_trip)
{
    float values[27];
    Text text = {0};
    for (int i = 0; i < 27; i++)
        values[i] = 1 / (float)(i - 13);
    begin();
    text.arena = arena;
    weights_encode(&text, network(), values);
    float *loaded = load_bytes(network(), text.data, text.size);
    CHECK(loaded && memcmp(loaded, values, sizeof values) == 0 && diag.errors == 0);
    CHECK((unsigned char)text.data[0] % 8 == 0 && text.size % 4 == 0);
    for (size_t size = 0; size < text.size; size += 5)
        CHECK(load_bytes(network(), text.data, size) == NULL);
    text_add(&text, "more", 4);
    CHECK(load_bytes(network(), text.data, text.size) == NULL && says("belong to no tensor"));
    end();
}

#define CONV  "\"conv1.kernel\":{\"dtype\":\"F32\",\"shape\":[2,1,2,3],\"data_offsets\":[0,48]},"
#define BIAS  "\"conv1.bias\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[48,60]},"
#define DENSE "\"dense1.kernel\":{\"dtype\":\"F32\",\"shape\":[6,2],\"data_offsets\":[60,108]}"

TEST(metadata_and_order)
{
    begin();
    float *loaded = load(network(),
                         "{\"__metadata__\":{\"by\":\"x\"}," DENSE "," BIAS CONV "\"e\":{\"dtype\":"
                         "\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}}",
                         27);
    CHECK(!loaded && diag.errors == 1 && says("surplus tensor e (0)"));
    loaded = load(network(), "{" BIAS CONV DENSE "}   ", 27);
    CHECK(loaded && loaded[0] == 0 && loaded[26] == 26);
    end();
}

/* PyTorch: conv (3, 2, 2, 1), dense (2, 6) with its input channels first. */
TEST(pytorch)
{
    begin();
    float *loaded = load(
        network(),
        "{\"conv1.weight\":{\"dtype\":\"F32\",\"shape\":[3,2,2,1],\"data_offsets\":[0,48]}," BIAS
        "\"dense1.weight\":{\"dtype\":\"F32\",\"shape\":[2,6],\"data_offsets\":[60,108]},"
        "\"bn.num_batches_tracked\":{\"dtype\":\"I64\",\"shape\":[],"
        "\"data_offsets\":[108,116]}}",
        29);
    CHECK(loaded != NULL && diag.errors == 0);
    for (int h = 0; loaded && h < 2; h++)
        for (int i = 0; i < 2; i++)
            for (int o = 0; o < 3; o++)
                CHECK(loaded[(h * 2 + i) * 3 + o] == (float)((o * 2 + i) * 2 + h));
    for (int cell = 0; loaded && cell < 2; cell++)
        for (int c = 0; c < 3; c++)
            for (int o = 0; o < 2; o++)
                CHECK(loaded[15 + (cell * 3 + c) * 2 + o] == (float)(15 + o * 6 + c * 2 + cell));
    end();
}

/* PyTorch's transposed convolution is (in, out, h, w), ours (h, w, out, in): here 2x3, 4 filters,
 * 5 inputs. */
TEST(pytorch_transposed)
{
    begin();
    static int input[] = {0};
    static const LayerKind kind = {.name = "conv2d_transpose"};
    Node *nodes = ARENA_ARRAY(arena, 2, Node);
    nodes[1] =
        (Node){.kind = &kind, .name = "up", .inputs = input, .input_count = 1, .tensor_count = 2};
    nodes[1].tensors[0] =
        (Tensor){.layer = "up", .name = "kernel", .dims = {2, 3, 4, 5}, .rank = 4, .count = 120};
    nodes[1].tensors[1] =
        (Tensor){.layer = "up", .name = "bias", .dims = {4}, .rank = 1, .count = 4};
    const Graph graph = {.name = "net", .nodes = nodes, .node_count = 2, .param_count = 124};
    const float *loaded =
        load(&graph,
                  "{\"up.weight\":{\"dtype\":\"F32\",\"shape\":[5,4,2,3],\"data_offsets\":[0,480]},"
                  "\"up.bias\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[480,496]}}",
                  124);
    CHECK(loaded != NULL && diag.errors == 0);
    for (int s = 0; loaded && s < 6; s++)
        for (int o = 0; o < 4; o++)
            for (int i = 0; i < 5; i++)
                CHECK(loaded[(s * 4 + o) * 5 + i] == (float)((i * 4 + o) * 6 + s));
    CHECK(loaded && loaded[120] == 120 && loaded[123] == 123);
    CHECK(!load(
        &graph,
        "{\"up.weight\":{\"dtype\":\"F32\",\"shape\":[4,5,2,3],\"data_offsets\":[0,480]},"
        "\"up.bias\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[480,496]}}",
        124));
    CHECK(says("up.weight is 4x5x2x3, the network needs 5x4x2x3"));
    end();
}

/* flatten 1x2x3, a norm of its 6 values, dropout, slopes, dense (6, 2) without a bias. */
static const Graph *norms(void)
{
    static int before[] = {0, 1, 2, 3, 4};
    static const LayerKind flatten = {.name = "flatten", .role = ROLE_VIEW},
                           dense = {.name = "dense"};
    const LayerKind *const kinds[] = {NULL,           &flatten,     &layer_layer_norm,
                                      &layer_dropout, &layer_prelu, &dense};
    Node *nodes = ARENA_ARRAY(arena, 6, Node);
    Graph *graph = ARENA_NEW(arena, Graph);
    for (int i = 1; i < 6; i++)
        nodes[i] = (Node){
            .kind = kinds[i], .name = kinds[i]->name, .inputs = &before[i - 1], .input_count = 1};
    nodes[1].in = (Shape){.h = 1, .w = 2, .c = 3, .rank = 3};
    nodes[2].index = 2;
    nodes[4].index = 4;
    nodes[2].tensors[0] =
        (Tensor){.layer = "ln1", .name = "gamma", .dims = {6}, .rank = 1, .count = 6};
    nodes[2].tensors[1] =
        (Tensor){.layer = "ln1", .name = "beta", .dims = {6}, .rank = 1, .count = 6};
    nodes[2].tensor_count = 2;
    nodes[4].tensors[0] =
        (Tensor){.layer = "prelu1", .name = "alpha", .dims = {6}, .rank = 1, .count = 6};
    nodes[4].tensor_count = 1;
    nodes[5].tensors[0] =
        (Tensor){.layer = "dense1", .name = "kernel", .dims = {6, 2}, .rank = 2, .count = 12};
    nodes[5].tensor_count = 1;
    *graph = (Graph){.name = "net", .nodes = nodes, .node_count = 6, .param_count = 30};
    return graph;
}

#define GAMMA(name)  "\"" name "\":{\"dtype\":\"F32\",\"shape\":[6],\"data_offsets\":[0,24]},"
#define BETA(name)   "\"" name "\":{\"dtype\":\"F32\",\"shape\":[6],\"data_offsets\":[24,48]},"
#define KERNEL(dims) "\"dense1." dims ",\"data_offsets\":[48,96]}"
#define SLOPES(name, dims, end)                                                                    \
    ",\"" name "\":{\"dtype\":\"F32\",\"shape\":[" dims "],\"data_offsets\":[96," end "]}"

/* PyTorch has the values of a norm behind a flatten channels first, and the rows of a kernel behind
 * that norm. */
TEST(pytorch_norms)
{
    begin();
    const char *torch = "{" GAMMA("ln1.weight") BETA("ln1.bias") //
        KERNEL("weight\":{\"dtype\":\"F32\",\"shape\":[2,6]");
    float *loaded =
        load(norms(), arena_printf(arena, "%s" SLOPES("prelu1.weight", "6", "120") "}", torch), 30);
    CHECK(loaded != NULL && diag.errors == 0);
    for (int i = 0; loaded && i < 6; i++) {
        const int there = i % 3 * 2 + i / 3;
        CHECK(loaded[i] == (float)there && loaded[6 + i] == (float)(6 + there));
        CHECK(loaded[12 + i] == (float)(24 + there));
        for (int o = 0; o < 2; o++)
            CHECK(loaded[18 + i * 2 + o] == (float)(12 + o * 6 + there));
    }
    loaded =
        load(norms(), arena_printf(arena, "%s" SLOPES("prelu1.weight", "1", "100") "}", torch), 25);
    CHECK(loaded != NULL && diag.errors == 0);
    for (int i = 0; loaded && i < 6; i++)
        CHECK(loaded[12 + i] == 24);
    CHECK(!load(norms(), arena_printf(arena, "%s" SLOPES("prelu1.weight", "2", "104") "}", torch),
                26));
    CHECK(diag.errors == 1 && says("prelu1.weight is 2, the network needs 6"));
    end();
}

/* Keras' own names; its slopes have axes of one for height and width. */
TEST(keras_norms)
{
    begin();
    const char *keras = "{" GAMMA("layer_normalization.gamma") BETA("layer_normalization.beta") //
        KERNEL("kernel\":{\"dtype\":\"F32\",\"shape\":[6,2]");
    float *loaded = load(
        norms(), arena_printf(arena, "%s" SLOPES("p_re_lu.alpha", "1,1,6", "120") "}", keras), 30);
    CHECK(loaded != NULL && diag.errors == 0);
    for (int i = 0; loaded && i < 6; i++)
        CHECK(loaded[i] == (float)i && loaded[6 + i] == (float)(6 + i) &&
              loaded[12 + i] == (float)(24 + i));
    CHECK(!load(norms(),
                arena_printf(arena, "%s" SLOPES("p_re_lu.alpha", "1,6,1", "120") "}", keras), 30));
    CHECK(diag.errors == 1 && says("p_re_lu.alpha is 1x6x1, the network needs 6"));
    end();
}

TEST(every_difference_is_reported)
{
    begin();
    CHECK(!load(network(),
                "{\"conv1.kernel\":{\"dtype\":\"F32\",\"shape\":[2,2,3,1],\"data_offsets\":[0,48]},"
                "\"conv1.bias\":{\"dtype\":\"I32\",\"shape\":[3],\"data_offsets\":[48,60]},"
                "\"dense9.kernel\":{\"dtype\":\"F32\",\"shape\":[6,2],\"data_offsets\":[60,108]}}",
                27));
    CHECK(diag.errors == 4);
    CHECK(says("conv1.kernel is 2x2x3x1, the network needs 2x1x2x3"));
    CHECK(says("conv1.bias holds I32, the network needs F32"));
    CHECK(says("missing tensor dense1.kernel (6x2)"));
    CHECK(says("surplus tensor dense9.kernel (6x2)"));
    end();
}

TEST(wrong_headers)
{
    static const char *const headers[] = {
        "",
        "[]",
        "{",
        "{\"a\":1}",
        "{" CONV BIAS DENSE "",
        "{" CONV BIAS DENSE "} x",
        "{" CONV CONV BIAS DENSE "}",
        "{" CONV BIAS "\"d\":{\"shape\":[6,2],\"data_offsets\":[60,108]}}",
        "{" CONV BIAS "\"d\":{\"dtype\":\"F32\",\"data_offsets\":[60,108]}}",
        "{" CONV BIAS "\"d\":{\"dtype\":\"F32\",\"shape\":[6,2]}}",
        "{" CONV BIAS "\"d\":{\"dtype\":\"F99\",\"shape\":[6,2],\"data_offsets\":[60,108]}}",
        "{" CONV BIAS "\"d\":{\"dtype\":\"F32\",\"shape\":[6,-2],\"data_offsets\":[60,108]}}",
        "{" CONV BIAS "\"d\":{\"dtype\":\"F32\",\"shape\":[6,2.0],\"data_offsets\":[60,108]}}",
        "{" CONV BIAS "\"d\":{\"dtype\":\"F32\",\"shape\":[6,3],\"data_offsets\":[60,108]}}",
        "{" CONV BIAS "\"d\":{\"dtype\":\"F32\",\"shape\":[6,2],\"data_offsets\":[108,60]}}",
        "{" CONV BIAS "\"d\":{\"dtype\":\"F32\",\"shape\":[6,2],\"data_offsets\":[-1,47]}}",
        "{" CONV BIAS "\"d\":{\"dtype\":\"F32\",\"shape\":[6,2],\"data_offsets\":[61,109]}}",
        "{" CONV BIAS "\"d\":{\"dtype\":\"F32\",\"shape\":[6,2],\"data_offsets\":[59,107]}}",
        "{" CONV BIAS "\"d\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,4],"
        "\"data_offsets\":[60,60]}}",
        "{" CONV BIAS "\"d\":{\"dtype\":\"F32\",\"shape\":[99999999999999999999],"
        "\"data_offsets\":[60,108]}}",
        "{" CONV BIAS "\"d\":{\"dtype\":\"U8\",\"shape\":[1,1,1,1,1,1,1,1,1],"
        "\"data_offsets\":[60,108]}}",
        "{\"a\\u0000b\":{}}",
        "{\"a\":\"\xff\"}"};
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
        begin();
        CHECK(load(network(), headers[i], 27) == NULL);
        CHECK(diag.errors > 0 && diag.status == STATUS_WRONG);
        end();
    }
}

TEST(header_size_lies)
{
    static const char *const files[] = {"", "1234567", "\xff\xff\xff\xff\xff\xff\xff\xff{}",
                                        "\xff\xff\xff\x7f\0\0\0\0{}", "\x03\0\0\0\0\0\0\0{}"};
    static const size_t sizes[] = {0, 7, 10, 10, 10};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        begin();
        CHECK(load_bytes(network(), files[i], sizes[i]) == NULL && diag.errors == 1);
        end();
    }
}

TEST(surplus_is_cut_short)
{
    begin();
    Text text = {.arena = arena};
    text_string(&text, "{" CONV BIAS DENSE);
    for (int i = 0; i < 500; i++)
        text_printf(&text, ",\"s%d\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}", i);
    text_string(&text, "}");
    CHECK(!load(network(), text.data, 27) && diag.errors == 21 && says("480 more"));
    end();
}

static char *real_path(Arena *owner)
{
    const char *data = getenv("CNNGEN_DATA");
    return arena_printf(owner, "%s/mlperf-tiny/ic_resnet8.safetensors",
                        data ? data : "../shared/data");
}

/* Trained weights of another origin, with metadata of their own and the names Keras gives: what does
 * not fit is named. */
TEST(real_file)
{
    begin();
    CHECK(!weights_load(arena, &diag, network(), real_path(arena), NULL, NULL));
    CHECK(says("tensor conv2d.kernel is 3x3x3x16, the network needs 2x1x2x3"));
    CHECK(says("tensor dense.kernel is 64x10, the network needs 6x2"));
    CHECK(says("surplus tensor conv2d_1.kernel (3x3x16x16)"));
    end();
}

static bool has_real_file(void)
{
    Arena *owner = arena_new();
    bool has = host_exists(real_path(owner));
    arena_free(owner);
    return has;
}

int main(void)
{
    RUN(round_trip);
    RUN(metadata_and_order);
    RUN(pytorch);
    RUN(pytorch_transposed);
    RUN(pytorch_norms);
    RUN(keras_norms);
    RUN(every_difference_is_reported);
    RUN(wrong_headers);
    RUN(header_size_lies);
    RUN(surplus_is_cut_short);
    if (has_real_file())
        RUN(real_file);
    else
        printf("ok - real_file # SKIP no data\n");
    return test_end();
}
