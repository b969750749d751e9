/* emit.c - renders the templates, puts the runtime in for --standalone and the weights behind. */
#include "emit.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <zlib.h>

#include "render.h"
#include "runtime_text.h"
#include "stack.h"

/* What calls and spilled registers take beside local arrays on a processor without vectors: a frame
 * has what one tile keeps, and compilers inline the tiles of a step one after another. clang -O2
 * may keep more, the more steps there are. */
enum { STACK_CALLS = 1024 };

/* Hexadecimal floats are exact, and compile in half the time of decimal ones. */
static void add_number(Text *out, float x)
{
    if (x == 0)
        text_string(out, signbit(x) ? "-0.0f" : "0.0f");
    else
        text_printf(out, "%af", (double)x);
}

/* The array of one tensor, one pair of braces for every dimension. Returns what follows the values
 * it used. */
static const float *add_values(Text *out, const Tensor *tensor, int dim, const float *values)
{
    const bool innermost = dim == tensor->rank - 1;
    text_string(out, "{");
    for (int64_t i = 0; i < tensor->dims[dim]; i++) {
        if (i > 0)
            text_string(out, innermost && i % 8 != 0 ? ", " : ",\n");
        if (innermost)
            add_number(out, *values++);
        else
            values = add_values(out, tensor, dim + 1, values);
    }
    text_string(out, "}");
    return values;
}

static const float *values_of(const Plan *plan, const Tensor *tensor, const float *weights)
{
    for (int i = 0; i < plan->slot_count; i++) {
        if (plan->slots[i].tensor == tensor)
            return weights;
        weights += plan->slots[i].tensor->count;
    }
    return NULL;
}

static const Slot *next_slot(const Plan *plan, int64_t from)
{
    const Slot *next = NULL;
    for (int i = 0; i < plan->slot_count; i++)
        if (plan->slots[i].offset >= from && (!next || plan->slots[i].offset < next->offset))
            next = &plan->slots[i];
    return next;
}

/* const NAME_params NAME_weights = { .conv1 = { .kernel = { ... } } }; in the order of the struct.
 */
static char *weights_text(Arena *arena, const Plan *plan, const float *weights)
{
    Text out = {.arena = arena};
    const char *name = plan->graph->name, *layer = NULL;
    text_printf(&out, "\n#if defined(__GNUC__)\n__attribute__((aligned(64)))\n#endif\n");
    text_printf(&out, "const %s_params %s_weights = {\n", name, name);
    for (const Slot *s = next_slot(plan, 0); s; s = next_slot(plan, s->offset + s->tensor->count)) {
        const char *part = s->tensor->statistic ? "_moving" : ""; /* a struct of its own */
        const char *own = arena_printf(arena, "%s%s", s->tensor->layer, part);
        if (!layer || strcmp(layer, own) != 0)
            text_printf(&out, "%s.%s = {\n", layer ? "},\n" : "", own);
        layer = own;
        text_printf(&out, ".%s = ", s->tensor->name);
        add_values(&out, s->tensor, 0, values_of(plan, s->tensor, weights));
        text_string(&out, ",\n");
    }
    text_printf(&out, "%s};\n", layer ? "},\n" : ".slack = { 0 }\n"); /* no braces without values */
    return out.data;
}

/* The line of the source that stands for the runtime is replaced by the functions the network
 * calls. */
static char *put_runtime(Arena *arena, const char *source, const char *const *functions,
                         bool real64)
{
    static const char marker[] = "CNNGEN_RUNTIME\n";
    const char *at = strstr(source, marker);
    int count = 0;
    while (functions[count])
        count++;
    const char *runtime = count > 0 ? runtime_standalone(arena, functions, count, real64) : "";
    return arena_printf(arena, "%.*s%s%s", (int)(at - source), source, runtime,
                        at + sizeof marker - 1);
}

/* As C, of the values as little-endian bytes, as NAME_crc computes it. */
static const char *weights_crc(Arena *arena, const Plan *plan, const float *weights)
{
    uLong crc = crc32(0, NULL, 0);
    for (int64_t i = 0; i < plan->graph->param_count; i++) {
        const double wide = (double)weights[i];
        unsigned char bytes[8];
        uint32_t narrow;
        uint64_t bits;
        memcpy(&narrow, &weights[i], sizeof narrow);
        memcpy(&bits, &wide, sizeof bits);
        bits = plan->options.real64 ? bits : narrow;
        for (int k = 0; k < 8; k++)
            bytes[k] = (unsigned char)(bits >> (8 * k));
        crc = crc32(crc, bytes, plan->options.real64 ? 8 : 4);
    }
    return arena_printf(arena, "0x%08lxu", (unsigned long)crc);
}

bool emit_files(Arena *arena, Diag *diag, const Plan *plan, const char *include,
                const float *weights, const char *templates, Files *out)
{
    Value *model = plan_value(arena, plan, weights != NULL);
    const Rendering rendering = {templates, model};
    value_set_string(arena, model, "header", include);
    const char *const *functions;
    char *source = render_template(arena, diag, &rendering, "source.c.t", &functions);
    if (!source)
        return false;
    if (plan->options.standalone)
        source = put_runtime(arena, source, functions, plan->options.real64);
    source = indent_text(arena, source);
    value_set_int(arena, model, "stack_bytes",
                  STACK_CALLS + stack_arrays(source, plan->options.real64));
    if (weights)
        source = arena_printf(arena, "%s%s", source,
                              indent_text(arena, weights_text(arena, plan, weights)));
    if (weights)
        value_set_string(arena, model, "weights_crc", weights_crc(arena, plan, weights));
    char *header = render_template(arena, diag, &rendering, "header.h.t", &functions);
    if (!header)
        return false;
    *out = (Files){source, indent_text(arena, header)};
    return true;
}

char *emit_selftest(Arena *arena, Diag *diag, const Plan *plan, const char *include,
                    bool has_weights, Value *selftest, const char *templates)
{
    Value *model = plan_value(arena, plan, has_weights);
    const Rendering rendering = {templates, model};
    const char *const *functions;
    value_set_string(arena, model, "header", include);
    value_set(arena, model, "selftest", selftest);
    char *text = render_template(arena, diag, &rendering, "selftest.c.t", &functions);
    return text ? indent_text(arena, text) : NULL;
}
