/* graph.c - Model → Graph: runs every check there is, in the order of the layers.
 *
 * A layer that fails leaves its output shape unknown (c = 0). Later layers still have their options
 * checked, but not their shapes, until one knows its output again without its input (dense does):
 * one mistake gives one message, and all mistakes are reported. */
#include "check.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

enum { LAYERS_MOST = 4096 };

int64_t shape_count(Shape shape)
{
    return shape.h * shape.w * shape.c;
}

char *shape_text(Arena *arena, Shape s)
{
    if (s.rank == 3)
        return arena_printf(arena, "%" PRId64 "x%" PRId64 "x%" PRId64, s.h, s.w, s.c);
    if (s.rank == 2)
        return arena_printf(arena, "%" PRId64 "x%" PRId64, s.w, s.c);
    return arena_printf(arena, "%" PRId64, s.c);
}

static const LayerKind *const kinds[] = {
#define LAYER(name) &layer_##name,
#include "layers.def"
#undef LAYER
};
enum { KIND_COUNT = sizeof kinds / sizeof *kinds };

static const LayerKind layer_input = {.name = "input", .prefix = "input", .dims = ANY_DIMS};

const LayerKind *layer_find(const char *name)
{
    for (int i = 0; i < KIND_COUNT; i++)
        if (strcmp(kinds[i]->name, name) == 0)
            return kinds[i];
    return NULL;
}

const char *const *graph_constructors(void)
{
    static const char *const names[] = {
#define LAYER(name) #name,
#include "layers.def"
#undef LAYER
        "sgd", "momentum", "nesterov", "rmsprop", "adam", "adamw", NULL};
    return names;
}

/* Words that cannot name a struct's field in C or C++. */
static bool is_keyword(const char *name)
{
    static const char *const words[] = {
        "alignas",   "alignof",   "and",      "asm",      "auto",     "bool",     "break",
        "case",      "catch",     "char",     "class",    "compl",    "const",    "constexpr",
        "continue",  "decltype",  "default",  "delete",   "do",       "double",   "else",
        "enum",      "explicit",  "export",   "extern",   "false",    "float",    "for",
        "friend",    "goto",      "if",       "inline",   "int",      "long",     "mutable",
        "namespace", "new",       "noexcept", "not",      "nullptr",  "operator", "or",
        "private",   "protected", "public",   "register", "restrict", "return",   "short",
        "signed",    "sizeof",    "static",   "struct",   "switch",   "template", "this",
        "throw",     "true",      "try",      "typedef",  "typeid",   "typename", "union",
        "unsigned",  "using",     "virtual",  "void",     "volatile", "while",    "xor",
        NULL};
    for (int i = 0; words[i]; i++)
        if (strcmp(words[i], name) == 0)
            return true;
    return false;
}

/* Macros of the headers that the generated code includes, and those that compilers define. */
static bool is_macro(const char *name)
{
    static const char *const words[] = {"NULL", "EOF",      "NAN",   "INFINITY", "DECIMAL_DIG",
                                        "I",    "offsetof", "linux", "unix",     NULL};
    static const char *const starts[] = {"INT",      "UINT",   "FLT_",  "DBL_", "LDBL_", "SIZE_",
                                         "PTRDIFF_", "WCHAR_", "WINT_", "SIG_", NULL};
    for (int i = 0; words[i]; i++)
        if (strcmp(words[i], name) == 0)
            return true;
    for (int i = 0; starts[i]; i++)
        if (strncmp(starts[i], name, strlen(starts[i])) == 0 && strchr(name, '_'))
            return true;
    return false;
}

static bool is_identifier(const char *name)
{
    if (!isalpha((unsigned char)name[0]))
        return false;
    for (const char *c = name; *c; c++)
        if (!isalnum((unsigned char)*c) && *c != '_')
            return false;
    return strlen(name) <= 64 && !is_keyword(name) && !is_macro(name);
}

