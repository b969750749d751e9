/* targets.c - everything that reads what others wrote, as functions of some bytes: for libFuzzer,
 * or, with -DFUZZ_REPLAY, for files on the command line.
 *
 * The environment variable FUZZ_TARGET names the target. The outside world is files in memory: this
 * file takes the place of host.c, so that nothing touches the disk and every byte of the input
 * counts. hdf5.c is included, for its parser of what the reading process sends is a target of its
 * own. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../compiler/hdf5.c"
#include "dataset.h"
#include "import.h"
#include "notation.h"
#include "npy.h"
#include "picture.h"
#include "plan.h"
#include "spec.h"
#include "template.h"
#include "weights.h"

enum { FILES_MOST = 4, NODES_MOST = 60 };

static struct {
    const char *name;
    const uint8_t *data;
    size_t size;
} files[FILES_MOST];
static int file_count;

static void add_file(const char *name, const uint8_t *data, size_t size)
{
    files[file_count].name = name, files[file_count].data = data;
    files[file_count++].size = size;
}

static int find_file(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    for (int i = 0; i < file_count; i++)
        if (strcmp(files[i].name, name) == 0)
            return i;
    return -1;
}

Source *host_read(Arena *arena, Diag *diag, const char *path, size_t most)
{
    const int i = find_file(path);
    Source *source = ARENA_NEW(arena, Source);
    source->path = path;
    if (i < 0 || (most > 0 && files[i].size > most)) {
        diag_error(diag, (Span){.source = source}, "cannot be opened");
        return NULL;
    }
    /* of its exact size, so that the sanitizer sees a byte too many; but text ends with a NUL */
    source->text = arena_copy(arena, (const char *)files[i].data, files[i].size);
    source->size = files[i].size;
    return source;
}

bool host_write(Diag *diag, const char *path, const void *data, size_t size)
{
    (void)diag, (void)path, (void)data, (void)size;
    return true;
}

bool host_is_folder(const char *path)
{
    return strcmp(path, "folder") == 0;
}

bool host_exists(const char *path)
{
    return find_file(path) >= 0;
}

bool host_drain(Text *text, int file)
{
    char chunk[4096];
    ssize_t size;
    while ((size = read(file, chunk, sizeof chunk)) > 0)
        text_add(text, chunk, (size_t)size);
    return size == 0;
}

char *host_temporary_folder(Arena *arena, Diag *diag)
{
    (void)arena;
    diag_system(diag, "no folders here");
    return NULL;
}

void host_remove_folder(const char *path)
{
    (void)path;
}

int host_run(Arena *arena, const char *const *argv, const char **output)
{
    (void)arena, (void)argv;
    *output = "";
    return -1;
}

typedef struct {
    Arena *arena;
    Diag diag;
} World;

static World world_begin(void)
{
    Arena *arena = arena_new();
    file_count = 0;
    return (World){arena, {.arena = arena}};
}

static void world_end(World *world, bool ok)
{
    static FILE *nowhere;
    if (!nowhere)
        nowhere = fopen("/dev/null", "w");
    if (!ok && world->diag.errors == 0 && world->diag.status == STATUS_OK)
        abort(); /* refused without a message */
    if (ok && world->diag.errors > 0)
        abort(); /* a message, and yet accepted */
    diag_print(&world->diag, nowhere);
    arena_free(world->arena);
}

static Graph *build_graph(World *world, const char *path, const uint8_t *data, size_t size)
{
    Source *source = ARENA_NEW(world->arena, Source);
    *source = (Source){path, arena_copy(world->arena, (const char *)data, size), size};
    Model *model = spec_load(world->arena, &world->diag, source, NULL, 0, graph_constructors());
    return model ? graph_build(world->arena, &world->diag, model, 0) : NULL;
}

static void fuzz_spec(const uint8_t *data, size_t size)
{
    World world = world_begin();
    Graph *graph = build_graph(&world, "fuzz.lua", data, size);
    bool ok = graph && world.diag.errors == 0;
    if (ok && graph->node_count < NODES_MOST) {
        Text dump = {.arena = world.arena};
        PlanOptions options[] = {{.ram = 0},
                                 {.least_ram = true},
                                 {.portable = true},
                                 {.inference = true},
                                 {.unroll = UNROLL_NONE, .threads = 3}};
        graph_dump(&dump, graph);
        Plan *plan = plan_build(world.arena, &world.diag, graph,
                                options[size % (sizeof options / sizeof *options)]);
        ok = plan && world.diag.errors == 0;
        if (ok)
            plan_dump(&dump, plan);
    }
    world_end(&world, ok);
}

