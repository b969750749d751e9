/* bench.c - times several builds of a network side by side, in one process, in turn.
 *
 * Compiled twice. With -DNETWORK=name it becomes part of a shared library and describes the network
 * in it; without, it is the program that loads such libraries: bench LABEL=LIBRARY... Each round
 * times every library once; medians and minima of the rounds are printed, and the share of the
 * machine's own multiply-add peak, measured in the same rounds. */
#include <stddef.h>
#include <stdint.h>

typedef struct {
    const char *name;
    size_t input, output, batch, params_bytes, scratch_bytes, tape_bytes, optimizer_bytes;
    double macs;
    void (*init)(void *params, uint64_t seed);
    void (*predict)(const void *params, const void *input, void *output, void *scratch);
    double (*step)(void *params, const void *x, const void *t, int count, void *tape, void *state);
} Bench;

#ifdef NETWORK
#define PASTE2(a, b) a##b
#define PASTE(a, b)  PASTE2(a, b)
#define STRING2(a)   #a
#define STRING(a)    STRING2(a)
#include HEADER

static void init(void *params, uint64_t seed)
{
    PASTE(NETWORK, _init)(params, seed);
}

static void predict(const void *params, const void *input, void *output, void *scratch)
{
    PASTE(NETWORK, _predict)(params, input, output, scratch);
}

static double step(void *params, const void *x, const void *t, int count, void *tape, void *state)
{
    return (double)PASTE(NETWORK, _train_step)(params, x, t, count, tape, state, 1e-4f);
}

extern const Bench bench;
const Bench bench = {STRING(NETWORK),
                     PASTE(UPPER, _INPUT_SIZE),
                     PASTE(UPPER, _OUTPUT_SIZE),
                     PASTE(UPPER, _BATCH),
                     sizeof(PASTE(NETWORK, _params)),
                     sizeof(PASTE(NETWORK, _scratch)),
                     sizeof(PASTE(NETWORK, _tape)),
                     sizeof(PASTE(NETWORK, _optimizer)),
                     PASTE(UPPER, _MACS),
                     init,
                     predict,
                     step};
#else
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROUNDS = 41, MOST = 16 };

typedef struct {
    const char *label;
    const Bench *b;
    void *params, *scratch, *tape, *state;
    float *x, *t, *y;
    double predict[ROUNDS], step[ROUNDS];
} Entry;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Multiply-adds a second of the widest vectors: twelve independent chains in registers. */
#if defined(__AVX512F__)
typedef float Vector __attribute__((vector_size(64)));
#elif defined(__AVX__)
typedef float Vector __attribute__((vector_size(32)));
#else
typedef float Vector __attribute__((vector_size(16)));
#endif

static double peak(void)
{
    enum { LOOPS = 200000, LANES = sizeof(Vector) / sizeof(float) };
    Vector a0 = {0}, a1 = {0}, a2 = {0}, a3 = {0}, a4 = {0}, a5 = {0}, a6 = {0}, a7 = {0}, a8 = {0},
           a9 = {0}, a10 = {0}, a11 = {0};
    Vector m = (Vector){0} + 0.999f, c = (Vector){0} + 0.001f;
    /* unknown to the compiler, or it finds that the chains are equal and computes one */
    __asm__ volatile(""
                     : "+v"(m), "+v"(c), "+v"(a0), "+v"(a1), "+v"(a2), "+v"(a3), "+v"(a4),
                       "+v"(a5));
    __asm__ volatile("" : "+v"(a6), "+v"(a7), "+v"(a8), "+v"(a9), "+v"(a10), "+v"(a11));
    const double start = now();
    for (int i = 0; i < LOOPS; i++) {
        a0 = a0 * m + c;
        a1 = a1 * m + c;
        a2 = a2 * m + c;
        a3 = a3 * m + c;
        a4 = a4 * m + c;
        a5 = a5 * m + c;
        a6 = a6 * m + c;
        a7 = a7 * m + c;
        a8 = a8 * m + c;
        a9 = a9 * m + c;
        a10 = a10 * m + c;
        a11 = a11 * m + c;
    }
    const double seconds = now() - start;
    Vector sum = a0 + a1 + a2 + a3 + a4 + a5 + a6 + a7 + a8 + a9 + a10 + a11;
    __asm__ volatile("" : : "v"(sum));
    return 12.0 * LANES * LOOPS / seconds;
}

