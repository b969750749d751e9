/* diff.c - the difference of two networks as data, as a table and as JSON. */
#include "diff.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "summary.h"

static void add_change(Arena *arena, Change **changes, int *count, const char *name, const char *a,
                       const char *b)
{
    if (strcmp(a, b) == 0)
        return;
    *changes = arena_grow(arena, *changes, (size_t)*count, (size_t)*count + 1, sizeof **changes);
    (*changes)[(*count)++] = (Change){name, a, b};
}

static const char *line_of(Arena *arena, const char *at)
{
    return arena_copy(arena, at, strcspn(at, "\n"));
}

/* Options are written in the same order for every layer. */
static void compare_options(Arena *arena, LayerDiff *pair)
{
    const char *a = diff_options(arena, pair->a), *b = diff_options(arena, pair->b);
    while (*a && *b) {
        const char *name = arena_copy(arena, a, strcspn(a, "="));
        const char *other = arena_copy(arena, b, strcspn(b, "="));
        a += strlen(name) + 1;
        b += strlen(other) + 1;
        add_change(arena, &pair->changes, &pair->count, name, line_of(arena, a), line_of(arena, b));
        a += strcspn(a, "\n") + 1;
        b += strcspn(b, "\n") + 1;
    }
}

/* The layers that a node reads by their names in B; "" for just the one before it. */
static const char *inputs_text(Arena *arena, const NetworkDiff *diff, const Graph *graph,
                               const Node *node)
{
    Text out = {.arena = arena};
    text_string(&out, "");
    if (node->input_count == 1 && node->inputs[0] == node->index - 1)
        return out.data;
    for (int i = 0; i < node->input_count; i++) {
        const Node *input = &graph->nodes[node->inputs[i]];
        const char *name = input->name;
        for (int k = 0; k < diff->layer_count; k++)
            if (diff->layers[k].a == input && diff->layers[k].b)
                name = diff->layers[k].b->name;
        text_printf(&out, "%s%s", i > 0 ? ", " : "", node->inputs[i] == 0 ? "the input" : name);
    }
    return out.data;
}

static void compare_layers(Arena *arena, const NetworkDiff *diff, LayerDiff *pair)
{
    Change **changes = &pair->changes;
    int *count = &pair->count;
    if (!pair->a || !pair->b)
        return;
    compare_options(arena, pair);
    add_change(arena, changes, count, "from", inputs_text(arena, diff, diff->a->graph, pair->a),
               inputs_text(arena, diff, diff->b->graph, pair->b));
    add_change(arena, changes, count, "output", shape_text(arena, pair->a->out),
               shape_text(arena, pair->b->out));
    add_change(arena, changes, count, "parameters", summary_grouped(arena, pair->a->params.value),
               summary_grouped(arena, pair->b->params.value));
    add_change(arena, changes, count, "multiply-adds", summary_grouped(arena, pair->a->macs.value),
               summary_grouped(arena, pair->b->macs.value));
    if (*count > 0 || strcmp(pair->a->name, pair->b->name) != 0)
        pair->change = LAYER_CHANGED;
}

/* "adam lr=0.001 beta1=0.9 ..."; what is 0 is not there. */
static const char *optimizer_text(Arena *arena, const Optimizer *o)
{
    const struct {
        const char *name;
        double value;
    } values[] = {{"lr", o->lr},
                  {"momentum", o->momentum},
                  {"rho", o->rho},
                  {"beta1", o->beta1},
                  {"beta2", o->beta2},
                  {"epsilon", o->epsilon},
                  {"weight_decay", o->weight_decay},
                  {"clip_norm", o->clip_norm}};
    Text out = {.arena = arena};
    text_string(&out, optimizer_name(o->kind));
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        if (values[i].value != 0)
            text_printf(&out, " %s=%.9g", values[i].name, values[i].value);
    return out.data;
}