static void fuzz_notation(const uint8_t *data, size_t size)
{
    static const Variable variables[] = {{"in", 3},    {"kernel", 5},       {"stride", 2},
                                         {"out.c", 7}, {"huge", INT64_MAX}, {"negative", -9}};
    World world = world_begin();
    const char *text = arena_copy(world.arena, (const char *)data, size);
    int64_t out[4] = {0}, value = 0;
    int column = -1;
    for (int most = 1; most <= 4; most++) {
        const int count = notation_size(text, out, most, most % 2 == 0, &column);
        if (count > most || (count == 0 && (column < 0 || (size_t)column > size)))
            abort();
    }
    formula_value(text, variables, sizeof variables / sizeof *variables, &value);
    if (!formula_numbers(world.arena, text, variables, sizeof variables / sizeof *variables))
        abort();
    world_end(&world, true);
}

static void fuzz_template(const uint8_t *data, size_t size)
{
    World world = world_begin();
    int line = 0, lines = 0, got = 0;
    const char *text = template_to_lua(world.arena, (const char *)data, size, &line);
    for (size_t i = 0; i < size; i++)
        lines += data[i] == '\n';
    for (const char *c = text; c && *c; c++)
        got += *c == '\n';
    if ((!text && (line < 1 || line > lines + 1)) || (text && got > lines + 1))
        abort();
    world_end(&world, true);
}

/* Read once: only what a target is about counts. */
static const Graph *network(void)
{
    static const char text[] =
        "return model { input = '3x4x2', conv2d { 3, kernel = 2, name = 'stem' }, batch_norm {},"
        " depthwise_conv2d { 2 }, prelu {}, flatten {}, dense { 2 } }";
    static Graph *graph;
    static World world;
    if (!graph) {
        world = world_begin();
        graph = build_graph(&world, "net.lua", (const uint8_t *)text, sizeof text - 1);
    }
    if (!graph)
        abort();
    return graph;
}

static void fuzz_weights(const uint8_t *data, size_t size)
{
    const Graph *graph = network();
    World world = world_begin();
    add_file("weights", data, size);
    const float *values =
        weights_load(world.arena, &world.diag, graph, "weights", size % 2 ? "order" : NULL, NULL);
    world_end(&world, values != NULL);
}

static void fuzz_map(const uint8_t *data, size_t size)
{
    const Graph *graph = network();
    World world = world_begin();
    Text file = {.arena = world.arena}, found = {.arena = world.arena};
    weights_encode(&file, graph, ARENA_ARRAY(world.arena, graph->param_count, float));
    add_file("weights", (const uint8_t *)file.data, file.size);
    add_file("map", data, size);
    const float *values = weights_load(world.arena, &world.diag, graph, "weights", "map", &found);
    world_end(&world, values != NULL);
}

static void fuzz_npy(const uint8_t *data, size_t size)
{
    static volatile float sink; /* every value is read */
    World world = world_begin();
    Source source = {"x.npy", arena_copy(world.arena, (const char *)data, size), size};
    const Npy *array = npy_decode(world.arena, &world.diag, &source);
    for (int64_t i = 0; array && i < array->count; i++)
        sink = array->values[i];
    (void)sink;
    world_end(&world, array != NULL);
}

static void fuzz_picture(const uint8_t *data, size_t size)
{
    World world = world_begin();
    Source source = {"x.png", arena_copy(world.arena, (const char *)data, size), size};
    world_end(&world, picture_decode(world.arena, &world.diag, &source) != NULL);
}

static void fuzz_onnx(const uint8_t *data, size_t size)
{
    World world = world_begin();
    add_file("m.onnx", data, size);
    world_end(&world, import_onnx(world.arena, &world.diag, "m.onnx", "out.lua", size % 2 == 1));
}

/* A data set for a network that is only an input and an output. Two files in one: the first three
 * bytes say how long the first is. */
static void load_data(const char *first, const char *second, const char *where, Shape input,
                      int64_t outputs, const uint8_t *data, size_t size)
{
    World world = world_begin();
    Node *nodes = ARENA_ARRAY(world.arena, 2, Node);
    nodes[0].out = input;
    nodes[1].out = (Shape){.h = 1, .w = 1, .c = outputs, .rank = 1};
    const Graph graph = {.name = "net", .nodes = nodes, .node_count = 2};
    size_t cut = 0;
    if (second && size >= 3) {
        cut = (size_t)bytes_little(data, 3);
        data += 3;
        size -= 3;
        cut = cut < size ? cut : size;
        add_file(second, data + cut, size - cut);
    }
    add_file(first, data, second ? cut : size);
    world_end(&world, dataset_load(world.arena, &world.diag, &graph, where, 1) != NULL);
}

