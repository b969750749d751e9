/* train.c - the commands train and eval.
 *
 * An epoch walks over the training samples in a new random order, in batches; each batch is
 * forward, (count what is right), backward, update. Weights worth keeping are exported to
 * `kept` at the end of an epoch: with --validation those of the best epoch, else those of the
 * newest. What is in `kept` is what is saved and tested at the end, whether training ran through,
 * was interrupted or ran into infinity. */
#define _POSIX_C_SOURCE 200809L
#include "train.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bytes.h"
#include "host.h"
#include "measure.h"
#include "progress.h"
#include "random.h"
#include "weights.h"

typedef struct {
    Arena *arena;
    Diag *diag;
    const Network *network;
    const RunOptions *options;
    const Dataset *data;
    Random random;
    Progress progress;
    void *params, *grads, *tape, *optimizer;
    float *inputs, *targets; /* one batch, gathered */
    float *flat, *kept;      /* weights in canonical order: the newest, those to keep */
    int64_t epoch;           /* the one being trained */
    int64_t kept_epoch;      /* 0: nothing kept yet */
    Score best;              /* on the validation samples, of `kept` */
    int64_t *order;          /* training samples, then those for validation */
    int64_t train_count, validation_count;
} Trainer;

typedef enum { EPOCH_DONE, EPOCH_INTERRUPTED, EPOCH_INFINITE } EpochEnd;

static volatile sig_atomic_t interrupted;
static double interrupted_at; /* progress_seconds() */

/* The first signal ends training after its batch. Who runs this program may send it twice, to the
 * process and to its group (timeout does); one that comes a second later means: at once. */
static void on_signal(int number)
{
    if (!interrupted) {
        interrupted_at = progress_seconds();
        interrupted = number;
    } else if (progress_seconds() - interrupted_at >= 1) {
        signal(number, SIG_DFL);
        raise(number);
    }
}

static void catch_signals(struct sigaction *before)
{
    struct sigaction action = {.sa_handler = on_signal};
    sigemptyset(&action.sa_mask);
    sigaddset(&action.sa_mask, SIGINT);
    sigaddset(&action.sa_mask, SIGTERM);
    interrupted = 0;
    sigaction(SIGINT, &action, &before[0]);
    sigaction(SIGTERM, &action, &before[1]);
}

static void release_signals(const struct sigaction *before)
{
    sigaction(SIGINT, &before[0], NULL);
    sigaction(SIGTERM, &before[1], NULL);
}

static bool load_params(Arena *arena, Diag *diag, const Network *network, const RunOptions *options,
                        void *params)
{
    const float *flat =
        weights_load(arena, diag, network->graph, options->weights, options->map, NULL);
    if (flat)
        network->import(params, flat);
    return flat != NULL;
}

/* Finds out before hours of training whether the weights can be written after them. */
static bool check_output(Arena *arena, Diag *diag, const char *path)
{
    if (!path || strcmp(path, "-") == 0 || strncmp(path, "/dev/", 5) == 0)
        return true;
    if (host_is_folder(path))
        return diag_system(diag, "%s: is a folder, the weights need a file", path);
    char *probe = arena_printf(arena, "%s.XXXXXX", path);
    int descriptor = mkstemp(probe);
    if (descriptor < 0)
        return diag_system(diag, "%s: the weights could not be written there: %s", path,
                           strerror(errno));
    close(descriptor);
    unlink(probe);
    return true;
}

static bool split_samples(Trainer *trainer)
{
    int64_t count = trainer->data->train.count;
    double fraction = trainer->options->validation;
    trainer->order = ARENA_ARRAY(trainer->arena, count, int64_t);
    for (int64_t i = 0; i < count; i++)
        trainer->order[i] = i;
    if (!(fraction > 0)) {
        trainer->train_count = count;
        return true;
    }
    random_shuffle(&trainer->random, trainer->order, count);
    trainer->validation_count = (int64_t)((double)count * fraction);
    trainer->train_count = count - trainer->validation_count;
    if (trainer->validation_count > 0 && trainer->train_count > 0)
        return true;
    return diag_error(trainer->diag, (Span){0},
                      "--validation %g of %lld samples leaves %lld for training and %lld for "
                      "validation",
                      fraction, (long long)count, (long long)trainer->train_count,
                      (long long)trainer->validation_count);
}

static bool trainer_open(Trainer *trainer)
{
    const Network *network = trainer->network;
    size_t batch = (size_t)network->batch, values = (size_t)network->graph->param_count;
    trainer->params = network_memory(network->params_bytes);
    trainer->grads = network_memory(network->params_bytes);
    trainer->tape = network_memory(network->tape_bytes);
    trainer->optimizer = network_memory(network->optimizer_bytes);
    trainer->inputs = network_memory(batch * (size_t)network->input_size * sizeof(float));
    trainer->targets = network_memory(batch * (size_t)network->output_size * sizeof(float));
    trainer->flat = network_memory(values * sizeof(float));
    trainer->kept = network_memory(values * sizeof(float));
    network->init(trainer->params, trainer->options->seed);
    if (trainer->options->weights &&
        !load_params(trainer->arena, trainer->diag, network, trainer->options, trainer->params))
        return false;
    network->export(trainer->params, trainer->kept);
    return true;
}

