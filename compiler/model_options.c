/* model_options.c - the named fields of `model { ... }`: loss, optimizer, batch, budget; and how a
 * graph prints. */
#include "check.h"

#include <inttypes.h>
#include <string.h>

void graph_model_options(Check *check, const Value *root);

static const char *const loss_names[] = {"mse",           "mae", "huber", "binary_cross_entropy",
                                         "cross_entropy", NULL};
static const char *const optimizer_names[] = {"sgd",  "momentum", "nesterov", "rmsprop",
                                              "adam", "adamw",    NULL};

/* The activation behind the output, looking through reshapes. */
static const char *last_activation(const Graph *graph)
{
    const Node *node = &graph->nodes[graph->node_count - 1];
    while (node->index > 0 && node->kind->role == ROLE_VIEW)
        node = &graph->nodes[node->inputs[0]];
    return node->activation->name;
}

static void check_loss(Check *check, const Value *loss)
{
    const Graph *graph = check->graph;
    const char *last = last_activation(graph);
    const bool probability = strcmp(last, "softmax") == 0 || strcmp(last, "sigmoid") == 0 ||
                             strcmp(last, "hard_sigmoid") == 0;
    const int64_t outputs = shape_count(graph->nodes[graph->node_count - 1].out);
    if (graph->loss == LOSS_CROSS_ENTROPY && outputs == 1)
        diag_error(check->diag, loss->span,
                   "model: cross_entropy needs two outputs or more; for one output use "
                   "binary_cross_entropy");
    else if ((graph->loss == LOSS_CROSS_ENTROPY || graph->loss == LOSS_BINARY_CROSS_ENTROPY) &&
             !probability)
        diag_error(check->diag, loss->span,
                   "model: %s needs outputs between 0 and 1, but the last activation is %s",
                   loss->string, last);
}

