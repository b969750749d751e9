/* dataset_packets.c - raw bytes as from a network; some packets hold a signature.
 *
 * Half of the packets hold the four bytes of `signature` at any offset. The other half does not,
 * and half of those hold a near miss: its bytes in another order, or one of them clearly changed.
 * A byte is a value of 0..1. */
#include "dataset_sets.h"

#include <string.h>

#include "bytes.h"
#include "random.h"

enum { SIGNATURE = 4, TRAIN = 4000, TEST = 1000, CLEARLY = 96 };

static const unsigned char signature[SIGNATURE] = {0xff, 0x02, 0x01, 0xfe};

static bool holds_signature(const unsigned char *packet, int64_t size)
{
    for (int64_t i = 0; i + SIGNATURE <= size; i++)
        if (memcmp(packet + i, signature, SIGNATURE) == 0)
            return true;
    return false;
}

/* The signature with its bytes in another order (never a mere swap of the two large or small
 * ones). */
static void reorder(Random *random, unsigned char *at)
{
    static const unsigned char orders[5][SIGNATURE] = {
        {0, 1, 3, 2}, {1, 0, 2, 3}, {1, 0, 3, 2}, {0, 3, 1, 2}, {1, 2, 0, 3}};
    const unsigned char *order = orders[random_below(random, 5)];
    for (int i = 0; i < SIGNATURE; i++)
        at[i] = signature[order[i]];
}

static void change_one(Random *random, unsigned char *at)
{
    int64_t i = random_below(random, SIGNATURE), step = random_between(random, CLEARLY, 250);
    memcpy(at, signature, SIGNATURE);
    at[i] = (unsigned char)(signature[i] > 127 ? signature[i] - step : signature[i] + step);
}

static void fill(Random *random, unsigned char *packet, int64_t size, bool present)
{
    for (int64_t i = 0; i < size; i++)
        packet[i] = (unsigned char)random_below(random, 256);
    unsigned char *at = packet + random_below(random, size - SIGNATURE + 1);
    int64_t miss = random_below(random, 4);
    if (present)
        memcpy(at, signature, SIGNATURE);
    else if (miss == 0)
        reorder(random, at);
    else if (miss == 1)
        change_one(random, at);
}

static Samples make(const DatasetTask *task, Random *random, int64_t count)
{
    int64_t size = task->data->input_size;
    unsigned char *packet = arena_alloc(task->arena, (size_t)size);
    Samples samples = dataset_samples(task, count);
    for (int64_t n = 0; n < count; n++) {
        bool present = n % 2 == 1;
        do
            fill(random, packet, size, present);
        while (holds_signature(packet, size) != present);
        for (int64_t i = 0; i < size; i++)
            samples.inputs[n * size + i] = (float)packet[i] / 255.0f;
        dataset_set_class(task, &samples, n, present);
    }
    return samples;
}

bool dataset_packets(DatasetTask *task)
{
    Random random = {task->seed};
    Span span = bytes_span(task->arena, "packets");
    if (task->input.h != 1 || task->data->input_size < SIGNATURE)
        return diag_error(task->diag, span,
                          "packets need an input of %d bytes or more in a row, such as 64x1; the "
                          "network's is %s",
                          SIGNATURE, shape_text(task->arena, task->input));
    if (dataset_classes(task) != 2)
        return diag_error(task->diag, span,
                          "packets need 1 or 2 outputs (signature present), the network has %lld",
                          (long long)task->data->output_size);
    task->data->train = make(task, &random, TRAIN);
    task->data->test = make(task, &random, TEST);
    task->data->classes = task->data->output_size;
    return true;
}
