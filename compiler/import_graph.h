/* import_graph.h - what an ONNX graph is while it becomes layers.
 *
 * ONNX is channels first and moves values about (Transpose, Reshape); cnngen is channels last and
 * does not. So a Placed value knows where each of its numbers lies in the output of a layer: every
 * axis is a list of Parts with strides, as a mixed-radix number has digits. Transpose changes the
 * order of axes, Reshape cuts the list anew, and neither makes a layer. What a layer reads must
 * then lie in the order it needs, and where a dense layer reads, the rows of its kernel change
 * places instead.
 */
#ifndef IMPORT_GRAPH_H
#define IMPORT_GRAPH_H

#include "graph.h"
#include "onnx.pb-c.h"

enum { RANK_MOST = 8, PARTS_MOST = 24, BATCH = -1, INPUTS_MOST = 64, WEIGHTS_MOST = 4 };
enum { VALUES_MOST = 1 << 28 }; /* of one tensor of a sample */

/* Numbers that are known: weights, shapes, limits. */
typedef struct {
    const char *name;
    int rank;
    int64_t dims[RANK_MOST], count;
    double *values;
} Constant;

typedef struct {
    int64_t size, stride; /* stride BATCH: one sample after the other */
} Part;

typedef struct {
    const char *name;
    const Constant *constant; /* or the output of a layer: */
    int layer;
    int rank;
    int64_t dims[RANK_MOST];
    int counts[RANK_MOST]; /* parts of each axis; an axis of size 1 has none */
    Part parts[PARTS_MOST];
    int part_count;
    int batch_axis; /* NO_AXIS: the whole tensor is one sample */
    int readers;
    bool known;  /* its operator was seen */
    bool sole;   /* nothing but its one reader needs what the layer gives now */
    bool broken; /* an operator before it has a message already */
} Placed;

enum { NO_AXIS = -1, AS_IT_COMES = RANK_MOST }; /* no axis lies innermost but the last */

typedef struct {
    const char *tensor; /* "kernel" */
    double *values;
    int64_t count;
} Weights;

/* A layer of the spec to be; the first is the input. */
typedef struct {
    const char *call, *options; /* "conv2d", "32, kernel = 3" */
    const char *activation;     /* NULL: none, and none can be taken on */
    int *inputs, input_count;
    Shape out;
    Weights weights[WEIGHTS_MOST];
    int weight_count;
    bool takes_bias, affine; /* affine: one that import made for a scale and a shift */
    const char *name;        /* automatic */
    bool named, written;
    int above; /* the layer that all ways to it lead through */
} ImportLayer;

typedef struct {
    Arena *arena;
    Diag *diag;
    const char *path;
    const Onnx__Graph *graph;
    int64_t opset;
    Placed *values;
    int value_count, value_room;
    int *table; /* names of values: hash table of indices + 1 */
    int table_size;
    ImportLayer *layers;
    int layer_count, layer_room;
    int channel_axis;        /* of the input: the axis that lies innermost */
    bool one_sample;         /* the input has no axis of samples */
    bool planar;             /* the caller's input is channels first */
    Placed input;            /* as it comes */
    int output;              /* a value */
    bool logarithm;          /* of it the model has, and the spec has not */
    int *order, order_count; /* layers as the spec has them */
} Import;

/* One operator at work. */
typedef struct {
    Import *import;
    Arena *arena;
    const Onnx__Node *node;
    const char *shown; /* "conv1 (Conv)" */
    const Placed *inputs[INPUTS_MOST];
    int input_count;
    Placed out;
} Op;

/* import_convert.c */
bool import_fail(const Op *op, const char *format, ...) PRINTF_LIKE(2, 3);
bool import_refuse(Import *import, const char *format, ...) PRINTF_LIKE(2, 3); /* of no operator */
bool import_convert(Import *import);

