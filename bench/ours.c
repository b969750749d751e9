/* ours.c - the timing loops around one generated network, and the machine's own limits.
 *
 * Compiled once for every network and build, with -DNETWORK=name -DUPPER=NAME -DHEADER="name.h", into
 * a shared library that holds the network, its memory and the loops that call it: whoever loads the
 * library pays for one call, not for each of the thousands that are timed. Without NETWORK it becomes
 * the library that measures the processor: multiply-adds a second and bytes a second from L2. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#define EXPORT __attribute__((visibility("default")))

/* The time this process had the processor, so that the turns of other programs do not count. */
static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

#ifdef NETWORK
#define PASTE2(a, b) a##b
#define PASTE(a, b)  PASTE2(a, b)
#define LOCAL(name)  PASTE(NETWORK, name)
#define SIZE(name)   PASTE(UPPER, name)
#include HEADER

#define ALIGNED __attribute__((aligned(64)))
static ALIGNED LOCAL(_params) params;
static ALIGNED LOCAL(_scratch) scratch;
static ALIGNED float input[SIZE(_INPUT_SIZE)], output[SIZE(_OUTPUT_SIZE)];

/* Every peer starts from the same weights: flat is in canonical order. */
EXPORT void bench_load(const float *flat, const float *x)
{
    LOCAL(_import)(&params, flat);
    memcpy(input, x, sizeof input);
}

EXPORT const float *bench_output(void)
{
    LOCAL(_predict)(&params, input, output, &scratch);
    return output;
}

EXPORT double bench_predict(int64_t calls)
{
    const double start = now();
    for (int64_t i = 0; i < calls; i++)
        LOCAL(_predict)(&params, input, output, &scratch);
    return now() - start;
}

#ifdef TRAINS
static ALIGNED LOCAL(_tape) tape;
static ALIGNED LOCAL(_optimizer) state;
static ALIGNED float inputs[SIZE(_BATCH) * SIZE(_INPUT_SIZE)];
static ALIGNED float targets[SIZE(_BATCH) * SIZE(_OUTPUT_SIZE)];

EXPORT void bench_load_batch(const float *flat, const float *x, const float *t)
{
    LOCAL(_import)(&params, flat);
    memset(&state, 0, sizeof state);
    memcpy(inputs, x, sizeof inputs);
    memcpy(targets, t, sizeof targets);
}

EXPORT float bench_loss(float lr)
{
    return LOCAL(_train_step)(&params, inputs, targets, SIZE(_BATCH), &tape, &state, lr);
}

EXPORT double bench_step(int64_t calls, float lr)
{
    const double start = now();
    for (int64_t i = 0; i < calls; i++)
        LOCAL(_train_step)(&params, inputs, targets, SIZE(_BATCH), &tape, &state, lr);
    return now() - start;
}
#endif

#else
#if defined(__AVX512F__)
typedef float Vector __attribute__((vector_size(64)));
#elif defined(__AVX__)
typedef float Vector __attribute__((vector_size(32)));
#else
typedef float Vector __attribute__((vector_size(16)));
#endif
enum { LANES = sizeof(Vector) / sizeof(float) };

EXPORT int64_t bench_lanes(void)
{
    return LANES;
}

/* Multiply-adds a second of the widest vectors: twelve independent chains in registers. */
EXPORT double bench_peak(void)
{
    enum { LOOPS = 200000 };
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

/* Bytes a second read from 256 KiB: too many for any L1, few enough for any L2 of today. */
EXPORT double bench_l2(void)
{
    enum { BYTES = 256 * 1024, VECTORS = BYTES / sizeof(Vector), LOOPS = 400 };
    static Vector memory[VECTORS];
    memset(memory, 1, sizeof memory); /* pages never written are one page of zeros, in L1 */
    Vector a0 = {0}, a1 = {0}, a2 = {0}, a3 = {0};
    double start = 0;
    for (int loop = -2; loop < LOOPS; loop++) {
        if (loop == 0)
            start = now(); /* two rounds have brought it in */
        for (int i = 0; i < VECTORS; i += 4) {
            a0 += memory[i];
            a1 += memory[i + 1];
            a2 += memory[i + 2];
            a3 += memory[i + 3];
        }
        __asm__ volatile("" : "+v"(a0), "+v"(a1), "+v"(a2), "+v"(a3) : : "memory");
    }
    return (double)BYTES * LOOPS / (now() - start);
}
#endif
