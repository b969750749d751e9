/* check.h - what the layer kinds use to check themselves: options, the size rule, costs, messages.
 */
#ifndef CHECK_H
#define CHECK_H

#include "layer.h"

struct Check {
    Arena *arena;
    Diag *diag;
    Graph *graph;
};

/* An error about a node: "<name>: <text>", at the node's brace; then a note where its input came
 * from. */
bool check_fail(Check *check, const Node *node, const char *format, ...) PRINTF_LIKE(3, 4);
void check_input_note(Check *check, const Node *node);

/* Decodes the fields of `call` by `options` into the struct at `base`; unknown and missing ones are
 * errors. `dims` is 1 or 2: how many numbers a Size has. `who` names the layer in messages. */
bool check_options(Check *check, const char *who, const Value *call, const Option *options,
                   void *base, int dims);

/* One value of a given type; used for the options of a model, too. */
bool check_option(Check *check, const char *who, const Option *option, const Value *value,
                  void *base, int dims);

/* "a, b, c", for a note that lists what there is. */
char *names_text(Arena *arena, const char *const *names);

/* Where the option stands in the spec, or the layer itself when it was not written. */
Span check_place(const Node *node, const char *option);

/* The size rule on both axes of node->window, for node->in; resolves "same". Sets out->h and
 * out->w. */
bool check_window(Check *check, Node *node, Shape *out);

/* A formula over the node's vocabulary: in.h in.w in.c out.h out.w out.c kernel.h kernel.w filters
 * units groups. Overflow is an error that names `what`. */
bool check_formula(Check *check, const Node *node, const char *what, const char *text,
                   Formula *out);

/* Adds a tensor to the node: rank and dims, fans, initialiser. Checks the length of fixed values.
 */
bool check_tensor(Check *check, Node *node, const char *name, const int64_t *dims, int rank,
                  int64_t fan_in, int64_t fan_out, Init init);

/* The same for an array of one constant. */
bool check_constants(Check *check, Node *node, const char *name, int64_t count, double constant);

/* The tensors of a convolution: its kernel (height, width, third, fourth), without the height where
 * the layer has one axis, and a bias for each filter. The third axis counts what comes in, the
 * fourth what goes out: channels of a group and filters; channels and their multiplier; filters and
 * channels where the convolution is transposed. So Keras has its kernels, and so it counts fans. */
bool check_kernel(Check *check, Node *node, int64_t third, int64_t fourth);

/* The scale and the shift of a norm, one value a channel, each where the layer has it. */
bool check_gamma_beta(Check *check, Node *node);

/* Whether the shape is small enough to be indexed: at most 2^31 - 1 values. */
bool check_shape(Check *check, const Node *node, Shape shape, const char *what);

#endif
