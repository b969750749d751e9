/* selftest.c - generates the reference, runs it, reads its numbers, and renders the program twice:
 * for the reference (it prints) and for the user (it compares). */
#include "selftest.h"

#include <stdlib.h>
#include <string.h>

#include "emit.h"
#include "host.h"

/* What is affordable: plain loops in double do about 10^9 multiply-adds a second. */
enum { PICKS = 32, GROUPS = 8, STEPS_TRIED = 10 };
static const int64_t step_macs = 100000000, difference_macs = 500000000;

/* In float the side of a kink is chance for about one activation in a million. */
static const int64_t activations_most = 200000;

static int64_t clamp(int64_t x, int64_t least, int64_t most)
{
    return x < least ? least : x > most ? most : x;
}

/* The bits of all weights, summed up as the program does it. */
static uint32_t weights_hash(const Plan *plan, const float *weights)
{
    uint32_t hash = UINT32_C(2166136261), bits;
    for (int64_t i = 0; weights && i < plan->graph->param_count; i++) {
        memcpy(&bits, &weights[i], sizeof bits);
        hash = (hash ^ bits) * UINT32_C(16777619);
    }
    return hash;
}

/* How much is checked, and how exactly. Rounding is about 1e-7 a value in float; a mistake in the
 * code or one wrong weight is far above these. */
static Value *settings(Arena *arena, const Plan *plan, const float *weights)
{
    Value *table = value_table(arena);
    const bool real64 = plan->options.real64;
    const int64_t macs = plan->graph->macs > 0 ? plan->graph->macs : 1;
    const int64_t pair = clamp(plan->batch, 1, 2);
    int64_t activations = 1;
    for (int i = 1; i < plan->graph->node_count; i++)
        activations += shape_count(plan->graph->nodes[i].out);
    value_set_int(arena, table, "samples",
                  plan->train.count > 0 ? clamp(step_macs / macs, pair, plan->batch) : 2);
    value_set_int(
        arena, table, "compared",
        clamp(activations_most / activations, pair, clamp(step_macs / macs, pair, plan->batch)));
    value_set_int(arena, table, "predicted", plan->train.count > 0 ? pair : 2);
    value_set_int(arena, table, "differed",
                  clamp(step_macs / 10 / macs, pair, clamp(plan->batch, 1, 8)));
    value_set_int(arena, table, "picks", PICKS);
    value_set_int(arena, table, "groups",
                  clamp(difference_macs / (macs * STEPS_TRIED * pair), 1, GROUPS));
    value_set_number(arena, table, "noise", real64 ? 1e-14 : 2e-6);
    value_set_number(arena, table, "rounding", real64 ? 1e-13 : 1e-6);
    value_set_number(arena, table, "least", real64 ? 1e-6 : 1e-3);
    value_set_string(arena, table, "tolerance_output", real64 ? "1e-10" : "1e-4");
    value_set_string(arena, table, "tolerance_loss", real64 ? "1e-10" : "1e-4");
    value_set_number(arena, table, "tolerance_gradient", real64 ? 1e-9 : 2e-3);
    value_set_string(arena, table, "tolerance_step", real64 ? "1e-6" : "2e-2");
    value_set(arena, table, "weights_hash",
              value_string(arena,
                           arena_printf(arena, "%lu", (unsigned long)weights_hash(plan, weights))));
    return table;
}

/* The same network in double and plain loops, for one thread, without limits of memory. */
static Plan *reference_plan(Arena *arena, Diag *diag, const Plan *plan)
{
    Graph *graph = ARENA_NEW(arena, Graph);
    *graph = *plan->graph;
    graph->batch = plan->batch;
    return plan_build(arena, diag, graph,
                      (PlanOptions){.unroll = UNROLL_NONE,
                                    .portable = true,
                                    .inference = plan->options.inference,
                                    .standalone = true,
                                    .real64 = true,
                                    .direct = true});
}

static const char *compiler(void)
{
    static const char *const names[] = {"HOSTCC", "CC"};
    for (int i = 0; i < 2; i++) {
        const char *value = getenv(names[i]);
        if (value && value[strspn(value, " \t\n")])
            return value;
    }
    return "cc";
}

static bool compile(Arena *arena, Diag *diag, const char *program, const char *const *sources)
{
    const char *at = compiler(), *output = "";
    const char **words = ARENA_ARRAY(arena, strlen(at) + 10, const char *);
    int count = 0;
    for (size_t size; (at += strspn(at, " \t\n"), size = strcspn(at, " \t\n")); at += size)
        words[count++] = arena_copy(arena, at, size);
    const char *const tail[] = {"-std=c99", "-O2",      "-ffp-contract=off", "-o",
                                program,    sources[0], sources[1],          NULL};
    memcpy(words + count, tail, sizeof tail);
    const int status = host_run(arena, words, &output);
    if (status == 0)
        return true;
    diag_system(diag, "--selftest: the C compiler %s %s the reference", words[0],
                status < 0 ? "could not be run for" : "refused");
    diag_note(diag, "it must be one for this machine; HOSTCC chooses it where CC is another");
    if (*output)
        diag_note(diag, "%s", output);
    return false;
}

static Value *read_numbers(Arena *arena, const char *text)
{
    Value *list = value_table(arena);
    char *end;
    for (;; text = end) {
        const double number = strtod(text, &end);
        if (end == text)
            return list;
        value_add(arena, list, value_number(arena, number));
    }
}

/* Writes, compiles and runs the reference in a folder of its own. NULL after a message. */
static Value *run_reference(Arena *arena, Diag *diag, const char *folder, const Files *files,
                            const char *text)
{
    const char *const sources[] = {arena_printf(arena, "%s/reference.c", folder),
                                   arena_printf(arena, "%s/main.c", folder)};
    const char *header = arena_printf(arena, "%s/reference.h", folder), *output = "";
    const char *program = arena_printf(arena, "%s/run", folder);
    const char *const words[] = {program, NULL};
    if (!host_write(diag, sources[0], files->source, strlen(files->source)) ||
        !host_write(diag, header, files->header, strlen(files->header)) ||
        !host_write(diag, sources[1], text, strlen(text)) ||
        !compile(arena, diag, program, sources))
        return NULL;
    const int status = host_run(arena, words, &output);
    if (status == 0)
        return read_numbers(arena, output);
    diag_system(diag, "--selftest: the reference could not be run (status %d)", status);
    diag_note(diag, "HOSTCC chooses a compiler for this machine where CC is one for another");
    return NULL;
}

char *selftest_text(Arena *arena, Diag *diag, const Plan *plan, const char *include,
                    const float *weights, const char *templates)
{
    static const char name[] = "reference.h";
    Files files;
    Value *table = settings(arena, plan, weights), *golden = NULL;
    const bool has_weights = weights != NULL;
    const Plan *reference = reference_plan(arena, diag, plan);
    value_set_bool(arena, table, "reference", true);
    if (!reference || !emit_files(arena, diag, reference, name, weights, templates, &files))
        return NULL;
    char *text = emit_selftest(arena, diag, reference, name, has_weights, table, templates);
    const char *folder = text ? host_temporary_folder(arena, diag) : NULL;
    if (folder) {
        golden = run_reference(arena, diag, folder, &files, text);
        host_remove_folder(folder);
    }
    if (!golden)
        return NULL;
    value_set_bool(arena, table, "reference", false);
    value_set(arena, table, "golden", golden);
    return emit_selftest(arena, diag, plan, include, has_weights, table, templates);
}
