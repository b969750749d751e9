/* import_fold.c - operators that compute nothing: on constants they are done here, on values of the
 * network they only say anew where these lie. */
#include "import_graph.h"

#include <string.h>

static bool known(Op *op, const Constant *constant)
{
    op->out = (Placed){.constant = constant, .batch_axis = NO_AXIS};
    return constant != NULL || import_fail(op, "its result is too large");
}

/* The input with other sizes. */
static bool reshaped(Op *op, const int64_t *dims, int rank)
{
    const Placed *x = op->inputs[0];
    int64_t count = 1;
    for (int i = 0; i < rank; i++)
        if (dims[i] < (x->constant ? 0 : 1) || !size_mul(count, dims[i], &count))
            return import_fail(op, "its sizes make no sense");
    if (x->constant) {
        Constant *out = ARENA_NEW(op->arena, Constant);
        *out = *x->constant;
        if (count != out->count)
            return import_fail(op, "it makes %lld values of %lld", (long long)count,
                               (long long)out->count);
        out->rank = rank;
        memcpy(out->dims, dims, (size_t)rank * sizeof *dims);
        return known(op, out);
    }
    op->out = *x;
    if (!import_reshape(&op->out, dims, rank))
        return import_fail(op, "it cuts its input (%lld values) into other axes than it has",
                           (long long)import_size(x));
    return !import_samples_mix(&op->out) ||
           import_fail(op, "it mixes the samples: the first axis must stay");
}

static int rank_of(const Placed *x)
{
    return x->constant ? x->constant->rank : x->rank;
}

static const int64_t *dims_of(const Placed *x)
{
    return x->constant ? x->constant->dims : x->dims;
}

static int64_t count_of(const Placed *x)
{
    int64_t count = 1;
    for (int i = 0; i < rank_of(x); i++)
        count *= dims_of(x)[i];
    return count;
}

bool import_reshape_op(Op *op)
{
    const Placed *x = op->inputs[0];
    int64_t dims[RANK_MOST], rest = 1;
    int open = NO_AXIS;
    const int rank = import_ints(op, "shape", 1, dims, RANK_MOST);
    if (rank < 0)
        return import_fail(op, "its shape is computed; export the model with fixed sizes");
    if (rank > RANK_MOST)
        return import_fail(op, "more than %d axes", RANK_MOST);
    for (int i = 0; i < rank; i++) {
        if (dims[i] == 0 && !import_int(op, "allowzero", 0) && i < rank_of(x))
            dims[i] = dims_of(x)[i];
        if (dims[i] == -1)
            open = i;
        else if (dims[i] < 0 || !size_mul(rest, dims[i], &rest))
            return import_fail(op, "its sizes make no sense");
    }
    if (open != NO_AXIS)
        dims[open] = rest > 0 && count_of(x) % rest == 0 ? count_of(x) / rest : -1;
    return reshaped(op, dims, rank);
}

bool import_flatten(Op *op)
{
    const Placed *x = op->inputs[0];
    int64_t dims[2] = {1, 1}, axis = import_int(op, "axis", 1);
    axis += axis < 0 ? rank_of(x) : 0;
    if (axis < 0 || axis > rank_of(x))
        return import_fail(op, "no such axis");
    for (int i = 0; i < rank_of(x); i++)
        dims[i >= axis] *= dims_of(x)[i];
    return reshaped(op, dims, 2);
}

/* For one sample the parts do not say which axis is that of the samples. */
static bool with_batch(Op *op, bool ok, int axis)
{
    if (ok && !op->out.constant && axis != NO_AXIS)
        op->out.batch_axis = axis;
    return ok;
}

static int batch_of(const Placed *x)
{
    return x->constant ? NO_AXIS : x->batch_axis;
}

bool import_squeeze(Op *op)
{
    const Placed *x = op->inputs[0];
    int64_t axes[RANK_MOST], dims[RANK_MOST];
    bool gone[RANK_MOST] = {false};
    const int count = import_ints(op, "axes", 1, axes, RANK_MOST);
    int rank = 0, batch = NO_AXIS;
    for (int i = 0; i < rank_of(x) && count < 0; i++)
        gone[i] = dims_of(x)[i] == 1 && i != batch_of(x);
    for (int i = 0; i < count; i++) {
        const int64_t axis = count <= RANK_MOST ? axes[i] + (axes[i] < 0 ? rank_of(x) : 0) : -1;
        if (axis < 0 || axis >= rank_of(x))
            return import_fail(op, "no such axis");
        gone[axis] = true;
    }
    for (int i = 0; i < rank_of(x); i++) {
        if (gone[i])
            continue;
        batch = i == batch_of(x) ? rank : batch;
        dims[rank++] = dims_of(x)[i];
    }
    return with_batch(op, reshaped(op, dims, rank), batch);
}

