/* walk.c - the layers of a model in order, and the blocks that make a graph of them.
 *
 * A list of layers is a chain: each reads the one before it, or the one that `from` names. A block
 * (`LayerKind.branches`) holds chains that all start at its input, and is one more node, which
 * joins their ends. */
#include "walk.h"

#include <inttypes.h>
#include <string.h>

enum { LAYERS_MOST = 4096 };

/* The blocks around what is read now, innermost first. */
typedef struct Around {
    const Value *call;
    const struct Around *outer;
} Around;

typedef struct {
    Check *check;
    const Value *root;
    const Around *around;
} Walk;

static const LayerKind layer_unknown = {.name = "unknown", .prefix = "unknown", .dims = ANY_DIMS};

static const Node *node_named(const Graph *graph, const char *name)
{
    for (int i = 0; i < graph->node_count; i++)
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
    const char *name = graph_read_name(check, automatic, call);
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

/* The call in a tree whose field `name` is this; NULL when there is none. */
static const Value *find_named(const Value *value, const char *name)
{
    if (value->type != VALUE_TABLE)
        return NULL;
    const Value *own = value->call ? value_get(value, "name") : NULL;
    if (own && own->type == VALUE_STRING && strcmp(own->string, name) == 0)
        return value;
    const Value *found = NULL;
    for (int i = 0; i < value->item_count && !found; i++)
        found = find_named(value->items[i], name);
    for (int i = 0; i < value->field_count && !found; i++)
        found = find_named(value->fields[i].value, name);
    return found;
}

static const char *nearest_layer(const Check *check, const char *name)
{
    const Graph *graph = check->graph;
    const char **names = ARENA_ARRAY(check->arena, graph->node_count + 1, const char *);
    for (int i = 0; i < graph->node_count; i++)
        names[i] = graph->nodes[i].name;
    return nearest_name(name, names);
}

enum { UNKNOWN = -1 };

/* The node called so; UNKNOWN after a message. */
static int resolve(const Walk *walk, const char *who, const Value *from)
{
    Check *check = walk->check;
    if (from->type != VALUE_STRING) {
        diag_error(check->diag, from->span, "%s: from must be the name of a layer, not %s", who,
                   value_type_name(from));
        return UNKNOWN;
    }
    const Node *node = node_named(check->graph, from->string);
    if (node)
        return node->index;
    const Value *later = find_named(walk->root, from->string);
    for (const Around *a = walk->around; a; a = a->outer)
        if (a->call == later) {
            diag_error(check->diag, from->span, "%s: \"%s\" is %s: the graph would have a cycle",
                       who, from->string,
                       a == walk->around ? "what reads it" : "the block around it");
            return UNKNOWN;
        }
    if (later && later != walk->root) {
        diag_error(check->diag, from->span,
                   "%s: \"%s\" stands behind it; a layer reads what is before it", who,
                   from->string);
        diag_note(check->diag, "it stands at %s:%d", later->span.source->path, later->span.line);
        return UNKNOWN;
    }
    const char *near = nearest_layer(check, from->string);
    diag_error(check->diag, from->span, "%s: no layer is called \"%s\"%s%s%s", who, from->string,
               near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
    return UNKNOWN;
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

void graph_add_costs(Check *check, const Node *node)
{
    Graph *graph = check->graph;
    if (!size_add(graph->param_count, node->params.value, &graph->param_count) ||
        graph->param_count > INT32_MAX || !size_add(graph->macs, node->macs.value, &graph->macs))
        check_fail(check, node, "the network has more than %d parameters", INT32_MAX);
    for (int i = 0; i < node->tensor_count; i++)
        if (node->tensors[i].trainable)
            graph->trainable_count += node->tensors[i].count;
}

static Node *add_node(Check *check, const LayerKind *kind, const char *name, const Value *call)
{
    Graph *graph = check->graph;
    Node *node = &graph->nodes[graph->node_count];
    *node = (Node){
        .kind = kind, .name = name, .span = call->span, .call = call, .index = graph->node_count++};
    neutral_options(node);
    return node;
}

/* A node that reads `inputs`; one of them may be UNKNOWN. Returns its index. */
static int add_layer(Check *check, const LayerKind *kind, const Value *call, const int *inputs,
                     int count)
{
    const Node *nodes = check->graph->nodes;
    const char *name = node_name(check, kind, call);
    Node *node = add_node(check, kind, name, call);
    bool known = true;
    node->inputs = ARENA_ARRAY(check->arena, count, int);
    node->input_count = count;
    for (int i = 0; i < count; i++) {
        known = known && inputs[i] != UNKNOWN && nodes[inputs[i]].out.c > 0;
        node->inputs[i] = inputs[i] == UNKNOWN ? 0 : inputs[i];
    }
    node->in = known ? nodes[inputs[0]].out : (Shape){0};
    if (kind->defaults)
        kind->defaults(node);
    bool ok = check_options(check, name, call, kind->options, node, kind->dims == 1 ? 1 : 2);
    if (strcmp(node->activation->name, "softmax") == 0 && node->filters == 1)
        ok = diag_error(check->diag, check_place(node, "activation"),
                        "%s: softmax over one output is always 1; use sigmoid", name);
    if (kind->role != ROLE_ACTIVATION)
        node->alpha = node->activation->alpha;
    if (known && ok && check_dims(check, node) && kind->check(check, node))
        graph_add_costs(check, node);
    else
        node->out = kind->dims == 0 ? (Shape){1, 1, node->filters, 1} : (Shape){0};
    return node->index;
}

static int walk_item(Walk *walk, const char *who, const Value *item, int number, int from);

/* A chain: `{ from = "x", layer, ... }`, behind node `from`. Returns its end. */
static int walk_list(Walk *walk, const char *who, const Value *list, int from)
{
    Check *check = walk->check;
    for (int i = 0; i < list->field_count && !list->call; i++) {
        const Field *field = &list->fields[i];
        if (strcmp(field->name, "from") == 0)
            from = resolve(walk, who, field->value);
        else {
            diag_error(check->diag, field->key, "%s: a list of layers takes no '%s', only from",
                       who, field->name);
            from = UNKNOWN;
        }
    }
    for (int i = 0; i < list->item_count; i++)
        from = walk_item(walk, who, list->items[i], i + 1, from);
    return from;
}

/* One branch of a block: a list, one layer, or the name of a layer. */
static int walk_branch(Walk *walk, const char *who, const Value *branch, int number, int from)
{
    if (branch->type == VALUE_STRING)
        return resolve(walk, who, branch);
    return walk_item(walk, who, branch, number, from);
}

static int walk_block(Walk *walk, const LayerKind *kind, const Value *call, int from)
{
    Check *check = walk->check;
    const char *who = automatic_name(check, kind);
    const bool body = kind->branches == BRANCH_BODY;
    const int count = body ? 2 : call->item_count;
    const Value *shortcut = value_get(call, "shortcut");
    int *ends = ARENA_ARRAY(check->arena, count + 1, int);
    if (call->item_count < (body ? 1 : 2)) {
        diag_error(check->diag, call->span,
                   body ? "%s: it has no layers" : "%s: it needs two branches or more", who);
        return UNKNOWN;
    }
    if (body) {
        Value chain = *call; /* its fields are the block's */
        chain.field_count = 0;
        ends[0] = walk_list(walk, who, &chain, from);
        ends[1] = shortcut ? walk_branch(walk, who, shortcut, 1, from) : from;
    } else {
        for (int i = 0; i < count; i++)
            ends[i] = walk_branch(walk, who, call->items[i], i + 1, from);
    }
    return add_layer(check, kind, call, ends, count);
}

/* A misspelt layer, reported by spec.c: what comes behind it is checked without a shape. */
static int add_unknown(Check *check, const Value *call, int from)
{
    Node *node = add_node(check, &layer_unknown, call->call, call);
    node->inputs = ARENA_ARRAY(check->arena, 1, int);
    node->inputs[node->input_count++] = from == UNKNOWN ? 0 : from;
    return node->index;
}

static bool is_constructor(const char *name)
{
    const char *const *names = graph_constructors();
    while (*names && strcmp(*names, name) != 0)
        names++;
    return *names || strcmp(name, "model") == 0;
}

static int walk_item(Walk *walk, const char *who, const Value *item, int number, int from)
{
    const bool table = item->type == VALUE_TABLE;
    const LayerKind *kind = table && item->call ? layer_find(item->call) : NULL;
    if (table && !item->call)
        return walk_list(walk, who, item, from);
    if (table && !kind && !is_constructor(item->call))
        return add_unknown(walk->check, item, from);
    if (!kind) {
        diag_error(walk->check->diag, item->span, "item %d of %s must be a layer, not %s", number,
                   who, value_type_name(item));
        return UNKNOWN;
    }
    const Value *name = value_get(item, "from");
    const Around around = {item, walk->around};
    walk->around = &around;
    if (name)
        from = resolve(walk, automatic_name(walk->check, kind), name);
    const int end = kind->branches != BRANCH_NONE ? walk_block(walk, kind, item, from)
                                                  : add_layer(walk->check, kind, item, &from, 1);
    walk->around = around.outer;
    return end;
}

/* Layers in a list and in the blocks of it. */
static int count_layers(const Value *list)
{
    const Value *shortcut = value_get(list, "shortcut");
    int count = 0;
    for (int i = 0; i < list->item_count; i++) {
        const Value *item = list->items[i];
        if (item->type == VALUE_TABLE)
            count += (item->call != NULL) + count_layers(item);
    }
    if (shortcut && shortcut->type == VALUE_TABLE)
        count += (shortcut->call != NULL) + count_layers(shortcut);
    return count;
}

/* A layer whose output is lost is a mistake in the graph. */
static void check_readers(Check *check)
{
    const Graph *graph = check->graph;
    bool *read = ARENA_ARRAY(check->arena, graph->node_count, bool);
    for (int i = 1; i < graph->node_count; i++)
        for (int k = 0; k < graph->nodes[i].input_count; k++)
            read[graph->nodes[i].inputs[k]] = true;
    for (int i = 1; i + 1 < graph->node_count; i++)
        if (!read[i])
            diag_error(check->diag, graph->nodes[i].span, "%s: nothing reads its output",
                       graph->nodes[i].name);
}

static void freeze(Graph *graph, Node *node)
{
    node->trainable = false;
    for (int i = 0; i < node->tensor_count; i++) {
        if (node->tensors[i].trainable)
            graph->trainable_count -= node->tensors[i].count;
        node->tensors[i].trainable = node->tensors[i].statistic = false;
    }
}

/* freeze_until = "name": that layer and all that are written before it are not trained. */
static void freeze_until(const Walk *walk, const Value *name)
{
    Graph *graph = walk->check->graph;
    Diag *diag = walk->check->diag;
    if (name->type != VALUE_STRING) {
        diag_error(diag, name->span, "model: freeze_until must be the name of a layer, not %s",
                   value_type_name(name));
        return;
    }
    const Node *last = node_named(graph, name->string);
    const Value *call = find_named(walk->root, name->string);
    if (!last && (!call || call == walk->root)) { /* else the layer has a message of its own */
        const char *near = nearest_layer(walk->check, name->string);
        diag_error(diag, name->span, "model: freeze_until: no layer is called \"%s\"%s%s%s",
                   name->string, near ? "; did you mean \"" : "", near ? near : "",
                   near ? "\"?" : "");
    }
    for (int i = 0; last && i <= last->index; i++)
        freeze(graph, &graph->nodes[i]);
}

void walk_model(Check *check, const Value *root)
{
    Walk walk = {.check = check, .root = root};
    const int before = check->diag->errors, count = count_layers(root);
    if (count > LAYERS_MOST) {
        diag_error(check->diag, root->span, "%d layers; at most %d", count, LAYERS_MOST);
        return;
    }
    check->graph->nodes = arena_grow(check->arena, check->graph->nodes, 1, (size_t)count + 1,
                                     sizeof *check->graph->nodes);
    if (root->item_count == 0)
        diag_error(check->diag, root->span, "the model has no layers");
    for (int i = 0, end = 0; i < root->item_count; i++)
        end = walk_item(&walk, "the model", root->items[i], i + 1, end);
    if (value_get(root, "freeze_until"))
        freeze_until(&walk, value_get(root, "freeze_until"));
    if (check->diag->errors == before)
        check_readers(check);
}