static void fuzz_idx(const uint8_t *data, size_t size)
{
    const bool packed = size > 3 && data[3] == 0x1f;
    load_data(packed ? "train-images-idx3-ubyte.gz" : "train-images-idx3-ubyte",
              "train-labels-idx1-ubyte", "folder", (Shape){4, 3, 1, 3}, 10, data, size);
}

static void fuzz_cifar(const uint8_t *data, size_t size)
{
    load_data("data_batch_2.bin", NULL, "folder", (Shape){32, 32, 3, 3}, 10, data, size);
}

static void fuzz_arrays(const uint8_t *data, size_t size)
{
    load_data("x.npy", "y.npy", "x.npy,y.npy", (Shape){2, 2, 1, 3}, (int64_t)(size % 3) + 1, data,
              size);
}

static void fuzz_records(const uint8_t *data, size_t size)
{
    World world = world_begin();
    const Text text = {world.arena, arena_copy(world.arena, (const char *)data, size), size,
                       size + 1};
    TensorFile file = {
        .arena = world.arena, .diag = &world.diag, .span = bytes_span(world.arena, "x.h5")};
    const bool ok = take_records(&file, &text, 0);
    for (int i = 0; ok && i < file.count; i++)
        for (int64_t n = 0;
             tensors_is_float(&file.entries[i]) && n < tensors_count(&file.entries[i]); n++)
            tensors_value(&file.entries[i], n);
    world_end(&world, ok);
}

static const struct {
    const char *name;
    void (*run)(const uint8_t *data, size_t size);
} targets[] = {{"spec", fuzz_spec},       {"notation", fuzz_notation}, {"template", fuzz_template},
               {"weights", fuzz_weights}, {"map", fuzz_map},           {"hdf5", fuzz_weights},
               {"records", fuzz_records}, {"npy", fuzz_npy},           {"arrays", fuzz_arrays},
               {"idx", fuzz_idx},         {"cifar", fuzz_cifar},       {"picture", fuzz_picture},
               {"onnx", fuzz_onnx}};

static void (*target(void))(const uint8_t *data, size_t size)
{
    const char *name = getenv("FUZZ_TARGET");
    for (size_t i = 0; name && i < sizeof targets / sizeof *targets; i++)
        if (strcmp(targets[i].name, name) == 0)
            return targets[i].run;
    fprintf(stderr, "FUZZ_TARGET must be one of");
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++)
        fprintf(stderr, " %s", targets[i].name);
    fprintf(stderr, "\n");
    exit(2);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*run)(const uint8_t *data, size_t size);
    if (!run)
        run = target();
    run(data, size);
    return 0;
}

#ifdef FUZZ_REPLAY
/* Without libFuzzer: every file as it is, and FUZZ_MUTANTS times with some bytes changed or cut
 * off. */
enum { CHANGES = 4 };

static uint64_t random_bits(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static void run_copy(const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size > 0 ? size : 1); /* of its exact size, for sanitizers */
    if (!copy)
        exit(3);
    memcpy(copy, data, size);
    LLVMFuzzerTestOneInput(copy, size);
    free(copy);
}

static void run_mutants(uint8_t *data, size_t size, int mutants, uint64_t *state)
{
    uint8_t before[CHANGES];
    size_t places[CHANGES];
    for (int n = 0; n < mutants && size > 0; n++) {
        for (int k = 0; k < CHANGES; k++) {
            const uint64_t r = random_bits(state);
            places[k] = (size_t)(r >> 8) % size;
            before[k] = data[places[k]];
            data[places[k]] = (uint8_t)(k % 2 ? r : before[k] ^ (1u << (r % 8)));
        }
        run_copy(data, n % 3 == 0 ? (size_t)(random_bits(state) % size) : size);
        for (int k = CHANGES - 1; k >= 0; k--)
            data[places[k]] = before[k];
    }
}

int main(int argc, char **argv)
{
    static uint8_t data[1 << 20];
    const int mutants = getenv("FUZZ_MUTANTS") ? atoi(getenv("FUZZ_MUTANTS")) : 100;
    uint64_t state = 88172645463325252u;
    for (int i = 1; i < argc; i++) {
        FILE *file = fopen(argv[i], "rb");
        if (!file)
            return 3;
        const size_t size = fread(data, 1, sizeof data, file);
        fclose(file);
        run_copy(data, size);
        run_mutants(data, size, mutants, &state);
    }
    printf("%d files\n", argc - 1);
    return 0;
}
#endif