/* The field `name` of a layer or model, when it is there and fit to be part of C names. */
static const char *read_name(Check *check, const char *who, const Value *call)
{
    const Value *name = value_get(call, "name");
    if (!name)
        return NULL;
    if (name->type != VALUE_STRING)
        diag_error(check->diag, name->span, "%s: name must be a string, not %s", who,
                   value_type_name(name));
    else if (!is_identifier(name->string))
        diag_error(check->diag, name->span,
                   "%s: name \"%s\" cannot be part of a C name (letters, digits and _, a letter "
                   "first, at most 64, no word or macro of C or C++)",
                   who, name->string);
    else
        return name->string;
    return NULL;
}

static const Node *node_named(const Graph *graph, const char *name)
{
    for (int i = 1; i < graph->node_count; i++)
        if (strcmp(graph->nodes[i].name, name) == 0)
            return &graph->nodes[i];
    return NULL;
}

/* "conv1", "conv2", ...: the count is per prefix, over all layers so far. */
static const char *automatic_name(Check *check, const LayerKind *kind)
{
    int n = 1;
    for (int i = 1; i < check->graph->node_count; i++)
        n += strcmp(check->graph->nodes[i].kind->prefix, kind->prefix) == 0;
    return arena_printf(check->arena, "%s%d", kind->prefix, n);
}

static const char *node_name(Check *check, const LayerKind *kind, const Value *call)
{
    const char *automatic = automatic_name(check, kind);
    const char *name = read_name(check, automatic, call);
    if (!name)
        name = automatic;
    const Node *other = node_named(check->graph, name);
    if (other) {
        const Value *given = value_get(call, "name");
        diag_error(check->diag, given ? given->span : call->span, "%s: another layer has this %s",
                   name, given ? "name" : "name already, which would be the automatic one here");
        diag_note(check->diag, "the other stands at %s:%d", other->span.source->path,
                  other->span.line);
    }
    return name;
}

static void neutral_options(Node *node)
{
    node->window = (Window){.kernel = {1, 1}, .stride = {1, 1}, .dilation = {1, 1}};
    node->groups = 1;
    node->bias = true;
    node->trainable = true;
    node->activation = activation_find("linear");
    node->init = (Init){.kind = INIT_GLOROT_UNIFORM};
}

/* The kind of the same name with "1d" for "2d" or the other way round, if there is one. */
static void note_other_dims(Check *check, const Node *node)
{
    char *name = arena_printf(check->arena, "%s", node->kind->name);
    char *digit = strstr(name, node->kind->dims == 1 ? "1d" : "2d");
    if (!digit)
        return;
    *digit = node->kind->dims == 1 ? '2' : '1';
    if (layer_find(name))
        diag_note(check->diag, "for this input there is %s", name);
}

static bool check_dims(Check *check, const Node *node)
{
    static const char *const wanted[] = {"a flat input", "a 1D input (length x channels)",
                                         "a 2D input (height x width x channels)"};
    const int dims = node->kind->dims;
    if (dims == ANY_DIMS || node->in.rank == dims + 1)
        return true;
    check_fail(check, node, "%s needs %s, not %s", node->kind->name, wanted[dims],
               shape_text(check->arena, node->in));
    if (dims == 0)
        diag_note(check->diag, "put flatten {} or a global pool in front of it");
    else if (node->in.rank == 1)
        diag_note(check->diag, "reshape { \"%s\" } gives a flat input a shape",
                  dims == 1 ? "LENGTHxCHANNELS" : "HEIGHTxWIDTHxCHANNELS");
    else
        note_other_dims(check, node);
    return false;
}

static void add_costs(Check *check, const Node *node)
{
    Graph *graph = check->graph;
    if (!size_add(graph->param_count, node->params.value, &graph->param_count) ||
        graph->param_count > INT32_MAX || !size_add(graph->macs, node->macs.value, &graph->macs))
        check_fail(check, node, "the network has more than %d parameters", INT32_MAX);
    for (int i = 0; i < node->tensor_count; i++)
        if (node->tensors[i].trainable) {
            graph->trainable_count += node->tensors[i].count;
            if (graph->first_trainable > node->index)
                graph->first_trainable = node->index;
        }
}

