/* import_text.c - layers as a person would write them down.
 *
 * The spec is a walk from the output back to the input. What all ways to a layer lead through
 * (`above`) is where the block begins that joins them; its branches are walks from their ends back
 * to there. A walk that meets a layer that another branch has written already begins with its name.
 */
#include <string.h>

#include "import_graph.h"
#include "layer.h"

enum { DEPTH_MOST = 60, NAME_SHOWN = 60 };

typedef struct {
    Import *import;
    Text *text;
    int depth;
    bool too_deep;
} Writer;

static void find_above(Import *import)
{
    ImportLayer *layers = import->layers;
    for (int i = 1; i < import->layer_count; i++) {
        int above = layers[i].inputs[0];
        for (int k = 1; k < layers[i].input_count; k++)
            for (int other = layers[i].inputs[k]; above != other;) {
                if (above > other)
                    above = layers[above].above;
                else
                    other = layers[other].above;
            }
        layers[i].above = above;
    }
}

/* The layers behind *start up to `end`, in order; *start is `stop`, or a layer written before. */
static int *walk(Writer *w, int end, int stop, int *start, int *count)
{
    const ImportLayer *layers = w->import->layers;
    int *list = NULL;
    *count = 0;
    for (*start = end; *start != stop && !layers[*start].written; *start = layers[*start].above)
        ++*count;
    list = ARENA_ARRAY(w->import->arena, *count + 1, int);
    for (int at = end, i = *count; i-- > 0; at = layers[at].above)
        list[i] = at;
    return list;
}

static void indent(Writer *w)
{
    text_printf(w->text, "%*s", 2 * w->depth, "");
}

/* What is left to say of a layer, behind `before`. */
static void write_end(Writer *w, int at, const char *before)
{
    const ImportLayer *layer = &w->import->layers[at];
    const char *comma = before;
    if (*layer->options)
        text_printf(w->text, "%s%s", comma, layer->options), comma = ", ";
    if (layer->takes_bias && layer->weight_count == 1)
        text_printf(w->text, "%sbias = false", comma), comma = ", ";
    if (layer->activation)
        text_printf(w->text, "%sactivation = \"%s\"", comma, layer->activation), comma = ", ";
    if (layer->named && layer->name)
        text_printf(w->text, "%sname = \"%s\"", comma, layer->name);
}

static void write_layers(Writer *w, const int *list, int count);

static const char *name_of(Writer *w, int at)
{
    ImportLayer *layer = &w->import->layers[at];
    layer->named = true;
    return layer->name ? layer->name : "";
}

static bool is_simple(const ImportLayer *layer)
{
    return layer->input_count == 1;
}

static void write_one(Writer *w, int at)
{
    const ImportLayer *layer = &w->import->layers[at];
    Text *text = w->text;
    const size_t size = text->size;
    text_printf(text, "%s {", layer->call);
    write_end(w, at, " ");
    text_string(text, text->size == size + strlen(layer->call) + 2 ? "}" : " }");
    w->import->layers[at].written = true;
    w->import->order[w->import->order_count++] = at;
}

/* One branch between braces: nothing, a name, one layer, or lines. */
static void write_branch(Writer *w, int end, int stop)
{
    int start, count;
    const int *list = walk(w, end, stop, &start, &count);
    Text *text = w->text;
    if (count == 0 && start == stop)
        text_string(text, "{}");
    else if (count == 0)
        text_printf(text, "\"%s\"", name_of(w, start));
    else if (count == 1 && start == stop && is_simple(&w->import->layers[end])) {
        text_string(text, "{ ");
        write_one(w, end);
        text_string(text, " }");
    } else {
        text_string(text, "{\n");
        w->depth++;
        if (start != stop) {
            indent(w);
            text_printf(text, "from = \"%s\",\n", name_of(w, start));
        }
        write_layers(w, list, count);
        w->depth--;
        indent(w);
        text_string(text, "}");
    }
}

/* A sum of two whose second input is where the block begins, or a short way from there. */
static bool is_residual(Writer *w, int at, int *body, int *shortcut)
{
    const ImportLayer *layer = &w->import->layers[at];
    int lengths[2], starts[2];
    if (strcmp(layer->call, "add") != 0 || layer->input_count != 2)
        return false;
    for (int i = 0; i < 2; i++)
        walk(w, layer->inputs[i], layer->above, &starts[i], &lengths[i]);
    const int longer = lengths[1] > lengths[0];
    *body = layer->inputs[longer];
    *shortcut = layer->inputs[!longer];
    return starts[0] == layer->above && starts[1] == layer->above && lengths[longer] > 0 &&
           lengths[!longer] < lengths[longer] && lengths[!longer] <= 2;
}

static void write_block(Writer *w, int at)
{
    const ImportLayer *layer = &w->import->layers[at];
    Text *text = w->text;
    int body, shortcut, start, count;
    const bool residual = is_residual(w, at, &body, &shortcut);
    text_printf(text, "%s {\n", residual ? "residual" : layer->call);
    w->depth++;
    if (residual) {
        const int *list = walk(w, body, layer->above, &start, &count);
        write_layers(w, list, count);
        if (shortcut != layer->above) {
            indent(w);
            text_string(text, "shortcut = ");
            write_branch(w, shortcut, layer->above);
            text_string(text, ",\n");
        }
        w->import->layers[at].call = "residual";
    } else
        for (int i = 0; i < layer->input_count; i++) {
            indent(w);
            write_branch(w, layer->inputs[i], layer->above);
            text_string(text, ",\n");
        }
    Text rest = {.arena = w->import->arena};
    Writer end = {.import = w->import, .text = &rest};
    write_end(&end, at, "");
    if (rest.size > 0) {
        indent(w);
        text_printf(text, "%s,\n", rest.data);
    }
    w->depth--;
    indent(w);
    text_string(text, "}");
    w->import->layers[at].written = true;
    w->import->order[w->import->order_count++] = at;
}

