/* main.c - start reading here: Source → Model → Graph → Plan → Files, one call per arrow. */
#include <stdio.h>
#include <string.h>

#include "arguments.h"
#include "depfile.h"
#include "diff.h"
#include "emit.h"
#include "export.h"
#include "host.h"
#include "import.h"
#include "misra.h"
#include "report.h"
#include "sarif.h"
#include "selftest.h"
#include "summary.h"
#include "version.h"
#include "weights.h"

typedef struct {
    Arena *arena;
    Diag *diag;
    const Arguments *arguments;
} Job;

/* The first three arrows; NULL after messages. */
static Plan *plan_spec(const Job *job, const char *path, PlanOptions options)
{
    const Arguments *a = job->arguments;
    Text dump = {.arena = job->arena};
    const int before = job->diag->errors;
    job->diag->rule = RULE_FILE;
    Source *source = host_read(job->arena, job->diag, path, SPEC_BYTES);
    if (!source)
        return NULL;
    job->diag->rule = RULE_SPEC;
    Model *model =
        spec_load(job->arena, job->diag, source, a->defines, a->define_count, graph_constructors());
    if (path == a->specs[a->spec_count - 1] && model)
        spec_check_defines(job->diag, a->defines, a->define_count);
    if (!model)
        return NULL;
    if (a->dump && strcmp(a->dump, "model") == 0)
        spec_dump(&dump, model);
    job->diag->rule = RULE_NETWORK;
    Graph *graph = graph_build(job->arena, job->diag, model, a->batch);
    if (!graph || job->diag->errors > before)
        return NULL;
    if (a->dump && strcmp(a->dump, "graph") == 0)
        graph_dump(&dump, graph);
    options.max_ram = graph->budget.ram;
    if (a->budget.ram > 0 && (options.max_ram == 0 || a->budget.ram < options.max_ram))
        options.max_ram = a->budget.ram;
    job->diag->rule = RULE_PLAN;
    Plan *plan = plan_build(job->arena, job->diag, graph, options);
    if (plan && a->dump && strcmp(a->dump, "plan") == 0)
        plan_dump(&dump, plan);
    if (dump.size > 0)
        fputs(dump.data, stdout);
    job->diag->rule = RULE_BUDGET;
    return plan && budget_check(job->diag, plan, &a->budget) ? plan : NULL;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* OUT.c → OUT.h; the name inside the #include has no folder. */
static bool header_path(const Job *job, const char *output, const char **path, const char **include)
{
    const size_t size = strlen(output);
    if (size < 3 || strcmp(output + size - 2, ".c") != 0)
        return diag_usage(job->diag, "-o must name a .c file, not '%s'", output);
    *path = arena_printf(job->arena, "%.*s.h", (int)size - 2, output);
    *include = base_name(*path);
    if (strcmp(*include, "cnn.h") == 0)
        return diag_usage(job->diag, "-o cnn.c would write a second cnn.h, the runtime's header");
    return true;
}

/* The sources are known when everything was read. */
static bool write_depfile(const Job *job, const char *source, const char *header)
{
    const Arguments *a = job->arguments;
    const char *const targets[] = {source, header, a->selftest ? a->selftest : a->misra,
                                   a->selftest ? a->misra : NULL, NULL};
    const char *path = a->depfile_path;
    Text text = {.arena = job->arena};
    if (!a->depfile)
        return true;
    if (!path)
        path = arena_printf(job->arena, "%.*s.d", (int)strlen(source) - 2, source);
    depfile_text(&text, job->diag, targets);
    return host_write(job->diag, path, text.data, text.size);
}

static bool compile(const Job *job)
{
    const Arguments *a = job->arguments;
    const char *header = NULL, *include = NULL;
    const float *weights = NULL;
    const char *selftest = NULL, *misra = NULL;
    Files files;
    if (!header_path(job, a->run.output, &header, &include))
        return false;
    const Plan *plan = plan_spec(job, a->specs[0], a->plan);
    if (!plan)
        return false;
    if (a->run.weights && !(weights = weights_load(job->arena, job->diag, plan->graph,
                                                   a->run.weights, a->run.map, NULL)))
        return false;
    if (a->selftest &&
        !(selftest = selftest_text(job->arena, job->diag, plan, include, weights, a->templates)))
        return false;
    if (!emit_files(job->arena, job->diag, plan, include, weights, a->templates, &files) ||
        (a->misra && !(misra = misra_text(job->arena, job->diag, plan, &files,
                                          base_name(a->run.output), include))))
        return false;
    return host_write(job->diag, a->run.output, files.source, strlen(files.source)) &&
           host_write(job->diag, header, files.header, strlen(files.header)) &&
           (!selftest || host_write(job->diag, a->selftest, selftest, strlen(selftest))) &&
           (!misra || host_write(job->diag, a->misra, misra, strlen(misra))) &&
           write_depfile(job, a->run.output, header);
}

static bool check(const Job *job)
{
    const Arguments *a = job->arguments;
    bool ok = true;
    for (int i = 0; i < a->spec_count; i++) {
        const int before = job->diag->count;
        const Plan *plan = plan_spec(job, a->specs[i], a->plan);
        Text text = {.arena = job->arena};
        if (a->json)
            check_json(&text, a->specs[i], job->diag, before, plan);
        else if (plan && !a->dump && !a->sarif)
            text_printf(&text,
                        "%s: ok: %lld parameters, %lld multiply-adds, %lld bytes of scratch\n",
                        a->specs[i], (long long)plan->graph->param_count,
                        (long long)plan->graph->macs, (long long)plan->scratch_bytes);
        if (text.size > 0)
            fputs(text.data, stdout);
        ok &= plan != NULL;
    }
    if (a->sarif) {
        Text text = {.arena = job->arena};
        sarif_report(&text, job->diag);
        fputs(text.data, stdout);
    }
    return ok;
}

/* As diff(1): 0 the same, 1 not the same, 2 there is nothing to compare. */
static bool diff(const Job *job)
{
    const Arguments *a = job->arguments;
    Text text = {.arena = job->arena};
    const Plan *first = plan_spec(job, a->specs[0], a->plan);
    const Plan *second = plan_spec(job, a->specs[1], a->plan);
    if (!first || !second) {
        if (job->diag->status == STATUS_WRONG)
            job->diag->status = STATUS_USAGE;
        return false;
    }
    const NetworkDiff *result = diff_networks(job->arena, first, second);
    (a->json ? diff_json : diff_table)(&text, result);
    if (!a->run.quiet)
        fputs(text.data, stdout);
    return result->equal;
}

static bool summary(const Job *job)
{
    Text text = {.arena = job->arena};
    const Plan *plan = plan_spec(job, job->arguments->specs[0], job->arguments->plan);
    if (!plan)
        return false;
    (job->arguments->json ? summary_json : summary_table)(&text, plan);
    if (job->arguments->tiles && !job->arguments->json)
        summary_tiles(&text, plan);
    fputs(text.data, stdout);
    return true;
}

static bool report(const Job *job)
{
    const Arguments *a = job->arguments;
    ReportOptions options = {.format = a->format, .templates = a->templates};
    const Plan *plan = plan_spec(job, a->specs[0], a->plan);
    if (!plan)
        return false;
    options.weights = a->run.weights ? weights_load(job->arena, job->diag, plan->graph,
                                                    a->run.weights, a->run.map, NULL)
                                     : report_fixed(job->arena, plan->graph);
    if (a->run.weights && !options.weights)
        return false;
    if ((a->run.input || a->run.data) && !options.weights)
        return diag_usage(job->diag, "%s needs --weights, too",
                          a->run.input ? "--input" : "--data");
    if ((a->run.input || a->run.data) &&
        !(options.maps = report_sample(job->arena, job->diag, plan, options.weights, a->run.input,
                                       a->run.data, a->run.seed)))
        return false;
    const char *text = report_text(job->arena, job->diag, plan, &options);
    return text && host_write(job->diag, a->run.output, text, strlen(text));
}

/* train, eval, run and show: generate into memory, compile, load, go. */
static bool with_network(const Job *job,
                         bool (*command)(Arena *, Diag *, const Network *, const RunOptions *))
{
    PlanOptions options = job->arguments->plan;
    Files files;
    options.standalone = true;
    const Plan *plan = plan_spec(job, job->arguments->specs[0], options);
    if (!plan)
        return false;
    const Graph *whole = plan->graph, *graph = whole;
    if (job->arguments->run.layer || job->arguments->command == COMMAND_SHOW) {
        graph = graph_until(job->arena, job->diag, whole, job->arguments->run.layer);
        if (!graph || !(plan = plan_build(job->arena, job->diag, graph, options)))
            return false;
    }
    Network network = {.graph = graph,
                       .whole = whole,
                       .params_bytes = (size_t)plan->params_bytes,
                       .scratch_bytes = (size_t)plan->scratch_bytes,
                       .tape_bytes = (size_t)plan->tape_bytes,
                       .optimizer_bytes = (size_t)plan->optimizer_bytes,
                       .input_size = shape_count(graph->nodes[0].out),
                       .output_size = shape_count(graph->nodes[graph->node_count - 1].out),
                       .batch = plan->batch,
                       .threads = plan->parts};
    const char *include = arena_printf(job->arena, "%s.h", graph->name);
    if (!emit_files(job->arena, job->diag, plan, include, NULL, job->arguments->templates,
                    &files) ||
        !network_open(job->arena, job->diag, &network, files.source, files.header))
        return false;
    diag_flush(job->diag, stderr); /* warnings about the spec come before hours of training */
    const bool ok = command(job->arena, job->diag, &network, &job->arguments->run);
    network_close(&network);
    return ok;
}

static bool export(const Job *job)
{
    const Arguments *a = job->arguments;
    const Plan *plan = plan_spec(job, a->specs[0], a->plan);
    const char *text =
        plan ? export_python(job->arena, job->diag, plan->graph, a->framework, a->templates) : NULL;
    return text && host_write(job->diag, a->run.output, text, strlen(text));
}

/* Reads weights and writes them in another format or with other names, or prints what they are
 * called there. */
static bool convert_weights(const Job *job)
{
    const Arguments *a = job->arguments;
    Text found = {.arena = job->arena};
    const Plan *plan = plan_spec(job, a->specs[0], a->plan);
    const float *values =
        plan ? weights_load(job->arena, job->diag, plan->graph, a->run.weights, a->run.map, &found)
             : NULL;
    if (!values)
        return false;
    if (a->run.output)
        return weights_write(job->arena, job->diag, a->run.output, plan->graph, values, a->names);
    return found.size == 0 || fputs(found.data, stdout) >= 0;
}

static bool run_command(const Job *job)
{
    switch (job->arguments->command) {
    case COMMAND_COMPILE:
        return compile(job);
    case COMMAND_CHECK:
        return check(job);
    case COMMAND_DIFF:
        return diff(job);
    case COMMAND_SUMMARY:
        return summary(job);
    case COMMAND_TRAIN:
        return with_network(job, train_run);
    case COMMAND_EVAL:
        return with_network(job, eval_run);
    case COMMAND_RUN:
        return with_network(job, run_run);
    case COMMAND_SHOW:
        return with_network(job, show_run);
    case COMMAND_REPORT:
        return report(job);
    case COMMAND_EXPORT:
        return export(job);
    case COMMAND_WEIGHTS:
        return convert_weights(job);
    case COMMAND_IMPORT:
        return import_onnx(job->arena, job->diag, job->arguments->specs[0],
                           job->arguments->run.output, job->arguments->keep_layout);
    case COMMAND_HELP:
        return fputs(arguments_help(), stdout) >= 0;
    case COMMAND_VERSION:
        return puts("cnngen " CNNGEN_VERSION) >= 0;
    }
    return false;
}

int main(int argc, char **argv)
{
    Diag diag = {.arena = arena_new()};
    Arguments arguments;
    const Job job = {diag.arena, &diag, &arguments};
    bool ok = arguments_read(diag.arena, &diag, argc, argv, &arguments) && run_command(&job);
    if (fflush(stdout) != 0)
        ok = diag_system(&diag, "cannot write to standard output");
    diag_print(&diag, stderr);
    const Status status = ok ? STATUS_OK : diag.status != STATUS_OK ? diag.status : STATUS_WRONG;
    arena_free(diag.arena);
    return (int)status;
}