/* Appends a node; it reads the one before it. */
static void add_layer(Check *check, const LayerKind *kind, const Value *call)
{
    Graph *graph = check->graph;
    Node *node = &graph->nodes[graph->node_count];
    const char *name = node_name(check, kind, call);
    *node = (Node){
        .kind = kind, .name = name, .span = call->span, .call = call, .index = graph->node_count};
    node->inputs[node->input_count++] = node->index - 1;
    node->in = graph->nodes[node->index - 1].out;
    neutral_options(node);
    if (kind->defaults)
        kind->defaults(node);
    bool ok = check_options(check, name, call, kind->options, node, kind->dims == 1 ? 1 : 2);
    graph->node_count++;
    if (strcmp(node->activation->name, "softmax") == 0 && node->filters == 1)
        ok = diag_error(check->diag, check_place(node, "activation"),
                        "%s: softmax over one output is always 1; use sigmoid", name);
    if (node->alpha == 0)
        node->alpha = node->activation->alpha;
    if (node->in.c == 0) {
        node->out = kind->dims == 0 ? (Shape){1, 1, node->filters, 1} : (Shape){0};
        return;
    }
    if (ok && check_dims(check, node) && kind->check(check, node))
        add_costs(check, node);
    else
        node->out = kind->dims == 0 ? (Shape){1, 1, node->filters, 1} : (Shape){0};
}

/* A misspelt layer, reported by spec.c: what comes behind it is checked without a shape. */
static void add_unknown(Check *check, const Value *call)
{
    Graph *graph = check->graph;
    Node *node = &graph->nodes[graph->node_count];
    *node = (Node){.kind = &layer_input,
                   .name = call->call,
                   .span = call->span,
                   .call = call,
                   .index = graph->node_count++};
    neutral_options(node);
}

static bool is_constructor(const char *name)
{
    const char *const *names = graph_constructors();
    while (*names && strcmp(*names, name) != 0)
        names++;
    return *names || strcmp(name, "model") == 0;
}

static void add_layers(Check *check, const Value *root)
{
    if (root->item_count > LAYERS_MOST) {
        diag_error(check->diag, root->span, "%d layers; at most %d", root->item_count, LAYERS_MOST);
        return;
    }
    for (int i = 0; i < root->item_count; i++) {
        const Value *item = root->items[i];
        const LayerKind *kind =
            item->type == VALUE_TABLE && item->call ? layer_find(item->call) : NULL;
        if (kind)
            add_layer(check, kind, item);
        else if (item->type == VALUE_TABLE && item->call && !is_constructor(item->call))
            add_unknown(check, item);
        else
            diag_error(check->diag, item->span, "item %d of the model must be a layer, not %s",
                       i + 1, value_type_name(item));
    }
    if (root->item_count == 0)
        diag_error(check->diag, root->span, "the model has no layers");
}

static void add_input(Check *check, const Value *root)
{
    static const Option option = {
        .name = "input", .type = OPTION_SHAPE, .offset = offsetof(Node, out)};
    const Value *input = value_get(root, "input");
    Node *node = &check->graph->nodes[check->graph->node_count++];
    *node = (Node){.kind = &layer_input,
                   .name = "input",
                   .span = input ? input->span : root->span,
                   .call = root};
    neutral_options(node);
    if (!input) {
        diag_error(check->diag, root->span,
                   "the model has no input; write for example input = \"28x28x1\"");
        return;
    }
    int64_t count;
    if (check_option(check, "model", &option, input, node, 2) &&
        (!size_mul(node->out.h, node->out.w, &count) || !size_mul(count, node->out.c, &count) ||
         count > INT32_MAX)) {
        diag_error(check->diag, input->span, "model: the input has more than %d values", INT32_MAX);
        node->out = (Shape){0};
    }
    node->in = node->out;
}

/* All that is kept for a batch must be addressable; 2^40 floats are far beyond any machine this is
 * for. */