bool import_unsqueeze(Op *op)
{
    const Placed *x = op->inputs[0];
    int64_t axes[RANK_MOST], dims[RANK_MOST];
    bool added[RANK_MOST] = {false};
    const int count = import_ints(op, "axes", 1, axes, RANK_MOST), rank = rank_of(x) + count;
    int batch = NO_AXIS;
    if (count < 0 || rank > RANK_MOST)
        return import_fail(op, "its axes are computed, or too many");
    for (int i = 0; i < count; i++) {
        const int64_t axis = axes[i] < 0 ? axes[i] + rank : axes[i];
        if (axis < 0 || axis >= rank || added[axis])
            return import_fail(op, "no such axis");
        added[axis] = true;
    }
    for (int i = 0, from = 0; i < rank; i++) {
        if (!added[i] && from == batch_of(x))
            batch = i;
        dims[i] = added[i] ? 1 : dims_of(x)[from++];
    }
    return with_batch(op, reshaped(op, dims, rank), batch);
}

static Constant *transposed(Op *op, const Constant *c, const int *order)
{
    int64_t dims[RANK_MOST], index[RANK_MOST] = {0}, strides[RANK_MOST], stride = 1;
    for (int i = c->rank - 1; i >= 0; i--) {
        strides[i] = stride;
        stride *= c->dims[i];
    }
    for (int i = 0; i < c->rank; i++)
        dims[i] = c->dims[order[i]];
    Constant *out = import_constant(op->arena, c->rank, dims);
    for (int64_t k = 0; k < c->count; k++) {
        int64_t from = 0;
        for (int i = 0; i < c->rank; i++)
            from += index[i] * strides[order[i]];
        out->values[k] = c->values[from];
        for (int i = c->rank - 1; i >= 0 && ++index[i] == dims[i]; i--)
            index[i] = 0;
    }
    return out;
}

bool import_transpose_op(Op *op)
{
    const Placed *x = op->inputs[0];
    int64_t list[RANK_MOST];
    int order[RANK_MOST];
    bool seen[RANK_MOST] = {false};
    const int rank = rank_of(x), count = import_ints(op, "perm", -1, list, RANK_MOST);
    for (int i = 0; i < rank; i++) {
        if (count >= 0 && (count != rank || list[i] < 0 || list[i] >= rank || seen[list[i]]))
            return import_fail(op, "perm is no order of %d axes", rank);
        order[i] = count < 0 ? rank - 1 - i : (int)list[i];
        seen[order[i]] = true;
    }
    if (x->constant)
        return known(op, transposed(op, x->constant, order));
    op->out = *x;
    import_transpose(&op->out, order);
    return true;
}

bool import_identity(Op *op)
{
    op->out = *op->inputs[0];
    return true;
}

bool import_shape_of(Op *op)
{
    const Placed *x = op->inputs[0];
    const int64_t rank = rank_of(x);
    Constant *out = import_constant(op->arena, 1, &rank);
    if (import_attribute(op, "start") || import_attribute(op, "end"))
        return import_fail(op, "only some sizes; export the model with fixed sizes");
    for (int i = 0; i < rank; i++)
        out->values[i] = (double)dims_of(x)[i];
    return known(op, out);
}

bool import_gather(Op *op)
{
    const Constant *c = import_input_constant(op, 0), *index = import_input_constant(op, 1);
    if (!c || !index || c->rank != 1)
        return import_fail(op, "it picks values of the network");
    Constant *out = import_constant(op->arena, index->rank, index->dims);
    for (int64_t i = 0; i < index->count; i++) {
        const double k = index->values[i] + (index->values[i] < 0 ? (double)c->count : 0);
        if (!(k >= 0 && k < (double)c->count))
            return import_fail(op, "no such value");
        out->values[i] = c->values[(int64_t)k];
    }
    return known(op, out);
}

bool import_constant_op(Op *op)
{
    const Onnx__Attribute *a = NULL;
    const char *const names[] = {"value", "value_float", "value_int", "value_floats", "value_ints"};
    int kind = 0;
    for (; kind < 5 && !(a = import_attribute(op, names[kind])); kind++) {
    }
    if (!a || (kind == 0 && !a->t))
        return import_fail(op, "it has no value that import reads");
    if (kind == 0)
        return (op->out = (Placed){.constant = import_tensor(op->import, a->t, op->shown)})
            .constant;
    const int64_t count = (int64_t)(kind == 3 ? a->n_floats : kind == 4 ? a->n_ints : 1);
    Constant *out = import_constant(op->arena, kind > 2, &count);
    for (int64_t i = 0; out && i < count; i++)
        out->values[i] = kind == 1   ? (double)a->f
                         : kind == 2 ? (double)a->i
                         : kind == 3 ? (double)a->floats[i]
                                     : (double)a->ints[i];
    return known(op, out);
}

bool import_concat_known(Op *op)
{
    int64_t count = 0;
    for (int i = 0; i < op->input_count; i++) {
        const Constant *c = import_input_constant(op, i);
        if (!c)
            return import_concat(op);
        if (c->rank != 1)
            return import_fail(op, "constants with %d axes", c->rank);
        count += c->count;
    }
    Constant *out = import_constant(op->arena, 1, &count);
    for (int64_t i = 0, at = 0; out && i < op->input_count; i++)
        for (int64_t k = 0; k < op->inputs[i]->constant->count; k++)
            out->values[at++] = op->inputs[i]->constant->values[k];
    return known(op, out);
}
