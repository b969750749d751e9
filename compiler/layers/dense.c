/* dense.c - every output reads every input: y[o] = b[o] + sum over i of x[i] * w[i, o]. */
#include "../check.h"
#include "../tile.h"

static const Option options[] = {
    NODE_OPTION("units", OPTION_COUNT, filters, REQUIRED, true),
    NODE_OPTION("activation", OPTION_ACTIVATION, activation, OPTIONAL, false),
    NODE_OPTION("bias", OPTION_BOOL, bias, OPTIONAL, false),
    NODE_OPTION("init", OPTION_INIT, init, OPTIONAL, false),
    NODE_OPTION("trainable", OPTION_BOOL, trainable, OPTIONAL, false),
    {.name = NULL},
};

static bool check_dense(Check *check, Node *node)
{
    const int64_t in = node->in.c, out = node->filters, dims[] = {in, out};
    const Init bias = {.kind = INIT_CONSTANT};
    node->out = (Shape){1, 1, out, 1};
    return check_tensor(check, node, "kernel", dims, 2, in, out, node->init) &&
           (!node->bias || check_tensor(check, node, "bias", &out, 1, 1, out, bias)) &&
           check_formula(check, node, "the number of parameters",
                         node->bias ? "in*units + units" : "in*units", &node->params) &&
           check_formula(check, node, "the number of multiply-adds", "in*units", &node->macs);
}

/* Tiles of dx for a batch need dy transposed, and room for one tile. */
static Form dense_form(const Plan *plan, const Step *step, bool backward)
{
    Form form = {.templates = "dense"};
    const int64_t batch = plan->graph->batch;
    if (backward && step->wants_dx && plan->options.unroll == UNROLL_AUTO && batch > 1)
        form.work = (step->node->filters + TILE_DX_ROWS) * batch;
    return form;
}

static const Recipe recipe = {.templates = "dense",
                              .keeps_input = true,
                              .linear = true,
                              .takes_activation = true,
                              .takes_norm = true,
                              .whole_batch = true,
                              .updates_kernel = true,
                              .form = dense_form,
                              .tiles = tile_dense};

const LayerKind layer_dense = {.name = "dense",
                               .prefix = "dense",
                               .dims = 0,
                               .options = options,
                               .check = check_dense,
                               .recipe = &recipe};