static void check_total(Check *check, const Value *root)
{
    const Graph *graph = check->graph;
    int64_t total = 0;
    for (int i = 0; i < graph->node_count; i++) {
        const Padding p = graph->nodes[i].window.padding;
        const Shape in = graph->nodes[i].in;
        int64_t halo; /* the input with its border of zeros is kept, too */
        if (!size_mul(in.h + p.top + p.bottom, in.w + p.left + p.right, &halo) ||
            !size_mul(halo, in.c, &halo) || halo > INT32_MAX) {
            diag_error(check->diag, graph->nodes[i].span,
                       "%s: its input with padding has more than %d values", graph->nodes[i].name,
                       INT32_MAX);
            return;
        }
        total += shape_count(graph->nodes[i].out) + halo;
    }
    if (!size_mul(total, graph->batch, &total) || total > INT64_C(1) << 40)
        diag_error(check->diag,
                   value_get(root, "batch") ? value_get(root, "batch")->span : root->span,
                   "model: a batch of %" PRId64 " needs more than 2^40 values", graph->batch);
}

/* model_options.c */
void graph_model_options(Check *check, const Value *root);

Graph *graph_build(Arena *arena, Diag *diag, const Model *model, int64_t batch)
{
    const Value *root = model->root;
    Graph *graph = ARENA_NEW(arena, Graph);
    Check check = {arena, diag, graph};
    const int before = diag->errors;
    graph->source = model->source;
    graph->name = read_name(&check, "model", root);
    if (!graph->name)
        graph->name = model->name;
    if (strcmp(graph->name, "cnn") == 0)
        diag_error(diag, value_get(root, "name") ? value_get(root, "name")->span : root->span,
                   "model: the name \"cnn\" is the runtime's; give it another, name = \"...\"");
    graph->nodes = ARENA_ARRAY(
        arena, (root->item_count < LAYERS_MOST ? root->item_count : LAYERS_MOST) + 1, Node);
    graph->first_trainable = INT32_MAX;
    add_input(&check, root);
    add_layers(&check, root);
    graph_model_options(&check, root);
    if (batch > 0)
        graph->batch = batch;
    if (diag->errors == before)
        check_total(&check, root);
    if (graph->first_trainable == INT32_MAX)
        graph->first_trainable = graph->node_count;
    return diag->errors == before ? graph : NULL;
}

/* No such layer: a message with the nearest name. */
static Graph *no_layer(Arena *arena, Diag *diag, const Graph *graph, const char *layer)
{
    const char **names = ARENA_ARRAY(arena, graph->node_count, const char *);
    for (int i = 1; i < graph->node_count; i++)
        names[i - 1] = graph->nodes[i].name;
    const char *near = layer ? nearest_name(layer, names) : NULL;
    if (layer)
        diag_usage(diag, "%s has no layer '%s'%s%s%s", graph->name, layer,
                   near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
    else
        diag_usage(diag, "%s has no convolution to show", graph->name);
    return NULL;
}

Graph *graph_until(Arena *arena, Diag *diag, const Graph *graph, const char *layer)
{
    int last = 1;
    while (last < graph->node_count &&
           (layer ? strcmp(graph->nodes[last].name, layer) != 0
                  : strcmp(graph->nodes[last].kind->prefix, "conv") != 0))
        last++;
    if (last == graph->node_count)
        return no_layer(arena, diag, graph, layer);
    Graph *cut = ARENA_NEW(arena, Graph);
    *cut = *graph;
    cut->node_count = last + 1;
    cut->loss = LOSS_MSE; /* the one that fits any output */
    cut->param_count = cut->trainable_count = cut->macs = 0;
    cut->first_trainable = INT32_MAX;
    Check check = {arena, diag, cut};
    for (int i = 1; i <= last; i++)
        add_costs(&check, &cut->nodes[i]);
    if (cut->first_trainable == INT32_MAX)
        cut->first_trainable = cut->node_count;
    return cut;
}

int graph_tensors(Arena *arena, const Graph *graph, const Tensor ***out)
{
    int count = 0;
    *out = ARENA_ARRAY(arena, graph->node_count * NODE_TENSORS, const Tensor *);
    for (int i = 0; i < graph->node_count; i++)
        for (int t = 0; t < graph->nodes[i].tensor_count; t++)
            (*out)[count++] = &graph->nodes[i].tensors[t];
    return count;
}
