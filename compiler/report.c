/* report.c - the facts of a report: the network, its layers and what each of them costs; and the
 * forms it is written in. */
#include "report.h"

#include <inttypes.h>
#include <jansson.h>
#include <string.h>

#include "render.h"
#include "tile.h"
#include "version.h"

const char *report_family(const Node *node)
{
    const Recipe *r = node->kind->recipe;
    const Role role = node->kind->role;
    if (role == ROLE_SUM || role == ROLE_PRODUCT || role == ROLE_CONCAT)
        return "join";
    if (r && r->linear)
        return node->kind->dims > 0 ? "conv" : "dense";
    if (r && (r->pool || strstr(node->kind->name, "pool")))
        return "pool";
    return r && (r->normalizes || node->tensor_count > 0) ? "norm" : "shape";
}

/* Multiply-adds a sample of the gradients of a node: as many as forward's for that of its
 * parameters, as many for that of its input, where they are wanted; and forward's where training
 * computes it again. */
static int64_t backward_macs(const Plan *plan, const Node *node)
{
    int64_t times = 0;
    for (int i = 0; i < plan->train.count; i++) {
        const Step *s = &plan->train.steps[i];
        if (s->node == node && s->recipe == node->kind->recipe && s->backward)
            times += s->trainable + (s->wants_dx || s->wants_dz) + s->recomputed;
    }
    return times * node->macs.value;
}

static const char *kind_text(Arena *arena, const Node *node)
{
    const char *kind = node->kind->name, *activation = node->activation->name;
    if (strcmp(activation, "linear") != 0 && strcmp(activation, kind) != 0)
        kind = arena_printf(arena, "%s %s", kind, activation);
    return node->tensor_count > 0 && !node->trainable ? arena_printf(arena, "%s (frozen)", kind)
                                                      : kind;
}

static Value *layer_value(Arena *arena, const Plan *plan, const Node *node)
{
    const int64_t real = plan->options.real64 ? 8 : 4;
    Value *table = value_table(arena);
    value_set_string(arena, table, "name", node->name);
    value_set_string(arena, table, "kind", kind_text(arena, node));
    value_set_string(arena, table, "family", report_family(node));
    value_set_string(arena, table, "output", shape_text(arena, node->out));
    value_set_int(arena, table, "params", node->params.value);
    value_set_string(arena, table, "params_numbers", node->params.text ? node->params.numbers : "");
    value_set_int(arena, table, "params_bytes", node->params.value * real);
    value_set_int(arena, table, "macs", node->macs.value);
    value_set_string(arena, table, "macs_numbers", node->macs.text ? node->macs.numbers : "");
    value_set_int(arena, table, "backward_macs", backward_macs(plan, node));
    value_set_int(arena, table, "predict_bytes", report_node_bytes(plan, node, false));
    value_set_int(arena, table, "train_bytes", report_node_bytes(plan, node, true));
    return table;
}

static void set_network(Arena *arena, Value *report, const Plan *plan)
{
    const Graph *graph = plan->graph;
    const char *slash = strrchr(graph->source->path, '/');
    Value *layers = value_table(arena);
    int64_t backward = 0;
    for (int i = 1; i < graph->node_count; i++) {
        value_add(arena, layers, layer_value(arena, plan, &graph->nodes[i]));
        backward += backward_macs(plan, &graph->nodes[i]);
    }
    value_set(arena, report, "layers", layers);
    value_set_string(arena, report, "name", graph->name);
    value_set_string(arena, report, "spec", slash ? slash + 1 : graph->source->path);
    value_set_string(arena, report, "version", CNNGEN_VERSION);
    value_set_string(arena, report, "input", shape_text(arena, graph->nodes[0].out));
    value_set_string(arena, report, "output",
                     shape_text(arena, graph->nodes[graph->node_count - 1].out));
    value_set_string(arena, report, "loss", loss_name(graph->loss));
    value_set_string(arena, report, "optimizer", optimizer_name(graph->optimizer.kind));
    value_set_string(arena, report, "real", plan->options.real64 ? "double" : "float");
    value_set_string(arena, report, "unroll",
                     plan->options.unroll == UNROLL_AUTO ? "auto" : "other");
    value_set_int(arena, report, "batch", plan->batch);
    value_set_int(arena, report, "threads", plan->parts);
    value_set_int(arena, report, "params", graph->param_count);
    value_set_int(arena, report, "trainable", graph->trainable_count);
    value_set_int(arena, report, "macs", graph->macs);
    value_set_int(arena, report, "backward_macs", backward);
    value_set_int(arena, report, "params_bytes", plan->params_bytes);
    value_set_int(arena, report, "scratch_bytes", plan->scratch_bytes);
    value_set_int(arena, report, "tape_bytes", plan->tape_bytes);
    value_set_int(arena, report, "optimizer_bytes", plan->optimizer_bytes);
}

static void set_tiles(Arena *arena, Value *report, const Plan *plan)
{
    Value *tiles = value_table(arena);
    if (plan->options.unroll == UNROLL_AUTO) {
        tile_words(arena, tiles, plan, &plan->predict, false);
        if (plan->train.count > 0)
            tile_words(arena, tiles, plan, &plan->train, true);
    }
    value_set(arena, report, "tiles", tiles);
    value_set_string(arena, report, "tile_unit", plan->options.portable ? "block" : "vector");
}

static json_t *value_json(const Value *value)
{
    json_t *json;
    switch (value->type) {
    case VALUE_NIL:
        return json_null();
    case VALUE_BOOL:
        return json_boolean(value->boolean);
    case VALUE_INT:
        return json_integer((json_int_t)value->integer);
    case VALUE_NUMBER:
        return json_real(value->number);
    case VALUE_STRING:
        return json_string(value->string);
    case VALUE_TABLE:
        break;
    }
    if (value->field_count == 0) {
        json = json_array();
        for (int i = 0; i < value->item_count; i++)
            json_array_append_new(json, value_json(value->items[i]));
        return json;
    }
    json = json_object();
    for (int i = 0; i < value->field_count; i++)
        json_object_set_new(json, value->fields[i].name, value_json(value->fields[i].value));
    return json;
}

static char *json_text(Arena *arena, const Value *report)
{
    json_t *json = value_json(report);
    char *text = json_dumps(json, JSON_INDENT(2)), *copy;
    copy = arena_printf(arena, "%s\n", text ? text : "null");
    free(text);
    json_decref(json);
    return copy;
}

char *report_text(Arena *arena, Diag *diag, const Plan *plan, const ReportOptions *options)
{
    static const char *const templates[] = {"report.html.t", "report.svg.t", "report.dot.t"};
    const char *const *functions;
    Value *report = value_table(arena);
    set_network(arena, report, plan);
    report_graph(arena, report, plan);
    report_memory(arena, report, plan);
    set_tiles(arena, report, plan);
    report_filters(arena, report, plan, options->weights);
    report_maps(arena, report, options->maps);
    if (options->format == REPORT_JSON)
        return json_text(arena, report);
    const Rendering rendering = {options->templates, report};
    return render_template(arena, diag, &rendering, templates[options->format], &functions);
}