static const char *loss_text(Arena *arena, const Graph *graph)
{
    return graph->loss == LOSS_HUBER ? arena_printf(arena, "huber delta=%.9g", graph->huber_delta)
                                     : loss_name(graph->loss);
}

static void compare_models(Arena *arena, NetworkDiff *diff)
{
    const Graph *a = diff->a->graph, *b = diff->b->graph;
    Change **changes = &diff->changes;
    int *count = &diff->count;
    add_change(arena, changes, count, "name", a->name, b->name);
    add_change(arena, changes, count, "input", shape_text(arena, a->nodes[0].out),
               shape_text(arena, b->nodes[0].out));
    add_change(arena, changes, count, "output", shape_text(arena, a->nodes[a->node_count - 1].out),
               shape_text(arena, b->nodes[b->node_count - 1].out));
    add_change(arena, changes, count, "input_layout", a->planar ? "chw" : "hwc",
               b->planar ? "chw" : "hwc");
    add_change(arena, changes, count, "loss", loss_text(arena, a), loss_text(arena, b));
    add_change(arena, changes, count, "optimizer", optimizer_text(arena, &a->optimizer),
               optimizer_text(arena, &b->optimizer));
    add_change(arena, changes, count, "batch", arena_printf(arena, "%" PRId64, diff->a->batch),
               arena_printf(arena, "%" PRId64, diff->b->batch));
}

static void compare_totals(NetworkDiff *diff)
{
    const Plan *a = diff->a, *b = diff->b;
    const Total totals[DIFF_TOTALS] = {
        {"parameters", a->graph->param_count, b->graph->param_count},
        {"trainable", a->graph->trainable_count, b->graph->trainable_count},
        {"multiply-adds", a->graph->macs, b->graph->macs},
        {"flash, bytes", a->params_bytes, b->params_bytes},
        {"predict, bytes", a->scratch_bytes, b->scratch_bytes},
        {"tape, bytes", a->tape_bytes, b->tape_bytes},
        {"optimizer, bytes", a->optimizer_bytes, b->optimizer_bytes}};
    memcpy(diff->totals, totals, sizeof totals);
}

NetworkDiff *diff_networks(Arena *arena, const Plan *a, const Plan *b)
{
    NetworkDiff *diff = ARENA_NEW(arena, NetworkDiff);
    *diff = (NetworkDiff){.a = a, .b = b};
    compare_models(arena, diff);
    /* A name comes from the file's name, and two files never have the same. */
    diff->equal =
        diff->count == 0 || (diff->count == 1 && strcmp(diff->changes[0].name, "name") == 0);
    diff->layer_count = diff_match(arena, a->graph, b->graph, &diff->layers);
    for (int i = 0; i < diff->layer_count; i++) {
        compare_layers(arena, diff, &diff->layers[i]);
        diff->equal &= diff->layers[i].change == LAYER_SAME;
    }
    compare_totals(diff);
    for (int i = 0; i < DIFF_TOTALS; i++)
        diff->equal &= diff->totals[i].a == diff->totals[i].b;
    return diff;
}

static const char *kind_text(Arena *arena, const Node *node)
{
    const char *kind = node->kind->name, *activation = node->activation->name;
    return strcmp(activation, "linear") == 0 || strcmp(activation, kind) == 0
               ? kind
               : arena_printf(arena, "%s %s", kind, activation);
}

static const char *shown(const char *text)
{
    return *text ? text : "none";
}

