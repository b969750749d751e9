/* import_reduce.c - operators that work along some axes: means, sums, softmax, concatenation, and
 * the products of matrices. What they work along must lie side by side in memory. */
#include "import_graph.h"

#include <string.h>

/* The parts of a value from the innermost outwards; parts of size 1 do not exist. */
typedef struct {
    Part *part;
    int axis;
} Digit;

static int digits_of(Placed *v, Digit *out)
{
    int count = 0;
    for (int axis = 0, part = 0; axis < v->rank; axis++)
        for (int i = 0; i < v->counts[axis]; i++, part++) {
            if (v->parts[part].stride == BATCH)
                continue;
            int at = count++;
            for (; at > 0 && out[at - 1].part->stride > v->parts[part].stride; at--)
                out[at] = out[at - 1];
            out[at] = (Digit){&v->parts[part], axis};
        }
    return count;
}

/* How many values the chosen axes have together if these lie innermost; 0: they do not. */
static int64_t innermost(const Placed *v, const bool *chosen)
{
    Placed copy = *v;
    Digit digits[PARTS_MOST];
    const int count = digits_of(&copy, digits);
    int64_t size = 1;
    bool outside = false;
    for (int i = 0; i < count; i++) {
        if (chosen[digits[i].axis] && outside)
            return 0;
        outside = outside || !chosen[digits[i].axis];
        size *= outside ? 1 : digits[i].part->size;
    }
    return size;
}

/* Outer, reduced, inner: how many values each; strides of `v` become those of the result. */
static bool split_axes(Op *op, Placed *v, const bool *chosen, int64_t *sizes)
{
    Digit digits[PARTS_MOST];
    const int count = digits_of(v, digits);
    int stage = 0; /* inner, reduced, outer */
    sizes[0] = sizes[1] = sizes[2] = 1;
    for (int i = 0; i < count; i++) {
        const bool reduced = chosen[digits[i].axis];
        if (reduced && stage == 2)
            return import_fail(op, "the axes it works along do not lie side by side");
        stage = reduced ? 1 : stage == 1 ? 2 : stage;
        sizes[stage] *= digits[i].part->size;
        if (stage == 2)
            digits[i].part->stride /= sizes[1];
    }
    return true;
}

/* The result of a reduction: its axes have one value, or are gone. */
static void drop_axes(Placed *v, const bool *chosen, bool keep)
{
    Placed out = *v;
    out.rank = out.part_count = 0;
    out.batch_axis = NO_AXIS;
    for (int axis = 0, part = 0; axis < v->rank; axis++) {
        if (chosen[axis] && !keep) {
            part += v->counts[axis];
            continue;
        }
        if (axis == v->batch_axis)
            out.batch_axis = out.rank;
        out.dims[out.rank] = chosen[axis] ? 1 : v->dims[axis];
        out.counts[out.rank++] = chosen[axis] ? 0 : v->counts[axis];
        for (int i = 0; i < v->counts[axis]; i++, part++)
            if (!chosen[axis])
                out.parts[out.part_count++] = v->parts[part];
    }
    *v = out;
}

static bool reduce(Op *op, const bool *chosen, bool keep, bool largest)
{
    Import *import = op->import;
    Placed out = *op->inputs[0];
    int64_t sizes[3];
    if (out.batch_axis != NO_AXIS && chosen[out.batch_axis] && out.dims[out.batch_axis] > 1)
        return import_fail(op, "it works along the axis of the samples");
    if (!split_axes(op, &out, chosen, sizes))
        return false;
    drop_axes(&out, chosen, keep);
    if (sizes[1] == 1)
        return import_same_out(op, &out, out.layer);
    const Shape shape = import->layers[out.layer].out;
    const char *kind = largest ? "max" : "avg";
    if (sizes[2] > 1) {
        const int from =
            import_as_shape(import, op->inputs[0], (Shape){sizes[2], sizes[1], sizes[0], 3});
        out.layer = import_add(import, arena_printf(op->arena, "%spool2d", kind),
                               arena_printf(op->arena, "{ 1, %lld }", (long long)sizes[1]), from,
                               (Shape){sizes[2], 1, sizes[0], 3});
    } else {
        int from = out.layer;
        if (shape.c != sizes[0] || shape.rank == 1)
            from = import_as_shape(import, op->inputs[0], (Shape){1, sizes[1], sizes[0], 2});
        out.layer = import_add(
            import,
            arena_printf(op->arena, "global_%spool%dd", kind, import->layers[from].out.rank - 1),
            "", from, (Shape){1, 1, sizes[0], 1});
    }
    return import_same_out(op, &out, out.layer);
}

bool import_global_pool(Op *op)
{
    bool chosen[RANK_MOST] = {false};
    if (op->inputs[0]->rank < 3)
        return import_fail(op, "its input has no spatial axis");
    for (int i = 2; i < op->inputs[0]->rank; i++)
        chosen[i] = true;
    return reduce(op, chosen, true, strcmp(op->node->op_type, "GlobalMaxPool") == 0);
}

