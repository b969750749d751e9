/* activation.c - the activation functions, as layers of their own and as the option `activation` of
 * conv and dense. One line in activation.def each; what they compute stands in the runtime as
 * cnn_<name> and cnn_<name>_grad. */
#include "../check.h"

#include <string.h>

static const Activation activations[] = {
#define X                                       true
#define Y                                       false
#define ACTIVATION(name, alpha, from, monotone) {#name, alpha, from, monotone},
#include "../activation.def"
#undef ACTIVATION
#undef X
#undef Y
};

static const char *const names[] = {
#define ACTIVATION(name, alpha, from, monotone) #name,
#include "../activation.def"
#undef ACTIVATION
    NULL};

const Activation *activation_find(const char *name)
{
    for (size_t i = 0; i < sizeof activations / sizeof *activations; i++)
        if (strcmp(activations[i].name, name) == 0)
            return &activations[i];
    return NULL;
}

const char *const *activation_names(void)
{
    return names;
}

static const Option no_options[] = {{.name = NULL}};
static const Option alpha_options[] = {
    NODE_OPTION("alpha", OPTION_NUMBER, alpha, OPTIONAL, true),
    {.name = NULL},
};

static void set_activation(Node *node)
{
    node->activation = activation_find(node->kind->name);
    node->alpha = node->activation->alpha;
}

static bool check_activation(Check *check, Node *node)
{
    node->out = node->in;
    if (strcmp(node->kind->name, "softmax") == 0 && node->in.c == 1)
        return check_fail(check, node, "softmax over one channel is always 1; use sigmoid");
    return true;
}

const Recipe recipe_activation = {.templates = "activation", .elementwise = true, .in_order = true};

#define KIND(NAME, OPTIONS)                                                                        \
    const LayerKind layer_##NAME = {.name = #NAME,                                                 \
                                    .prefix = #NAME,                                               \
                                    .dims = ANY_DIMS,                                              \
                                    .role = ROLE_ACTIVATION,                                       \
                                    .options = OPTIONS,                                            \
                                    .defaults = set_activation,                                    \
                                    .check = check_activation,                                     \
                                    .recipe = &recipe_activation}

KIND(relu, no_options);
KIND(leaky_relu, alpha_options);
KIND(relu6, no_options);
KIND(sigmoid, no_options);
KIND(tanh, no_options);
KIND(softmax, no_options);
KIND(softplus, no_options);
KIND(elu, alpha_options);
KIND(gelu, no_options);
KIND(silu, no_options);
KIND(hard_sigmoid, no_options);
KIND(hard_swish, no_options);