static void trainer_close(Trainer *trainer)
{
    void *const memory[] = {trainer->params, trainer->grads,   trainer->tape, trainer->optimizer,
                            trainer->inputs, trainer->targets, trainer->flat, trainer->kept};
    for (size_t i = 0; i < sizeof memory / sizeof *memory; i++)
        free(memory[i]);
}

static void gather(Trainer *trainer, const int64_t *order, int count)
{
    size_t inputs = (size_t)trainer->data->input_size, outputs = (size_t)trainer->data->output_size;
    const Samples *train = &trainer->data->train;
    for (size_t i = 0; i < (size_t)count; i++) {
        size_t n = (size_t)order[i];
        memcpy(trainer->inputs + i * inputs, train->inputs + n * inputs, inputs * sizeof(float));
        memcpy(trainer->targets + i * outputs, train->targets + n * outputs,
               outputs * sizeof(float));
    }
}

/* Returns the mean loss of the batch, before the update; none happens when it is not finite. */
static float train_batch(Trainer *trainer, int count, float lr, Score *score)
{
    const Network *network = trainer->network;
    const float *outputs = network->forward(trainer->params, trainer->inputs, count, trainer->tape);
    for (int64_t i = 0; i < count; i++)
        score->right +=
            measure_right(outputs + i * network->output_size,
                          trainer->targets + i * network->output_size, network->output_size);
    float loss = network->backward(trainer->params, trainer->inputs, trainer->targets, count,
                                   trainer->tape, trainer->grads);
    score->loss += (double)loss * count;
    score->count += count;
    if (isfinite(loss))
        network->update(trainer->params, trainer->grads, trainer->optimizer, lr);
    return loss;
}

static EpochEnd train_epoch(Trainer *trainer, Score *score)
{
    int64_t batch = trainer->network->batch, total = trainer->train_count;
    double lr =
        trainer->options->lr > 0 ? trainer->options->lr : trainer->network->graph->optimizer.lr;
    random_shuffle(&trainer->random, trainer->order, total);
    for (int64_t start = 0; start < total; start += batch) {
        int count = (int)(total - start < batch ? total - start : batch);
        gather(trainer, trainer->order + start, count);
        if (!isfinite(train_batch(trainer, count, (float)lr, score)))
            return EPOCH_INFINITE;
        progress_batch(&trainer->progress, *score, total);
        if (interrupted)
            return EPOCH_INTERRUPTED;
    }
    return EPOCH_DONE;
}

/* Whether the newest weights, exported to `flat`, are all finite. */
static bool export_weights(Trainer *trainer)
{
    trainer->network->export(trainer->params, trainer->flat);
    for (int64_t i = 0; i < trainer->network->graph->param_count; i++)
        if (!isfinite(trainer->flat[i]))
            return false;
    return true;
}

static void keep_weights(Trainer *trainer, int64_t epoch, Score validation)
{
    memcpy(trainer->kept, trainer->flat,
           (size_t)trainer->network->graph->param_count * sizeof *trainer->kept);
    trainer->kept_epoch = epoch;
    trainer->best = validation;
}

/* More right is better; as many right with less loss, too. Regression knows only loss. */
static bool is_better(const Trainer *trainer, Score score)
{
    Score best = trainer->best;
    if (trainer->kept_epoch == 0 || trainer->validation_count == 0)
        return true;
    if (trainer->data->classes > 0 && score.right != best.right)
        return score.right > best.right;
    return score.loss < best.loss;
}

/* Scores the epoch and keeps its weights if they deserve it. The test score is only for the eye:
 * nothing is chosen by it. */
static void finish_epoch(Trainer *trainer, int64_t epoch, Score train)
{
    Score validation =
        measure_samples(trainer->network, trainer->params, &trainer->data->train,
                        trainer->order + trainer->train_count, trainer->validation_count);
    Score test = {0};
    bool better = is_better(trainer, validation);
    if (trainer->progress.file && epoch < trainer->options->epochs)
        test = measure_samples(trainer->network, trainer->params, &trainer->data->test, NULL,
                               trainer->data->test.count);
    if (better)
        keep_weights(trainer, epoch, validation);
    progress_line(&trainer->progress, train, validation, test,
                  better && trainer->validation_count > 0);
}

/* Sets trainer->epoch to the epoch in which training ended. */
static EpochEnd train_epochs(Trainer *trainer)
{
    for (int64_t epoch = 1; epoch <= trainer->options->epochs; epoch++) {
        Score score = {0};
        trainer->epoch = epoch;
        progress_epoch(&trainer->progress, epoch);
        EpochEnd end = train_epoch(trainer, &score);
        if (end != EPOCH_DONE)
            progress_clear(&trainer->progress);
        if (!export_weights(trainer))
            return EPOCH_INFINITE;
        if (end != EPOCH_DONE)
            return end;
        finish_epoch(trainer, epoch, score);
        if (interrupted)
            return EPOCH_INTERRUPTED;
    }
    return EPOCH_DONE;
}