static void write_layers(Writer *w, const int *list, int count)
{
    if (w->depth > DEPTH_MOST) {
        w->too_deep = true;
        return;
    }
    for (int i = 0; i < count; i++) {
        indent(w);
        (is_simple(&w->import->layers[list[i]]) ? write_one : write_block)(w, list[i]);
        text_string(w->text, ",\n");
    }
}

/* The names cnngen gives by itself: conv1, conv2, ... */
static void number_layers(Import *import)
{
    for (int i = 0; i < import->order_count; i++) {
        ImportLayer *layer = &import->layers[import->order[i]];
        const char *prefix = layer_find(layer->call)->prefix;
        int n = 1;
        for (int k = 0; k < i; k++)
            n += strcmp(layer_find(import->layers[import->order[k]].call)->prefix, prefix) == 0;
        layer->name = arena_printf(import->arena, "%s%d", prefix, n);
    }
}

/* A name of the file, in a comment. */
static char *shown(Arena *arena, const char *name)
{
    char *text = arena_printf(arena, "%.*s", NAME_SHOWN, name);
    for (char *c = text; *c; c++)
        if (*c < ' ' || *c > '~')
            *c = '?';
    return text;
}

/* How a value lies, such that a program can turn it: its shape, cut into parts where axes were
 * joined, and the order of these from the outermost to the innermost. */
static void write_places(Text *text, const char *what, const Import *import, const Placed *v)
{
    int order[PARTS_MOST];
    const bool kept = import->planar && v == &import->input; /* the caller's order */
    text_printf(text, "-- %s \"%s\" (", what, shown(text->arena, v->name));
    for (int i = 0; i < v->rank; i++)
        text_printf(text, "%s%lld", i ? "x" : "", (long long)v->dims[i]);
    text_string(text, v->rank == 0 ? "1) as 1" : ") as ");
    for (int i = 0; i < v->part_count; i++) {
        int at = i;
        text_printf(text, "%s%lld", i ? "x" : "", (long long)v->parts[i].size);
        for (; at > 0; at--) {
            const int64_t a = v->parts[order[at - 1]].stride, b = v->parts[i].stride;
            if (kept || a == BATCH || (b != BATCH && a > b))
                break;
            order[at] = order[at - 1];
        }
        order[at] = i;
    }
    text_string(text, v->rank > 0 && v->part_count == 0 ? "1, axes in order" : ", axes in order");
    for (int i = 0; i < v->part_count; i++)
        text_printf(text, " %d", order[i]);
    text_string(text, v->part_count == 0 ? " 0\n" : "\n");
}

static bool is_sayable(const Writer *w)
{
    Import *import = w->import;
    if (w->too_deep)
        return import_refuse(import, "its branches lie too deep in each other");
    for (int i = 0; i < import->order_count; i++)
        if (import_is_erf(&import->layers[import->order[i]]))
            return import_refuse(import,
                                 "an Erf is not part of a gelu, x*(1 + erf(x/sqrt(2)))/2; cnngen "
                                 "has no such layer");
    return true;
}

const char *import_text(Import *import, const char *spec, const char *weights)
{
    const Placed *output = &import->values[import->output];
    Text text = {.arena = import->arena};
    Writer writer = {.import = import, .text = &text};
    const Shape input = import->layers[0].out;
    int start, count;
    find_above(import);
    import->order = ARENA_ARRAY(import->arena, import->layer_count, int);
    for (int pass = 0; pass < 2; pass++) { /* the first finds which layers need names */
        text.size = 0;
        import->order_count = 0;
        for (int i = 0; i < import->layer_count; i++)
            import->layers[i].written = false;
        for (int i = 0; i < import->layer_count; i++) /* the pass before may have called it so */
            if (strcmp(import->layers[i].call, "residual") == 0)
                import->layers[i].call = "add";
        text_printf(
            &text,
            "-- %s: from an ONNX model; its weights are in %s. Values lie channels last%s:\n", spec,
            weights, import->planar ? ", the input channels first" : "");
        write_places(&text, "input", import, &import->input);
        write_places(&text, "output", import, output);
        if (import->logarithm)
            text_string(&text,
                        "-- The model's output is the logarithm of this one (LogSoftmax).\n");
        text_printf(&text, "return model {\n  input = \"%s\",\n", shape_text(import->arena, input));
        if (import->planar && input.rank > 1)
            text_string(&text, "  input_layout = \"chw\",\n");
        writer.depth = 1;
        const int *list = walk(&writer, output->layer, 0, &start, &count);
        write_layers(&writer, list, count);
        text_string(&text, "}\n");
        if (!is_sayable(&writer))
            return NULL;
        number_layers(import);
        if (pass == 1)
            break;
    }
    return text.data;
}
