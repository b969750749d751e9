/* summary.c - the table of layers: output shape, parameters with their formula, multiply-adds,
 * memory. */
#include "summary.h"

#include <inttypes.h>
#include <jansson.h>
#include <string.h>

enum { COLUMNS = 6 };

typedef struct {
    const char *cell[COLUMNS];
} Row;

/* 2631040 → "2,631,040" */
static char *grouped(Arena *arena, int64_t number)
{
    char *digits = arena_printf(arena, "%" PRId64, number);
    Text out = {.arena = arena};
    const size_t size = strlen(digits);
    for (size_t i = 0; i < size; i++)
        text_printf(&out, "%s%c", i > 0 && (size - i) % 3 == 0 ? "," : "", digits[i]);
    return out.data;
}

char *summary_grouped(Arena *arena, int64_t number)
{
    return grouped(arena, number);
}

static Row layer_row(Arena *arena, const Node *node)
{
    const char *kind = node->kind->name;
    const char *activation = node->activation->name;
    if (strcmp(activation, "linear") != 0 && strcmp(activation, kind) != 0)
        kind = arena_printf(arena, "%s %s", kind, activation);
    if (node->tensor_count > 0 && !node->trainable)
        kind = arena_printf(arena, "%s (frozen)", kind);
    return (Row){{node->name, kind, shape_text(arena, node->out),
                  grouped(arena, node->params.value), grouped(arena, node->macs.value),
                  node->params.text ? node->params.numbers : ""}};
}

static void print_row(Text *out, const Row *row, const int *width)
{
    for (int i = 0; i < COLUMNS; i++) {
        const bool number = i == 3 || i == 4;
        const char *cell = row->cell[i];
        if (i == COLUMNS - 1)
            text_printf(out, "%s%s", cell[0] ? "  = " : "", cell);
        else
            text_printf(out, number ? "%s%*s" : "%s%-*s", i ? "  " : "", width[i], cell);
    }
    while (out->size > 0 && out->data[out->size - 1] == ' ')
        out->data[--out->size] = '\0';
    text_string(out, "\n");
}

static void print_memory(Text *out, const Plan *plan)
{
    const int64_t real = plan->options.real64 ? 8 : 4;
    Arena *arena = out->arena;
    text_printf(out, "\nparameters      %15s bytes\n", grouped(arena, plan->params_bytes));
    text_printf(out, "predict scratch %15s bytes, at least %s alive at once\n",
                grouped(arena, plan->scratch_bytes),
                grouped(arena, plan->predict.lower_bound * real));
    if (plan->train.count == 0)
        return;
    text_printf(
        out, "training tape   %15s bytes for a batch of %" PRId64 ", at least %s alive at once\n",
        grouped(arena, plan->tape_bytes), plan->batch,
        grouped(arena, plan->parts * (plan->train.lower_bound + plan->summed) * real));
    if (plan->recomputed_macs > 0)
        text_printf(out, "recomputed      %15s multiply-adds a sample, %.0f %% of forward's\n",
                    grouped(arena, plan->recomputed_macs),
                    100.0 * (double)plan->recomputed_macs / (double)plan->graph->macs);
    if (plan->parts > 1)
        text_printf(out, "threads         %15d (samples of each: at most %" PRId64 ")\n",
                    plan->parts, plan->graph->batch);
    text_printf(out, "optimizer       %15s bytes (%s)\n", grouped(arena, plan->optimizer_bytes),
                optimizer_name(plan->graph->optimizer.kind));
}

void summary_table(Text *out, const Plan *plan)
{
    const Graph *graph = plan->graph;
    Arena *arena = out->arena;
    const int count = graph->node_count + 1;
    Row *rows = ARENA_ARRAY(arena, count, Row);
    int width[COLUMNS] = {0};
    rows[0] = (Row){{"layer", "kind", "output", "parameters", "multiply-adds", ""}};
    for (int i = 1; i < graph->node_count; i++)
        rows[i] = layer_row(arena, &graph->nodes[i]);
    rows[count - 1] = (Row){
        {"total", "", "", grouped(arena, graph->param_count), grouped(arena, graph->macs), ""}};
    for (int r = 0; r < count; r++)
        for (int i = 0; i < COLUMNS; i++)
            if ((int)strlen(rows[r].cell[i]) > width[i])
                width[i] = (int)strlen(rows[r].cell[i]);
    text_printf(out, "%s: input %s, loss %s, optimizer %s, batch %" PRId64 "\n\n", graph->name,
                shape_text(arena, graph->nodes[0].out), loss_name(graph->loss),
                optimizer_name(graph->optimizer.kind), plan->batch);
    for (int r = 0; r < count; r++)
        print_row(out, &rows[r], width);
    print_memory(out, plan);
}