/* Training that failed in its first epoch leaves nothing worth a file. */
static bool save_weights(Trainer *trainer, EpochEnd end)
{
    if (!trainer->options->output || (end == EPOCH_INFINITE && trainer->kept_epoch == 0))
        return true;
    return weights_write(trainer->arena, trainer->diag, trainer->options->output,
                         trainer->network->graph, trainer->kept, NAMES_CNNGEN);
}

/* Says why training stopped early; the weights are saved by now. */
static bool report_end(Trainer *trainer, EpochEnd end)
{
    Diag *diag = trainer->diag;
    long long epoch = (long long)trainer->epoch, kept = (long long)trainer->kept_epoch;
    bool saved = trainer->options->output && kept > 0;
    if (end == EPOCH_DONE)
        return true;
    if (end == EPOCH_INTERRUPTED && !saved)
        return diag_system(diag, "interrupted in epoch %lld; nothing saved, as there is no -o",
                           epoch);
    if (end == EPOCH_INTERRUPTED)
        return diag_system(diag, "interrupted in epoch %lld: weights of epoch %lld saved", epoch,
                           kept);
    diag_error(diag, (Span){0},
               "training stopped in epoch %lld: the loss or a weight is no longer finite", epoch);
    diag_note(diag, "a smaller learning rate (--lr) or clip_norm in the optimizer helps");
    if (saved)
        diag_note(diag, "the weights of epoch %lld are saved", kept);
    return false;
}

/* The result goes to standard output, unless the weights do. */
static bool print_result(Arena *arena, Diag *diag, const Network *network, const void *params,
                         const Dataset *data, const char *output)
{
    bool unseen = data->test.count > 0;
    const Samples *samples = unseen ? &data->test : &data->train;
    Score score = measure_samples(network, params, samples, NULL, samples->count);
    char *text =
        arena_printf(arena, "%s %s\n",
                     unseen ? "test" : "all samples:", measure_text(arena, score, data->classes));
    if (!output || strcmp(output, "-") != 0)
        return host_write(diag, "-", text, strlen(text));
    fputs(text, stderr);
    return true;
}

/* Trains with denormals as training wants them. */
static EpochEnd train_fast(Trainer *trainer)
{
    unsigned floats = network_flush_denormals();
    EpochEnd end = train_epochs(trainer);
    network_restore_denormals(floats);
    if (end == EPOCH_INTERRUPTED && (trainer->validation_count == 0 || trainer->kept_epoch == 0))
        keep_weights(trainer, trainer->epoch, (Score){0});
    return end;
}

static bool train_samples(Trainer *trainer)
{
    struct sigaction before[2];
    if (!split_samples(trainer) || !trainer_open(trainer))
        return false;
    catch_signals(before);
    EpochEnd end = train_fast(trainer);
    bool saved = save_weights(trainer, end);
    release_signals(before);
    if (!saved || !report_end(trainer, end))
        return false;
    trainer->network->import(trainer->params, trainer->kept);
    return print_result(trainer->arena, trainer->diag, trainer->network, trainer->params,
                        trainer->data, trainer->options->output);
}

bool train_run(Arena *arena, Diag *diag, const Network *network, const RunOptions *options)
{
    Trainer trainer = {.arena = arena, .diag = diag, .network = network, .options = options};
    if (!options->data)
        return diag_usage(diag, "train needs --data");
    if (!network->forward || !network->backward || !network->update || !network->init)
        return diag_error(diag, (Span){.source = network->graph->source},
                          "nothing to train: no layer has trainable weights");
    if (!check_output(arena, diag, options->output))
        return false;
    trainer.data = dataset_load(arena, diag, network->graph, options->data, options->seed);
    if (!trainer.data)
        return false;
    trainer.random.state = options->seed;
    trainer.progress = progress_new(options->quiet, trainer.data->classes > 0, options->epochs);
    bool good = train_samples(&trainer);
    trainer_close(&trainer);
    return good;
}

bool eval_run(Arena *arena, Diag *diag, const Network *network, const RunOptions *options)
{
    if (!options->data || (!options->weights && network->graph->trainable_count > 0))
        return diag_usage(diag, "eval needs --weights and --data");
    const Dataset *data = dataset_load(arena, diag, network->graph, options->data, options->seed);
    void *params = network_memory(network->params_bytes);
    bool good = data != NULL;
    if (options->weights)
        good = load_params(arena, diag, network, options, params) && good;
    else if (network->init)
        network->init(params, options->seed);
    good = good && print_result(arena, diag, network, params, data, NULL);
    free(params);
    return good;
}
