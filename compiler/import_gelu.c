/* import_gelu.c - gelu as most files have it, in pieces: x/sqrt(2), Erf, + 1, * x and * 1/2 in some
 * order. Erf becomes a layer that no spec has, until the product shows what it is for. */
#include "import_graph.h"

#include <math.h>
#include <string.h>

static const char ERF[] = "erf";
static const double HALF_ROOT = 0.70710678118654752440;

/* Whether the layer does nothing but s*x + shift; then *s. */
static bool is_scale(const ImportLayer *layer, double shift, double *s)
{
    if (!layer->affine || layer->activation)
        return false;
    *s = layer->weights[0].values[0];
    for (int64_t i = 0; i < layer->weights[0].count; i++)
        if (fabs(layer->weights[0].values[i] - *s) > 1e-6 ||
            fabs(layer->weights[1].values[i] - shift) > 1e-6)
            return false;
    return true;
}

bool import_erf(Op *op)
{
    const Placed *in = op->inputs[0];
    const ImportLayer *layer = &op->import->layers[in->layer];
    double s;
    if (!in->sole || !is_scale(layer, 0, &s) || fabs(s - HALF_ROOT) > 1e-6)
        return import_fail(op, "cnngen has no such layer but as a part of gelu; export gelu as one "
                               "operator, Gelu (opset 20)");
    return import_same_out(op, in, import_add(op->import, ERF, "", layer->inputs[0], layer->out));
}

bool import_is_gelu(Op *op, const Placed *x, const Placed *gate)
{
    Import *import = op->import;
    double one, s = 1;
    const ImportLayer *sum = &import->layers[gate->layer], *factor = &import->layers[x->layer];
    if (!gate->sole || !is_scale(sum, 1, &one) || fabs(one - 1) > 1e-6 || !import_is_like(x, gate))
        return false;
    const ImportLayer *erf = &import->layers[sum->inputs[0]];
    if (strcmp(erf->call, ERF) != 0)
        return false;
    const int from = erf->inputs[0];
    if (x->layer != from && !(is_scale(factor, 0, &s) && factor->inputs[0] == from))
        return false;
    const Shape shape = import->layers[from].out;
    import_same_out(op, gate, import_add(import, "gelu", "", from, shape));
    Placed gelu = op->out;
    gelu.sole = true;
    return fabs(2 * s - 1) < 1e-6 || import_affine_number(op, &gelu, 2 * s, 0);
}

bool import_is_identity(const Import *import, const ImportLayer *layer)
{
    double s;
    return is_scale(layer, 0, &s) && fabs(s - 1) < 1e-6 &&
           strcmp(import->layers[layer->inputs[0]].call, "gelu") == 0;
}

bool import_is_erf(const ImportLayer *layer)
{
    return strcmp(layer->call, ERF) == 0;
}
