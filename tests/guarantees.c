/* guarantees.c - two generated networks in one program, trained from two threads at once: the same bits as one after another.
 *
 * Compiled with -DFIRST=name -DFIRST_H="name.h" -DFIRST_UP=NAME and the same for SECOND. Every thread has memory of its own and the
 * parameters of the second network are shared; nothing else is, so that ThreadSanitizer finds what is. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include FIRST_H
#include SECOND_H

#define PASTE2(a, b) a##b
#define PASTE(a, b) PASTE2(a, b)
#define A(name) PASTE(FIRST, name)
#define B(name) PASTE(SECOND, name)
#define A_SIZE(name) PASTE(FIRST_UP, name)
#define B_SIZE(name) PASTE(SECOND_UP, name)

enum { THREADS = 2, STEPS = 5 };

typedef struct {
    A(_params) params;
    A(_tape) tape;
    A(_optimizer) state;
    B(_scratch) scratch;
    float inputs[A_SIZE(_BATCH) * A_SIZE(_INPUT_SIZE)], targets[A_SIZE(_BATCH) * A_SIZE(_OUTPUT_SIZE)];
    float input[B_SIZE(_INPUT_SIZE)], outputs[B_SIZE(_OUTPUT_SIZE)];
    float loss[STEPS];
} Work;

static B(_params) shared;

static void prepare(Work *w)
{
    memset(w, 0, sizeof *w);
    A(_init)(&w->params, 3);
    for (size_t i = 0; i < sizeof w->inputs / sizeof(float); i++)
        w->inputs[i] = (float)((i * 7919) % 256) / 256;
    for (size_t i = 0; i < sizeof w->targets / sizeof(float); i++)
        w->targets[i] = (float)(i % 2);
    for (size_t i = 0; i < sizeof w->input / sizeof(float); i++)
        w->input[i] = (float)((i * 104729) % 256) / 256;
}

static void *work(void *data)
{
    Work *w = data;
    for (int step = 0; step < STEPS; step++) {
        w->loss[step] = A(_train_step)(&w->params, w->inputs, w->targets, A_SIZE(_BATCH), &w->tape, &w->state, 0.01f);
        B(_predict)(&shared, w->input, w->outputs, &w->scratch);
    }
    return NULL;
}

static int same(const Work *a, const Work *b)
{
    return memcmp(&a->params, &b->params, sizeof a->params) == 0 && memcmp(a->loss, b->loss, sizeof a->loss) == 0 &&
           memcmp(a->outputs, b->outputs, sizeof a->outputs) == 0;
}

int main(void)
{
    Work *alone = malloc(sizeof *alone), *together[THREADS];
    pthread_t threads[THREADS];
    int good = 1;
    B(_init)(&shared, 4);
    prepare(alone);
    work(alone);
    for (int t = 0; t < THREADS; t++) {
        together[t] = malloc(sizeof *alone);
        prepare(together[t]);
        pthread_create(&threads[t], NULL, work, together[t]);
    }
    for (int t = 0; t < THREADS; t++) {
        pthread_join(threads[t], NULL);
        good &= same(alone, together[t]);
        free(together[t]);
    }
    free(alone);
    puts(good ? "the same bits" : "other bits");
    return !good;
}
