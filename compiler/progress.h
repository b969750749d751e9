/* progress.h - what a person sees while a network trains.
 *
 * On a terminal one line is drawn over and over; elsewhere only whole lines appear, one per epoch.
 */
#ifndef PROGRESS_H
#define PROGRESS_H

#include "measure.h"

typedef struct {
    FILE *file; /* NULL: silent */
    bool terminal;
    bool classes; /* whether accuracy means anything */
    int64_t epoch, epochs;
    double start, drawn; /* seconds: of the epoch, of the last drawing */
    double rate;         /* samples per second of training in this epoch */
} Progress;

double progress_seconds(void);
Progress progress_new(bool quiet, bool classes, int64_t epochs);
void progress_epoch(Progress *progress, int64_t epoch);

/* After a batch: `score` of the epoch so far, `total` samples in it. */
void progress_batch(Progress *progress, Score score, int64_t total);

/* Removes an unfinished bar, so that a message may follow. */
void progress_clear(const Progress *progress);

/* After an epoch: train score; scores with a count of 0 are left out. `best`: these weights are
 * kept. */
void progress_line(Progress *progress, Score train, Score validation, Score test, bool best);

#endif
