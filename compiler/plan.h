/* plan.h - Graph → Plan: which functions the C has, in which order they run, and where every byte
 * lives.
 *
 * A Step is a node with what was fused into it: padding of its input, its activation, a pool behind
 * it. There are two schedules: predict (everything fused) and train (kept apart what backward needs
 * apart). Buffers have lifetimes in steps and share an arena.
 *
 * Time in training: step s runs forward at time s of n, the loss at n, and backward at 2n - s.
 *
 * With --threads the samples of a batch are split into parts. Each part has an arena and gradients
 * of its own and is trained as a smaller batch would be: one thread is one part, all of it. */
#ifndef PLAN_H
#define PLAN_H

#include "layer.h"

typedef enum { UNROLL_AUTO, UNROLL_FULL, UNROLL_NONE } Unroll;

typedef struct {
    Unroll unroll;
    bool portable;   /* --target portable: one lane, no vector types, no padding of structs */
    bool inference;  /* no training code */
    bool standalone; /* the runtime inside OUT.c */
    bool real64;     /* --real double */
    bool reproducible; /* the same bits with every compiler, on every target */
    bool crc;          /* a function for the CRC of the parameters */
    bool direct;     /* --winograd off */
    int64_t ram;     /* most bytes of scratch, and of tape; 0: as much as makes it fast */
    bool least_ram;  /* --ram least */
    int64_t max_ram; /* most bytes of scratch that a budget allows, checked elsewhere; 0: any */
    int threads;     /* --threads; 0: one */
} PlanOptions;

/* Where a step finds an image inside a buffer: pixel (i, j) starts at origin + i*row + j*pixel.
 * `pixel` is the number of channels, but for the part of a concat, which only copies have. */
typedef struct {
    Shape shape;
    int64_t origin, row, pixel;
    bool cropped; /* there are more values around it, not only zeros */
} View;

typedef enum { HOME_CALLER_INPUT, HOME_CALLER_OUTPUT, HOME_ARENA, HOME_ALIAS } Home;

typedef struct {
    const char *name; /* of the step that fills it; gradients: "d" and that */
    Home home;
    int64_t count;   /* floats of one sample, with its halo */
    int64_t samples; /* 1, or those of a part of the batch */
    int first, last; /* alive from time to time, both included */
    int64_t offset;  /* floats from the start of the arena */
    bool recomputed; /* filled again in backward, one sample at a time */
} Buffer;

enum { STEP_NONE = -1 };

/* The form of a pass and its buffers, STEP_NONE where it needs none. */
typedef struct {
    const char *templates;
    int prepared, sums, work;
} Pass;

/* A gradient that goes to a place where another reader's may be already. */
typedef struct {
    int from, into; /* gradient buffers */
    View from_view, into_view;
    bool add;   /* to what is there */
    bool clear; /* zeros around it first */
} Handover;

typedef struct Step {
    const Node *node;             /* whose options the templates read */
    const Recipe *recipe;         /* the node's kind's, or that of a pad or activation */
    const char *name;             /* "conv1", "conv1_pool1" */
    const Activation *activation; /* applied last (before a fused mean); never NULL */
    double alpha;
    const Node *pool; /* fused into this step, or NULL */
    const Node *norm; /* whose scale and shift this step applies, or NULL */
    View conv;        /* with a pool: the shape before pooling */
    int x, y;         /* buffers */
    View xv, yv;
    int z; /* second input of a sum or product, or STEP_NONE */
    View zv;
    bool in_place;    /* y is x, which nobody needs any more */
    bool halo;        /* y has a border of zeros around yv */
    bool batched;     /* takes all samples of a part at once */
    bool from_caller; /* x is the caller's input */
    int64_t samples;  /* that share what is prepared from the parameters: those of a part */
    int norm_values;  /* buffer of a scale, then a shift for each channel of norm, or STEP_NONE */
    int kept; /* buffer of a norm's mean, variance and 1/deviation of the batch, or of a few numbers
                 for each pixel or channel, or STEP_NONE */
    int argmax; /* training with a pool: buffer of the place that won in each window, a byte each */

    Pass forward_pass, backward_pass;
    bool lean;       /* no form that takes memory to be fast */
    bool clips;      /* the form that leaves out taps outside of x, pixel by pixel */
    bool over;       /* y is written over x while x is read, */
    bool reversed;   /* from the last pixel to the first */
    bool recomputed; /* in training backward runs it forward again */

    /* Backward; unused in the predict schedule. */
    bool backward; /* has a backward pass at all */
    bool wants_dx, wants_dz;
    bool clears_dx, clears_dz; /* all of it, for the pass writes a part */
    bool trainable;
    bool skip_gradient; /* the loss already gave the gradient before this step's activation */
    int dx, dy, dz;     /* gradient buffers, or STEP_NONE */
    Handover handovers[2];
    int handover_count; /* done behind the step's backward pass */
} Step;

/* Two buffers of which one may be written over the other while that is read: y starts at least
 * `before` floats before x, or at least `behind` floats behind the start of x. Either may be
 * negative. */
typedef struct {
    int x, y;
    int64_t before, behind;
} Overlap;

typedef struct {
    Step *steps;
    int count;
    Buffer *buffers;
    int buffer_count;
    Overlap *overlaps;
    int overlap_count;
    int64_t arena;       /* floats */
    int64_t lower_bound; /* floats: the largest sum of what is alive at one time, what may overlap
                            as close together as it may be */
} Schedule;

/* Where each tensor stands in the params struct. */
typedef struct {
    const Tensor *tensor;
    int64_t offset; /* floats */
    int64_t pad;    /* unused floats in front of it */
} Slot;

typedef struct Plan {
    const Graph *graph; /* its batch is that of one part */
    PlanOptions options;
    int parts;     /* of a batch, side by side; at least 1, at most one for every sample */
    int64_t batch; /* samples of all parts */
    Schedule predict, train; /* train.count 0: nothing to train, or --inference */
    Slot *slots;             /* in canonical order */
    int slot_count;
    int64_t params;    /* floats in the params struct, with padding and slack */
    int64_t trainable; /* floats at its start that have gradients */
    int64_t
        statistics; /* the first of these: their "gradient" is how far they are from the batch */
    int64_t summed; /* floats at its start whose gradients are summed up before they are used; the
                       other trainable ones are updated at once by a training step */
    int64_t
        slack; /* floats at the end of arenas and params that vector loads may read and never use */
    bool lean_predict, lean_train;
    bool packed_predict;     /* images without zeros around them, outputs over their inputs */
    bool *recomputed;        /* by step of the training schedule; NULL: none */
    int64_t recomputed_macs; /* multiply-adds a sample that training spends again */
    int moments;             /* arrays of `trainable` floats in the optimizer: 0, 1 or 2 */
    int64_t params_bytes, scratch_bytes, tape_bytes, optimizer_bytes;
    int tape_pad, optimizer_pad; /* floats that fill the last 8-byte word */
} Plan;

enum { UNROLL_MOST = 40000 }; /* statements a layer may have under --unroll full */
enum { THREADS_MOST = 64 };

/* NULL after a message (only --unroll full can fail). */
Plan *plan_build(Arena *arena, Diag *diag, const Graph *graph, PlanOptions options);
void plan_dump(Text *out, const Plan *plan);

/* memory.c: gives every arena buffer an offset such that no two alive at the same time overlap, but
 * for what schedule->overlaps allows; `align` floats. */
void memory_assign(Arena *arena, Schedule *schedule, int64_t align, int64_t slack);

/* plan_value.c: the plan as templates see it. */
Value *plan_value(Arena *arena, const Plan *plan, bool has_weights);

#endif