static json_t *shape_json(Shape shape)
{
    if (shape.rank == 3)
        return json_pack("[I,I,I]", (json_int_t)shape.h, (json_int_t)shape.w, (json_int_t)shape.c);
    if (shape.rank == 2)
        return json_pack("[I,I]", (json_int_t)shape.w, (json_int_t)shape.c);
    return json_pack("[I]", (json_int_t)shape.c);
}

static json_t *plan_json(const Plan *plan)
{
    const Graph *graph = plan->graph;
    json_t *layers = json_array();
    for (int i = 1; i < graph->node_count; i++) {
        const Node *n = &graph->nodes[i];
        json_array_append_new(
            layers, json_pack("{s:s,s:s,s:s,s:o,s:o,s:I,s:s?,s:I,s:s?}", "name", n->name, "kind",
                              n->kind->name, "activation", n->activation->name, "input",
                              shape_json(n->in), "output", shape_json(n->out), "params",
                              (json_int_t)n->params.value, "params_formula", n->params.text, "macs",
                              (json_int_t)n->macs.value, "macs_formula", n->macs.text));
    }
    return json_pack(
        "{s:s,s:o,s:o,s:s,s:s,s:I,s:i,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:o}", "name", graph->name,
        "input", shape_json(graph->nodes[0].out), "output",
        shape_json(graph->nodes[graph->node_count - 1].out), "loss", loss_name(graph->loss),
        "optimizer", optimizer_name(graph->optimizer.kind), "batch", (json_int_t)plan->batch,
        "threads", plan->parts, "params", (json_int_t)graph->param_count, "trainable",
        (json_int_t)graph->trainable_count, "macs", (json_int_t)graph->macs, "params_bytes",
        (json_int_t)plan->params_bytes, "scratch_bytes", (json_int_t)plan->scratch_bytes,
        "scratch_lower_bound", (json_int_t)(plan->predict.lower_bound * 4), "tape_bytes",
        (json_int_t)plan->tape_bytes, "optimizer_bytes", (json_int_t)plan->optimizer_bytes,
        "layers", layers);
}

static void add_json(Text *out, json_t *json)
{
    char *text = json_dumps(json, JSON_INDENT(2));
    text_printf(out, "%s\n", text ? text : "null");
    free(text);
    json_decref(json);
}

void summary_json(Text *out, const Plan *plan)
{
    add_json(out, plan_json(plan));
}

static json_t *message_json(const Message *m)
{
    json_t *notes = json_array();
    for (int i = 0; i < m->note_count; i++)
        json_array_append_new(notes, json_string(m->notes[i]));
    return json_pack("{s:s,s:s?,s:i,s:i,s:s,s:o}", "severity",
                     m->severity == SEVERITY_ERROR ? "error" : "warning", "file",
                     m->span.source ? m->span.source->path : NULL, "line", m->span.line, "column",
                     m->span.column, "message", m->text, "notes", notes);
}

void check_json(Text *out, const char *path, const Diag *diag, int first_message, const Plan *plan)
{
    json_t *messages = json_array();
    bool ok = plan != NULL;
    for (int i = first_message; i < diag->count; i++) {
        json_array_append_new(messages, message_json(&diag->messages[i]));
        ok &= diag->messages[i].severity != SEVERITY_ERROR;
    }
    add_json(out, json_pack("{s:s,s:b,s:o,s:o}", "spec", path, "ok", ok, "messages", messages,
                            "model", plan ? plan_json(plan) : json_null()));
}

static void check_limit(Diag *diag, Span span, const char *what, int64_t used, int64_t limit)
{
    if (limit > 0 && used > limit) {
        diag_error(diag, span, "%s: %" PRId64 " is over the limit of %" PRId64, what, used, limit);
    }
}

bool budget_check(Diag *diag, const Plan *plan, const Budget *extra)
{
    const int before = diag->errors;
    const Budget *budgets[] = {&plan->graph->budget, extra};
    for (int i = 0; i < 2; i++) {
        const Budget *b = budgets[i];
        const Span span = b->span.source ? b->span : plan->graph->nodes[0].call->span;
        check_limit(diag, span, "number of parameters", plan->graph->param_count, b->params);
        check_limit(diag, span, "number of multiply-adds", plan->graph->macs, b->macs);
        check_limit(diag, span, "bytes of RAM (predict scratch)", plan->scratch_bytes, b->ram);
        check_limit(diag, span, "bytes of flash (parameters)", plan->params_bytes, b->flash);
    }
    return diag->errors == before;
}