bool import_reduce(Op *op)
{
    const Placed *x = op->inputs[0];
    int64_t axes[RANK_MOST], values = 1;
    bool chosen[RANK_MOST] = {false};
    const int count = import_ints(op, "axes", 1, axes, RANK_MOST);
    if (import_has_input(op, 1) && !import_input_constant(op, 1))
        return import_fail(op, "its axes are computed");
    if (count <= 0 && import_int(op, "noop_with_empty_axes", 0))
        return import_same_out(op, x, x->layer);
    for (int i = 0; i < x->rank && count <= 0; i++)
        chosen[i] = true;
    for (int i = 0; i < count; i++) {
        const int axis = count <= RANK_MOST ? import_axis(x, axes[i]) : NO_AXIS;
        if (axis == NO_AXIS)
            return import_fail(op, "no such axis");
        chosen[axis] = true;
    }
    for (int i = 0; i < x->rank; i++)
        values *= chosen[i] && i != x->batch_axis ? x->dims[i] : 1;
    if (!reduce(op, chosen, import_int(op, "keepdims", 1) != 0,
                strcmp(op->node->op_type, "ReduceMax") == 0))
        return false;
    if (strcmp(op->node->op_type, "ReduceSum") != 0 || values == 1)
        return true;
    Placed mean = op->out;
    mean.sole = true;
    return import_affine_number(op, &mean, (double)values, 0);
}

/* A logarithm that is the model's last word is left to the caller, or to the loss. */
bool import_log_softmax(Op *op)
{
    Import *import = op->import;
    const Onnx__Graph *graph = import->graph;
    if (graph->n_output != 1 || strcmp(op->node->output[0], graph->output[0]->name) != 0)
        return import_fail(op, "a logarithm inside a network; only at its end is it left to the "
                               "caller");
    import->logarithm = true;
    return import_softmax(op);
}

/* Before opset 13 all axes from `axis` on were one. */
bool import_softmax(Op *op)
{
    const Placed *x = op->inputs[0];
    bool chosen[RANK_MOST] = {false};
    const bool old = op->import->opset < 13;
    const int axis = import_axis(x, import_int(op, "axis", old ? 1 : -1));
    if (axis == NO_AXIS)
        return import_fail(op, "no such axis");
    for (int i = axis; i < (old ? x->rank : axis + 1); i++)
        chosen[i] = true;
    if (x->batch_axis != NO_AXIS && chosen[x->batch_axis] && x->dims[x->batch_axis] > 1)
        return import_fail(op, "it works along the axis of the samples");
    const int64_t size = innermost(x, chosen);
    if (size == 0)
        return import_fail(op, "the axis it works along is not that of the channels");
    Placed in = *x;
    in.layer = import_with_channels(op, x, size);
    in.sole = x->sole && in.layer == x->layer;
    return import_activate(op, &in, "softmax", "");
}

bool import_concat(Op *op)
{
    Import *import = op->import;
    Placed out = *op->inputs[0];
    const int axis = import_axis(&out, import_int(op, "axis", 1));
    int ends[INPUTS_MOST];
    int64_t sum = 0;
    bool chosen[RANK_MOST] = {false};
    if (axis == NO_AXIS)
        return import_fail(op, "no such axis");
    chosen[axis] = true;
    Shape shape = {0};
    for (int i = 0; i < op->input_count; i++) {
        const Placed *x = op->inputs[i];
        if (!x || x->constant)
            return import_fail(op, "it appends constants");
        if (x->rank != out.rank || axis == x->batch_axis || innermost(x, chosen) != x->dims[axis])
            return import_fail(op, "the axis it works along is not that of the channels");
        for (int64_t k = 0, *places = import_places(op->arena, x, axis); k < x->dims[axis]; k++)
            if (places[k] != k)
                return import_fail(op, "it appends values that are turned: flatten behind it");
        ends[i] = import_with_channels(op, x, x->dims[axis]);
        const Shape s = import->layers[ends[i]].out;
        if (i == 0)
            shape = s;
        if (s.h != shape.h || s.w != shape.w || s.rank != shape.rank)
            ends[i] = import_as_shape(import, x, (Shape){shape.h, shape.w, s.c, shape.rank});
        if (shape_count(import->layers[ends[i]].out) != import_size(x))
            return import_fail(op, "its inputs are of different shapes");
        sum += s.c;
    }
    const int64_t first = out.dims[axis];
    Digit digits[PARTS_MOST];
    const int count = digits_of(&out, digits);
    for (int i = 0; i < count; i++)
        if (digits[i].axis != axis)
            digits[i].part->stride = digits[i].part->stride / first * sum;
    /* The axis has one part now. */
    Placed joined = out;
    joined.part_count = 0;
    for (int a = 0, part = 0; a < out.rank; a++) {
        joined.counts[a] = a == axis ? sum > 1 : out.counts[a];
        if (a == axis && sum > 1)
            joined.parts[joined.part_count++] = (Part){sum, 1};
        for (int i = 0; i < out.counts[a]; i++, part++)
            if (a != axis)
                joined.parts[joined.part_count++] = out.parts[part];
    }
    joined.dims[axis] = shape.c = sum;
    if (op->input_count == 1)
        return import_same_out(op, op->inputs[0], op->inputs[0]->layer);
    return import_same_out(op, &joined,
                           import_merge(import, "concat", ends, op->input_count, shape));
}

