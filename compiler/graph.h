/* graph.h - the checked network: a Graph exists only if the spec is valid.
 *
 * Nodes stand in topological order (inputs before their readers); node 0 is the input. Shapes are
 * channels last. A 1D shape (length x channels) has h = 1, a flat one h = w = 1; `rank` remembers
 * how it is written. Everything here was checked for overflow. */
#ifndef GRAPH_H
#define GRAPH_H

#include "diag.h"
#include "notation.h"
#include "spec.h"

typedef struct {
    int64_t h, w, c;
    int rank; /* 3: h x w x c; 2: w x c (1D); 1: c */
} Shape;

typedef struct {
    int64_t h, w;
} Size;

typedef struct {
    int64_t top, bottom, left, right;
} Padding;

/* How a kernel or pool moves over its input; a layer without a window has kernel 1x1, stride 1,
 * dilation 1. */
typedef struct {
    Size kernel, stride, dilation;
    Padding padding;
    bool same; /* padding = "same": `padding` is worked out from the input (Keras' rule) */
} Window;

typedef enum {
    INIT_GLOROT_UNIFORM,
    INIT_HE_NORMAL,
    INIT_HE_UNIFORM,
    INIT_CONSTANT,
    INIT_FIXED
} InitKind;

typedef struct {
    InitKind kind;
    double constant;      /* INIT_CONSTANT; "zeros" is constant 0 */
    const double *values; /* INIT_FIXED: in canonical order */
    int64_t value_count;
} Init;

/* One array of parameters, e.g. "conv1.kernel" (3, 3, 1, 32). */
typedef struct {
    const char *layer, *name; /* "conv1", "kernel" */
    int64_t dims[4];
    int rank;
    int64_t count;
    int64_t fan_in, fan_out; /* Keras' rule: receptive field x channels */
    Init init;
    bool trainable;
    bool statistic; /* a mean of what training has seen, which only training changes */
} Tensor;

/* A formula and the numbers it was computed with, kept for messages and `summary`. */
typedef struct {
    const char *text;    /* with names */
    const char *numbers; /* with numbers */
    int64_t value;
} Formula;

typedef struct Activation Activation; /* activation.h */
typedef struct LayerKind LayerKind;   /* layer.h */

enum { NODE_TENSORS = 4 };

typedef struct Node {
    const LayerKind *kind;
    const char *name; /* "conv1": given, or made from the kind and a count */
    Span span;
    const Value *call; /* what was written */
    int index;         /* its place in graph->nodes */
    int *inputs;       /* of each: its place there; below `index` */
    int input_count;
    Shape in, out; /* in: of the first input */

    /* Options, decoded and defaulted; what a kind does not know keeps its neutral value. */
    Window window;
    int64_t filters; /* conv: output channels; dense: units */
    int64_t groups, multiplier;
    bool bias, trainable, count_padding;
    bool keepdims;       /* global pools */
    Size output_padding; /* transposed convolution */
    Size factor;         /* upsampling */
    bool bilinear;
    int64_t block;                /* depth_to_space and back */
    Shape target;                 /* reshape */
    double rate;                  /* dropout */
    const Activation *activation; /* never NULL; linear when none */
    double alpha;                 /* of leaky_relu and elu */
    double momentum, epsilon;     /* batch_norm */
    bool center, scale;
    Init init;

    Tensor tensors[NODE_TENSORS];
    int tensor_count;
    Formula params; /* number of parameters */
    Formula macs;   /* multiply-adds of one forward pass of one sample */
} Node;

typedef enum {
    LOSS_MSE,
    LOSS_MAE,
    LOSS_HUBER,
    LOSS_BINARY_CROSS_ENTROPY,
    LOSS_CROSS_ENTROPY
} LossKind;
typedef enum {
    OPTIMIZER_SGD,
    OPTIMIZER_MOMENTUM,
    OPTIMIZER_NESTEROV,
    OPTIMIZER_RMSPROP,
    OPTIMIZER_ADAM,
    OPTIMIZER_ADAMW
} OptimizerKind;

typedef struct {
    OptimizerKind kind;
    double lr, momentum, rho, beta1, beta2, epsilon, weight_decay,
        clip_norm; /* clip_norm 0: no clipping */
    Span span;     /* where it is written */
} Optimizer;

/* Limits from `budget = {}` or the command line; 0: none. Bytes for ram and flash. */
typedef struct {
    int64_t params, macs, ram, flash;
    Span span;
} Budget;

typedef struct {
    const Source *source;
    const char *name; /* the model's: a C identifier in lower case, prefix of every public symbol */
    Node *nodes;
    int node_count;
    LossKind loss;
    double huber_delta;
    Optimizer optimizer;
    int64_t batch;
    bool planar; /* the caller's input is channels first: input_layout = "chw" */
    Budget budget;
    int64_t param_count, trainable_count, macs;
} Graph;

/* NULL after errors were reported; every mistake of the spec is reported, not only the first.
 * batch: in place of the spec's, 0 for none. */
Graph *graph_build(Arena *arena, Diag *diag, const Model *model, int64_t batch);
/* The same network with `layer` as its output; NULL: the first convolution. NULL after a message.
 */
Graph *graph_until(Arena *arena, Diag *diag, const Graph *graph, const char *layer);
void graph_dump(Text *out, const Graph *graph);

/* All tensors in canonical order (layers in order; kernel then bias). Returns their number. */
int graph_tensors(Arena *arena, const Graph *graph, const Tensor ***out);

/* Every name a spec may call: layer kinds, optimizers; NULL-terminated. For spec_load(). */
const char *const *graph_constructors(void);

char *shape_text(Arena *arena, Shape shape); /* "28x28x1", "100x8", "640" */
int64_t shape_count(Shape shape);
const char *loss_name(LossKind loss);
const char *optimizer_name(OptimizerKind optimizer);
bool budget_amount(const char *text,
                   int64_t *out); /* "64K" → 65536; false when it is not an amount above 0 */

#endif