static void print_layer(Text *out, const LayerDiff *pair)
{
    Arena *arena = out->arena;
    const Node *node = pair->b ? pair->b : pair->a;
    const char *sign = pair->change == LAYER_ADDED     ? "+"
                       : pair->change == LAYER_REMOVED ? "-"
                                                       : "~";
    const char *name = node->name;
    if (pair->a && pair->b && strcmp(pair->a->name, pair->b->name) != 0)
        name = arena_printf(arena, "%s -> %s", pair->a->name, pair->b->name);
    text_printf(out, "  %s %-16s  ", sign, name);
    if (!pair->a || !pair->b)
        text_printf(out, "%s, output %s, %s parameters, %s multiply-adds", kind_text(arena, node),
                    shape_text(arena, node->out), summary_grouped(arena, node->params.value),
                    summary_grouped(arena, node->macs.value));
    for (int i = 0; i < pair->count; i++)
        text_printf(out, "%s%s %s -> %s", i > 0 ? ", " : "", pair->changes[i].name,
                    shown(pair->changes[i].a), shown(pair->changes[i].b));
    text_string(out, pair->count == 0 && pair->a && pair->b ? "only the name\n" : "\n");
}

void diff_table(Text *out, const NetworkDiff *diff)
{
    Arena *arena = out->arena;
    const char *a = diff->a->graph->source->path, *b = diff->b->graph->source->path;
    if (diff->equal) {
        text_printf(out, "%s and %s are the same network\n", a, b);
        return;
    }
    text_printf(out, "%s -> %s\n\n", a, b);
    for (int i = 0; i < diff->count; i++)
        text_printf(out, "  %-18s  %s -> %s\n", diff->changes[i].name, diff->changes[i].a,
                    diff->changes[i].b);
    for (int i = 0; i < diff->layer_count; i++)
        if (diff->layers[i].change != LAYER_SAME)
            print_layer(out, &diff->layers[i]);
    text_string(out, "\n");
    for (int i = 0; i < DIFF_TOTALS; i++) {
        const Total *t = &diff->totals[i];
        text_printf(out, "%-16s %15s -> %15s", t->name, summary_grouped(arena, t->a),
                    summary_grouped(arena, t->b));
        if (t->a == t->b)
            text_string(out, "\n");
        else if (t->a == 0)
            text_string(out, "  new\n");
        else
            text_printf(out, "  %+.1f %%\n", 100.0 * (double)(t->b - t->a) / (double)t->a);
    }
}

static json_t *changes_json(const Change *changes, int count)
{
    json_t *list = json_array();
    for (int i = 0; i < count; i++)
        json_array_append_new(list, json_pack("{s:s,s:s,s:s}", "name", changes[i].name, "a",
                                              changes[i].a, "b", changes[i].b));
    return list;
}

void diff_json(Text *out, const NetworkDiff *diff)
{
    static const char *const words[] = {"same", "changed", "added", "removed"};
    static const char *const keys[DIFF_TOTALS] = {"params",         "trainable",     "macs",
                                                  "params_bytes",   "scratch_bytes", "tape_bytes",
                                                  "optimizer_bytes"};
    json_t *layers = json_array(), *totals = json_object();
    for (int i = 0; i < diff->layer_count; i++) {
        const LayerDiff *d = &diff->layers[i];
        if (d->change != LAYER_SAME)
            json_array_append_new(layers,
                                  json_pack("{s:s,s:s?,s:s?,s:o}", "change", words[d->change], "a",
                                            d->a ? d->a->name : NULL, "b", d->b ? d->b->name : NULL,
                                            "changes", changes_json(d->changes, d->count)));
    }
    for (int i = 0; i < DIFF_TOTALS; i++)
        json_object_set_new(
            totals, keys[i],
            json_pack("[I,I]", (json_int_t)diff->totals[i].a, (json_int_t)diff->totals[i].b));
    json_t *json =
        json_pack("{s:s,s:s,s:b,s:o,s:o,s:o}", "a", diff->a->graph->source->path, "b",
                  diff->b->graph->source->path, "equal", diff->equal, "changes",
                  changes_json(diff->changes, diff->count), "layers", layers, "totals", totals);
    char *text = json_dumps(json, JSON_INDENT(2));
    text_printf(out, "%s\n", text ? text : "null");
    free(text);
    json_decref(json);
}