/* x (.., in) times w (in, out): a dense layer, or for many vectors a convolution of width 1. */
static bool multiply(Op *op, const Placed *x, const Constant *w, double factor, bool turned)
{
    Import *import = op->import;
    const int last = x->rank - 1;
    const int64_t in = w->dims[turned ? 1 : 0], filters = w->dims[turned ? 0 : 1];
    if (x->rank < 1 || x->dims[last] != in || filters < 1)
        return import_fail(op, "its weights are for %lld values, its input has %lld", (long long)in,
                           (long long)(x->rank < 1 ? 1 : x->dims[last]));
    const bool vectors = import_size(x) != in;
    int axes[RANK_MOST], count = 0;
    for (int i = 0; i < x->rank; i++)
        if (i != x->batch_axis)
            axes[count++] = i;
    if (x->batch_axis == last)
        return import_fail(op, "it sums over the samples");
    if (vectors && !import_lies_as(x, axes, count))
        return import_fail(op, "its input is turned: what it sums over are not the channels");
    const int64_t *places = import_places(op->arena, x, last);
    double *kernel = ARENA_ARRAY(op->arena, w->count, double);
    for (int64_t i = 0; i < in; i++)
        for (int64_t o = 0; o < filters; o++)
            kernel[places[i] * filters + o] =
                factor * w->values[turned ? o * in + i : i * filters + o];
    const int64_t length = import_size(x) / in;
    const int from =
        import_as_shape(import, x, vectors ? (Shape){1, length, in, 2} : (Shape){1, 1, in, 1});
    const int layer = import_add(
        import, vectors ? "conv1d" : "dense",
        arena_printf(op->arena, "%lld%s", (long long)filters, vectors ? ", kernel = 1" : ""), from,
        vectors ? (Shape){1, length, filters, 2} : (Shape){1, 1, filters, 1});
    import_weights(import, layer, "kernel", kernel, w->count);
    import->layers[layer].takes_bias = true;
    op->out = *x;
    op->out.layer = layer;
    op->out.dims[last] = filters;
    import_lay_out(&op->out, axes, count);
    return true;
}

bool import_matmul(Op *op)
{
    const Constant *w = import_input_constant(op, 1);
    if (!w || !op->inputs[0] || op->inputs[0]->constant)
        return import_fail(op, "it multiplies by what is computed; one side must be weights in the "
                               "file, on the right");
    if (w->rank == 2 && w->count > 0)
        return multiply(op, op->inputs[0], w, 1, false);
    if (w->rank == 1 && w->count > 0) { /* a vector is a matrix with one column */
        const int64_t dims[] = {w->count, 1};
        Constant *column = import_constant(op->arena, 2, dims);
        memcpy(column->values, w->values, (size_t)w->count * sizeof *w->values);
        return multiply(op, op->inputs[0], column, 1, false) &&
               (op->out.rank--,
                import_samples_mix(&op->out) ? import_fail(op, "it mixes samples") : true);
    }
    return import_fail(op, "weights with %d axes; a dense layer has two", w->rank);
}

bool import_gemm(Op *op)
{
    static const int swap[] = {1, 0};
    Placed x = *op->inputs[0];
    const Constant *w = import_input_constant(op, 1), *c = import_input_constant(op, 2);
    const double beta = import_float(op, "beta", 1);
    if (!w || x.constant)
        return import_fail(op, "it multiplies by what is computed; one side must be weights in the "
                               "file, on the right");
    if (w->rank != 2 || x.rank != 2 || w->count == 0)
        return import_fail(op, "its matrices have %d and %d axes", x.rank, w->rank);
    if (import_has_input(op, 2) && !c)
        return import_fail(op, "it adds what is computed");
    if (import_int(op, "transA", 0))
        import_transpose(&x, swap);
    if (!multiply(op, &x, w, import_float(op, "alpha", 1), import_int(op, "transB", 0) != 0))
        return false;
    if (!c || beta == 0)
        return true;
    Constant *shift = import_constant(op->arena, c->rank, c->dims);
    for (int64_t i = 0; i < c->count; i++)
        shift->values[i] = beta * c->values[i];
    Placed product = op->out;
    product.sole = true;
    return c->count == 0 ? import_fail(op, "its bias is empty")
                         : import_affine(op, &product, NULL, shift);
}