static void read_loss(Check *check, const Value *loss)
{
    Graph *graph = check->graph;
    const char *last = last_activation(graph);
    graph->loss = strcmp(last, "softmax") == 0   ? LOSS_CROSS_ENTROPY
                  : strcmp(last, "sigmoid") == 0 ? LOSS_BINARY_CROSS_ENTROPY
                                                 : LOSS_MSE;
    if (!loss)
        return;
    if (loss->type != VALUE_STRING) {
        diag_error(check->diag, loss->span, "model: loss must be a string, not %s",
                   value_type_name(loss));
        return;
    }
    for (int i = 0; loss_names[i]; i++)
        if (strcmp(loss_names[i], loss->string) == 0) {
            graph->loss = (LossKind)i;
            check_loss(check, loss);
            return;
        }
    const char *near = nearest_name(loss->string, loss_names);
    diag_error(check->diag, loss->span, "model: unknown loss \"%s\"%s%s%s", loss->string,
               near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
    if (!near)
        diag_note(check->diag, "there are: %s", names_text(check->arena, loss_names));
}

/* "hwc", as everywhere here, or "chw": the caller has one plane after the other. */
static void read_input_layout(Check *check, const Value *layout)
{
    static const char *const layouts[] = {"hwc", "chw", NULL};
    if (!layout)
        return;
    if (layout->type != VALUE_STRING)
        diag_error(check->diag, layout->span, "model: input_layout must be a string, not %s",
                   value_type_name(layout));
    else if (strcmp(layout->string, "hwc") != 0 && strcmp(layout->string, "chw") != 0)
        diag_error(check->diag, layout->span, "model: unknown input_layout \"%s\"; there are: %s",
                   layout->string, names_text(check->arena, layouts));
    else if (strcmp(layout->string, "chw") == 0 && check->graph->nodes[0].out.rank == 1)
        diag_error(check->diag, layout->span,
                   "model: input_layout \"chw\" needs an image or a sequence as input, not %s",
                   shape_text(check->arena, check->graph->nodes[0].out));
    else
        check->graph->planar = strcmp(layout->string, "chw") == 0;
}

static void check_huber(Check *check, const Value *delta, const Value *loss)
{
    const char *name = loss_names[check->graph->loss];
    if (!delta || (loss && (loss->type != VALUE_STRING || strcmp(loss->string, name) != 0)))
        return; /* a wrong loss has its own message */
    if (check->graph->huber_delta == 0)
        diag_error(check->diag, delta->span, "model: huber_delta must be above 0");
    else if (check->graph->loss != LOSS_HUBER)
        diag_error(check->diag, delta->span, "model: huber_delta has no use with the loss %s",
                   name);
}

#define OPTIMIZER_OPTION(name, type)                                                               \
    {                                                                                              \
#name, type, offsetof(Optimizer, name), OPTIONAL, false                                    \
    }
#define COMMON                                                                                     \
    {"lr", OPTION_NUMBER, offsetof(Optimizer, lr), OPTIONAL, true},                                \
        OPTIMIZER_OPTION(weight_decay, OPTION_NUMBER), OPTIMIZER_OPTION(clip_norm, OPTION_NUMBER)

static const Option sgd_options[] = {COMMON, {.name = NULL}};
static const Option momentum_options[] = {
    COMMON, OPTIMIZER_OPTION(momentum, OPTION_RATE), {.name = NULL}};
static const Option rmsprop_options[] = {COMMON,
                                         OPTIMIZER_OPTION(rho, OPTION_RATE),
                                         OPTIMIZER_OPTION(epsilon, OPTION_NUMBER),
                                         {.name = NULL}};
static const Option adam_options[] = {COMMON,
                                      OPTIMIZER_OPTION(beta1, OPTION_RATE),
                                      OPTIMIZER_OPTION(beta2, OPTION_RATE),
                                      OPTIMIZER_OPTION(epsilon, OPTION_NUMBER),
                                      {.name = NULL}};

/* Defaults are Keras' (and PyTorch's where they agree). */
static const struct {
    const Option *options;
    Optimizer defaults;
} optimizers[] = {
    {sgd_options, {.kind = OPTIMIZER_SGD, .lr = 0.01}},
    {momentum_options, {.kind = OPTIMIZER_MOMENTUM, .lr = 0.01, .momentum = 0.9}},
    {momentum_options, {.kind = OPTIMIZER_NESTEROV, .lr = 0.01, .momentum = 0.9}},
    {rmsprop_options, {.kind = OPTIMIZER_RMSPROP, .lr = 0.001, .rho = 0.9, .epsilon = 1e-7}},
    {adam_options,
     {.kind = OPTIMIZER_ADAM, .lr = 0.001, .beta1 = 0.9, .beta2 = 0.999, .epsilon = 1e-7}},
    {adam_options,
     {.kind = OPTIMIZER_ADAMW,
      .lr = 0.001,
      .beta1 = 0.9,
      .beta2 = 0.999,
      .epsilon = 1e-7,
      .weight_decay = 0.004}},
};

static void read_optimizer(Check *check, const Value *value)
{
    check->graph->optimizer = optimizers[OPTIMIZER_SGD].defaults;
    if (!value)
        return;
    const char *name = value->type == VALUE_TABLE    ? value->call
                       : value->type == VALUE_STRING ? value->string
                                                     : NULL;
    for (int i = 0; name && optimizer_names[i]; i++)
        if (strcmp(optimizer_names[i], name) == 0) {
            check->graph->optimizer = optimizers[i].defaults;
            check->graph->optimizer.span = value->span;
            if (value->type == VALUE_TABLE)
                check_options(check, name, value, optimizers[i].options, &check->graph->optimizer,
                              2);
            return;
        }
    const bool text = value->type == VALUE_STRING;
    const char *near = text ? nearest_name(name, optimizer_names) : NULL;
    diag_error(check->diag, value->span,
               "model: optimizer must be one such as adam { lr = 0.001 }, not %s%s%s%s%s%s",
               text ? "\"" : "", text ? name : value_type_name(value), text ? "\"" : "",
               near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
    if (!near)
        diag_note(check->diag, "there are: %s", names_text(check->arena, optimizer_names));
}

static void unknown_key(Check *check, const char *what, const Field *field,
                        const char *const *names)
{
    const char *near = nearest_name(field->name, names);
    diag_error(check->diag, field->key, "%s '%s'%s%s%s", what, field->name,
               near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
    if (!near)
        diag_note(check->diag, "it takes: %s", names_text(check->arena, names));
}

/* A number, or a number with K, M or G (powers of 1024): "64K". */
static bool read_amount(const Value *value, int64_t *out)
{
    if (value->type == VALUE_INT || value->type == VALUE_NUMBER) {
        *out = value->number >= 1 && value->number < 9e18 ? (int64_t)value->number : 0;
        return *out > 0 && (double)*out == value->number;
    }
    return value->type == VALUE_STRING && budget_amount(value->string, out);
}

bool budget_amount(const char *text, int64_t *out)
{
    static const char units[] = "KMG";
    int64_t amount = 0;
    const char *c = text;
    for (; *c >= '0' && *c <= '9'; c++)
        if (!size_mul(amount, 10, &amount) || !size_add(amount, *c - '0', &amount))
            return false;
    if (c == text || amount == 0)
        return false;
    const char *unit = *c ? strchr(units, *c) : NULL;
    for (long i = unit ? unit - units + 1 : 0; i > 0; i--)
        if (!size_mul(amount, 1024, &amount))
            return false;
    if (c[unit ? 1 : 0] != '\0')
        return false;
    *out = amount;
    return true;
}

static void read_budget(Check *check, const Value *table)
{
    static const char *const names[] = {"params", "macs", "ram", "flash", NULL};
    Budget *budget = &check->graph->budget;
    int64_t *const fields[] = {&budget->params, &budget->macs, &budget->ram, &budget->flash};
    if (!table)
        return;
    budget->span = table->span;
    if (table->type != VALUE_TABLE || table->call || table->item_count > 0) {
        diag_error(check->diag, table->span,
                   "model: budget must be a table such as { ram = \"64K\" }, not %s",
                   table->item_count > 0 && !table->call ? "a list" : value_type_name(table));
        return;
    }
    for (int i = 0; i < table->field_count; i++) {
        const Field *field = &table->fields[i];
        int n = 0;
        while (names[n] && strcmp(names[n], field->name) != 0)
            n++;
        if (!names[n])
            unknown_key(check, "budget: unknown limit", field, names);
        else if (!read_amount(field->value, fields[n]))
            diag_error(
                check->diag, field->value->span,
                "budget: %s must be a whole number above 0 or one with K, M or G, such as \"64K\"",
                names[n]);
    }
}

void graph_model_options(Check *check, const Value *root)
{
    static const Option options[] = {
        {"batch", OPTION_COUNT, offsetof(Graph, batch), OPTIONAL, false},
        {"huber_delta", OPTION_NUMBER, offsetof(Graph, huber_delta), OPTIONAL, false},
    };
    static const char *const names[] = {
        "batch",        "huber_delta", "budget", "freeze_until", "input",
        "input_layout", "loss",        "name",   "optimizer",    NULL};
    Graph *graph = check->graph;
    graph->batch = 1;
    graph->huber_delta = 1;
    for (int i = 0; i < root->field_count; i++) {
        const Field *field = &root->fields[i];
        int n = 0;
        while (names[n] && strcmp(names[n], field->name) != 0)
            n++;
        if (!names[n])
            unknown_key(check, "model: unknown option", field, names);
        else if (n < 2)
            check_option(check, "model", &options[n], field->value, graph, 2);
    }
    read_input_layout(check, value_get(root, "input_layout"));
    read_loss(check, value_get(root, "loss"));
    check_huber(check, value_get(root, "huber_delta"), value_get(root, "loss"));
    read_optimizer(check, value_get(root, "optimizer"));
    read_budget(check, value_get(root, "budget"));
}

const char *loss_name(LossKind loss)
{
    return loss_names[loss];
}

const char *optimizer_name(OptimizerKind optimizer)
{
    return optimizer_names[optimizer];
}

static void dump_node(Text *out, const Graph *graph, const Node *node)
{
    const Window *w = &node->window;
    text_printf(out, "%s %s %s -> %s", node->name, node->kind->name,
                shape_text(out->arena, node->in), shape_text(out->arena, node->out));
    for (int i = 0; i < node->input_count; i++)
        text_printf(out, " from %s", graph->nodes[node->inputs[i]].name);
    if (node->activation->name[0] && strcmp(node->activation->name, "linear") != 0)
        text_printf(out, ", %s", node->activation->name);
    text_printf(out, "\n");
    if (w->kernel.h * w->kernel.w > 1 || w->stride.h * w->stride.w > 1 ||
        w->padding.top + w->padding.bottom + w->padding.left + w->padding.right > 0)
        text_printf(
            out,
            "    kernel %" PRId64 "x%" PRId64 " stride %" PRId64 "x%" PRId64 " dilation %" PRId64
            "x%" PRId64 " padding %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 "\n",
            w->kernel.h, w->kernel.w, w->stride.h, w->stride.w, w->dilation.h, w->dilation.w,
            w->padding.top, w->padding.bottom, w->padding.left, w->padding.right);
    if (node->epsilon > 0)
        text_printf(out, "    epsilon %g", node->epsilon);
    if (node->momentum > 0)
        text_printf(out, " momentum %g", node->momentum);
    if (node->epsilon > 0)
        text_printf(out, "\n");
    for (int i = 0; i < node->tensor_count; i++) {
        const Tensor *t = &node->tensors[i];
        text_printf(out, "    %s.%s", t->layer, t->name);
        for (int d = 0; d < t->rank; d++)
            text_printf(out, "%s%" PRId64, d ? "x" : " ", t->dims[d]);
        text_printf(out, "%s\n", t->trainable ? "" : " frozen");
    }
    if (node->params.text)
        text_printf(out, "    parameters %s = %s = %" PRId64 "\n", node->params.text,
                    node->params.numbers, node->params.value);
    if (node->macs.text)
        text_printf(out, "    multiply-adds %s = %s = %" PRId64 "\n", node->macs.text,
                    node->macs.numbers, node->macs.value);
}

void graph_dump(Text *out, const Graph *graph)
{
    text_printf(out, "model %s: loss %s, optimizer %s, batch %" PRId64 "\n", graph->name,
                loss_name(graph->loss), optimizer_name(graph->optimizer.kind), graph->batch);
    if (graph->planar)
        text_printf(out, "input channels first\n");
    for (int i = 0; i < graph->node_count; i++)
        dump_node(out, graph, &graph->nodes[i]);
    text_printf(out, "parameters %" PRId64 " (%" PRId64 " trainable), multiply-adds %" PRId64 "\n",
                graph->param_count, graph->trainable_count, graph->macs);
}