static void *memory(size_t bytes)
{
    void *p = aligned_alloc(64, (bytes + 127) / 64 * 64);
    if (!p)
        exit(3);
    memset(p, 0, bytes);
    return p;
}

static double time_predict(Entry *e)
{
    long calls = 0;
    const double start = now();
    double end;
    do {
        for (int i = 0; i < 16; i++)
            e->b->predict(e->params, e->x, e->y, e->scratch);
        calls += 16;
    } while ((end = now()) - start < 3e-3);
    return (end - start) / (double)calls;
}

static double time_step(Entry *e)
{
    long calls = 0;
    const double start = now();
    double end;
    do {
        e->b->step(e->params, e->x, e->t, (int)e->b->batch, e->tape, e->state);
        calls++;
    } while ((end = now()) - start < 3e-3);
    return (end - start) / (double)calls;
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void open_entry(Entry *e, char *argument)
{
    char *equals = strchr(argument, '=');
    if (!equals)
        exit(2);
    *equals = '\0';
    e->label = argument;
    void *library = dlopen(equals + 1, RTLD_NOW | RTLD_LOCAL);
    e->b = library ? dlsym(library, "bench") : NULL;
    if (!e->b) {
        fprintf(stderr, "%s\n", dlerror());
        exit(3);
    }
    e->params = memory(e->b->params_bytes);
    e->scratch = memory(e->b->scratch_bytes);
    e->tape = memory(e->b->tape_bytes);
    e->state = memory(e->b->optimizer_bytes);
    e->x = memory(e->b->input * e->b->batch * sizeof(float));
    e->t = memory(e->b->output * e->b->batch * sizeof(float));
    e->y = memory(e->b->output * sizeof(float));
    e->b->init(e->params, 1);
    for (size_t i = 0; i < e->b->input * e->b->batch; i++)
        e->x[i] = (float)(i * 2654435761u % 1000u) / 1000.0f;
    for (size_t i = 0; i < e->b->batch; i++)
        e->t[i * e->b->output + i % e->b->output] = 1;
}

int main(int argc, char **argv)
{
    static Entry entries[MOST];
    double peaks[ROUNDS];
    const int count = argc - 1 < MOST ? argc - 1 : MOST;
    for (int i = 0; i < count; i++)
        open_entry(&entries[i], argv[i + 1]);
    for (int round = 0; round < ROUNDS; round++) {
        peaks[round] = peak();
        for (int i = 0; i < count; i++) {
            entries[i].predict[round] = time_predict(&entries[i]);
            entries[i].step[round] = time_step(&entries[i]);
        }
    }
    qsort(peaks, ROUNDS, sizeof *peaks, ascending);
    printf("multiply-add peak %.1f GMAC/s (median)\n", peaks[ROUNDS / 2] / 1e9);
    printf("%-28s %12s %12s %9s %14s %12s\n", "", "predict us", "minimum", "of peak",
           "step us/sample", "samples/s");
    for (int i = 0; i < count; i++) {
        Entry *e = &entries[i];
        qsort(e->predict, ROUNDS, sizeof *e->predict, ascending);
        qsort(e->step, ROUNDS, sizeof *e->step, ascending);
        const double p = e->predict[ROUNDS / 2], s = e->step[ROUNDS / 2] / (double)e->b->batch;
        printf("%-8s %-19s %12.3f %12.3f %8.1f%% %14.3f %12.0f\n", e->b->name, e->label, p * 1e6,
               e->predict[0] * 1e6, 100 * e->b->macs / p / peaks[ROUNDS / 2], s * 1e6, 1 / s);
    }
    return 0;
}
#endif
