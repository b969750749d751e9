/* progress.c - the progress bar, and one line per epoch. */
#define _POSIX_C_SOURCE 200809L
#include "progress.h"

#include <time.h>
#include <unistd.h>

enum { BAR = 24 };

double progress_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

Progress progress_new(bool quiet, bool classes, int64_t epochs)
{
    Progress progress = {.classes = classes, .epochs = epochs};
    progress.file = quiet ? NULL : stderr;
    progress.terminal = isatty(STDERR_FILENO);
    return progress;
}

void progress_epoch(Progress *progress, int64_t epoch)
{
    progress->epoch = epoch;
    progress->start = progress_seconds();
    progress->drawn = 0;
}

static double per_second(const Progress *progress, int64_t samples, double now)
{
    double seconds = now - progress->start;
    return seconds > 0 ? (double)samples / seconds : 0;
}

static void print_score(const Progress *progress, const char *what, Score score)
{
    if (score.count == 0)
        return;
    if (progress->classes)
        fprintf(progress->file, "  %s %.2f %%", what, measure_accuracy(score));
    else
        fprintf(progress->file, "  %s loss %.4g", what, measure_mean(score));
}

void progress_batch(Progress *progress, Score score, int64_t total)
{
    double now = progress_seconds();
    progress->rate = per_second(progress, score.count, now);
    if (!progress->file || !progress->terminal || now - progress->drawn < 0.1)
        return;
    progress->drawn = now;
    fprintf(progress->file, "\repoch %lld/%lld [", (long long)progress->epoch,
            (long long)progress->epochs);
    for (int64_t i = 0; i < BAR; i++)
        fputc(i * total < BAR * score.count ? '=' : ' ', progress->file);
    fprintf(progress->file, "] loss %.4f", measure_mean(score));
    if (progress->classes)
        fprintf(progress->file, "  train %.2f %%", measure_accuracy(score));
    fprintf(progress->file, "  %.0f samples/s\033[K", progress->rate);
    fflush(progress->file);
}

void progress_clear(const Progress *progress)
{
    if (progress->file && progress->terminal)
        fputs("\r\033[K", progress->file);
}

void progress_line(Progress *progress, Score train, Score validation, Score test, bool best)
{
    if (!progress->file)
        return;
    progress_clear(progress);
    fprintf(progress->file, "epoch %lld/%lld  loss %.4f", (long long)progress->epoch,
            (long long)progress->epochs, measure_mean(train));
    if (progress->classes)
        print_score(progress, "train", train);
    print_score(progress, "validation", validation);
    print_score(progress, "test", test);
    fprintf(progress->file, "  %.0f samples/s%s\n", progress->rate, best ? "  best so far" : "");
    fflush(progress->file);
}
