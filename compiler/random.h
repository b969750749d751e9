/* random.h - the compiler's own random numbers: data sets and shuffling, the same on every machine.
 *
 * One 64-bit counter, mixed: any seed is a good one, and only integers are involved. (Generated
 * networks have their own generator in the runtime.) */
#ifndef RANDOM_H
#define RANDOM_H

#include <stdint.h>

typedef struct {
    uint64_t state;
} Random;

static inline uint64_t random_bits(Random *random)
{
    uint64_t x = random->state += 0x9e3779b97f4a7c15u;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

/* 0 .. n - 1, all equally likely; n > 0. */
static inline int64_t random_below(Random *random, int64_t n)
{
    uint64_t bound = (uint64_t)n, surplus = (0 - bound) % bound, bits;
    do
        bits = random_bits(random);
    while (bits < surplus);
    return (int64_t)(bits % bound);
}

static inline int64_t random_between(Random *random, int64_t least, int64_t most)
{
    return least + random_below(random, most - least + 1);
}

static inline void random_shuffle(Random *random, int64_t *items, int64_t count)
{
    for (int64_t i = count - 1; i > 0; i--) {
        int64_t other = random_below(random, i + 1), item = items[i];
        items[i] = items[other];
        items[other] = item;
    }
}

#endif