/* import_read.c: attributes and tensors. */
Constant *import_tensor(Import *import, const Onnx__Tensor *tensor, const char *shown);
Constant *import_constant(Arena *arena, int rank, const int64_t *dims); /* zeros; NULL: too large */
const Onnx__Attribute *import_attribute(const Op *op, const char *name);
int64_t import_int(const Op *op, const char *name, int64_t otherwise);
double import_float(const Op *op, const char *name, double otherwise);
const char *import_string(const Op *op, const char *name, const char *otherwise);
/* The attribute's list, or input `index` where that is a constant; -1: neither is there. */
int import_ints(const Op *op, const char *name, int index, int64_t *out, int most);
const Constant *import_input_constant(const Op *op, int index); /* NULL: absent or not known */
bool import_has_input(const Op *op, int index);

/* import_value.c: where values lie. */
int64_t import_size(const Placed *v);
/* Axes in the order they lie in memory, outermost first; the batch is none of them. */
void import_lay_out(Placed *v, const int *axes, int count);
bool import_lies_as(const Placed *v, const int *axes, int count);
bool import_is_like(const Placed *a, const Placed *b); /* number for number in the same places */
bool import_reshape(Placed *v, const int64_t *dims, int rank);
void import_transpose(Placed *v, const int *order);
/* Where in memory each value of axis `axis` lies, if nothing else moves. */
int64_t *import_places(Arena *arena, const Placed *v, int axis);
/* Where in memory each value of a sample lies; `index` (of RANK_MOST each) gets its axes. */
int64_t import_place(const Placed *v, const int64_t *index);
bool import_samples_mix(const Placed *v);       /* the batch is not an axis of its own */
int import_axis(const Placed *v, int64_t axis); /* counted from the end, too; NO_AXIS */

/* import_layer.c: making layers. */
int import_add(Import *import, const char *call, const char *options, int input, Shape out);
void import_weights(Import *import, int layer, const char *tensor, double *values, int64_t count);
int import_merge(Import *import, const char *call, const int *inputs, int count, Shape out);
int import_as_shape(Import *import, const Placed *v, Shape shape); /* with a reshape if needed */
/* The layer's output as it is, as a sequence of so many channels, or flat. */
int import_with_channels(Op *op, const Placed *v, int64_t channels);
bool import_as_image(Op *op, const Placed *v, int *layer, Shape *shape);
void import_image_out(Op *op, const Placed *in, int layer); /* op->out: N, C, H, W of the layer */
bool import_same_out(Op *op, const Placed *in, int layer);  /* op->out: lies as `in` */
bool import_activate(Op *op, const Placed *in, const char *name, const char *options);
/* in*scale + shift; each is a Constant that broadcasts or NULL. */
bool import_affine(Op *op, const Placed *in, const Constant *scale, const Constant *shift);
bool import_affine_number(Op *op, const Placed *in, double scale, double shift);
char *import_number(Arena *arena, double number);
char *import_sizes(Arena *arena, int64_t h, int64_t w, bool flat); /* "3" or "{ 3, 5 }" */

/* import_gelu.c: x times what Erf made of it; false: it is something else. A
 * scale of 1 behind a gelu. */
bool import_is_gelu(Op *op, const Placed *x, const Placed *gate);
bool import_is_identity(const Import *import, const ImportLayer *layer);
bool import_is_erf(const ImportLayer *layer);

/* Operators; each true when op->out is there, false after a message. Those of import_fold.c work on
 * what is known, too, or only turn axes. */
typedef bool Operator(Op *op);
Operator import_conv, import_conv_transpose, import_pool, import_global_pool, import_reduce,
    import_resize, import_pad, import_gemm, import_matmul, import_norm, import_group_norm,
    import_layer_norm, import_concat, import_depth_to_space, import_space_to_depth, import_prelu,
    import_sum, import_subtract, import_multiply, import_divide, import_softmax, import_log_softmax,
    import_activation, import_clip, import_erf, import_extreme, import_dropout;
Operator import_reshape_op, import_flatten, import_squeeze, import_unsqueeze, import_transpose_op,
    import_identity, import_shape_of, import_gather, import_constant_op, import_concat_known;

/* import_operators.c: NULL when there is none; then *advice says what could be done. */
Operator *import_operator(const Onnx__Node *node, const char **advice, bool *folds);

/* import_text.c: NULL after a message. */
const char *import_text(Import *import, const char *spec, const char *weights);

#endif
