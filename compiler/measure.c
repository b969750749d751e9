/* measure.c - loss and accuracy, computed on the host in double from what predict returns. */
#include "measure.h"

#include <math.h>
#include <stdlib.h>

/* Probabilities are kept this far from 0 and 1, so that one sure mistake costs about 16. */
static const double tiny = 1e-7;

static double logarithm(double p)
{
    return log(p < tiny ? tiny : p);
}

static double loss_of(const Graph *graph, double y, double t)
{
    double error = fabs(y - t), delta = graph->huber_delta > 0 ? graph->huber_delta : 1;
    switch (graph->loss) {
    case LOSS_MSE:
        return error * error;
    case LOSS_MAE:
        return error;
    case LOSS_HUBER:
        return error <= delta ? error * error / 2 : delta * (error - delta / 2);
    case LOSS_BINARY_CROSS_ENTROPY:
        return -t * logarithm(y) - (1 - t) * logarithm(1 - y);
    case LOSS_CROSS_ENTROPY:
        return t != 0 ? -t * logarithm(y) : 0;
    }
    return 0;
}

double measure_loss(const Graph *graph, const float *output, const float *target, int64_t size)
{
    double sum = 0;
    for (int64_t i = 0; i < size; i++)
        sum += loss_of(graph, (double)output[i], (double)target[i]);
    return graph->loss == LOSS_CROSS_ENTROPY ? sum : sum / (double)size;
}

/* -1 when a value is NaN. */
static int64_t largest(const float *values, int64_t size)
{
    int64_t at = 0;
    for (int64_t i = 0; i < size; i++) {
        if (isnan(values[i]))
            return -1;
        if (values[i] > values[at])
            at = i;
    }
    return at;
}

bool measure_right(const float *output, const float *target, int64_t size)
{
    if (size == 1)
        return !isnan(output[0]) && (output[0] > 0.5f) == (target[0] > 0.5f);
    return largest(output, size) == largest(target, size);
}

Score measure_samples(const Network *network, const void *params, const Samples *samples,
                      const int64_t *order, int64_t count)
{
    Score score = {.count = count};
    int64_t inputs = network->input_size, outputs = network->output_size;
    float *output = network_memory((size_t)outputs * sizeof *output);
    void *scratch = network_memory(network->scratch_bytes);
    for (int64_t i = 0; i < count; i++) {
        int64_t n = order ? order[i] : i;
        const float *target = samples->targets + n * outputs;
        network->predict(params, samples->inputs + n * inputs, output, scratch);
        score.loss += measure_loss(network->graph, output, target, outputs);
        score.right += measure_right(output, target, outputs);
    }
    free(output);
    free(scratch);
    return score;
}

double measure_mean(Score score)
{
    return score.count ? score.loss / (double)score.count : 0;
}

double measure_accuracy(Score score)
{
    return score.count ? 100 * (double)score.right / (double)score.count : 0;
}

char *measure_text(Arena *arena, Score score, int64_t classes)
{
    if (classes == 0)
        return arena_printf(arena, "loss %.4g", measure_mean(score));
    return arena_printf(arena, "accuracy %.2f %% (%lld of %lld), loss %.4f",
                        measure_accuracy(score), (long long)score.right, (long long)score.count,
                        measure_mean(score));
}
