/* arguments.h - the command line. */
#ifndef ARGUMENTS_H
#define ARGUMENTS_H

#include "export.h"
#include "naming.h"
#include "plan.h"
#include "report.h"
#include "train.h"

/* The commands by their names, in the order of --help. */
#define COMMANDS(X)                                                                                \
    X(COMPILE, "compile")                                                                          \
    X(CHECK, "check")                                                                              \
    X(DIFF, "diff")                                                                                \
    X(SUMMARY, "summary")                                                                          \
    X(TRAIN, "train")                                                                              \
    X(EVAL, "eval")                                                                                \
    X(RUN, "run")                                                                                  \
    X(SHOW, "show")                                                                                \
    X(REPORT, "report")                                                                            \
    X(EXPORT, "export")                                                                            \
    X(WEIGHTS, "weights")                                                                          \
    X(IMPORT, "import")

typedef enum {
#define ENUMERATOR(id, name) COMMAND_##id,
    COMMANDS(ENUMERATOR)
#undef ENUMERATOR
        COMMAND_HELP,
    COMMAND_VERSION
} Command;

typedef struct {
    Command command;
    const char **specs;
    int spec_count;
    const char *templates; /* --templates DIR */
    const char *dump;      /* "model", "graph", "plan", or NULL */
    bool json, sarif;
    const char *selftest;     /* --selftest FILE.c */
    const char *misra;        /* --misra FILE.md */
    bool depfile;             /* -MD */
    const char *depfile_path; /* -MF FILE, or NULL: OUT.d */
    int64_t batch;            /* --batch, 0: the spec's */
    Define *defines;
    int define_count;
    Budget budget; /* --max-*; 0: none */
    PlanOptions plan;
    bool tiles;          /* summary --tiles */
    ReportFormat format; /* report --format */
    Framework framework; /* export --framework */
    Names names;         /* weights --names */
    bool keep_layout;    /* import --input-layout chw */
    RunOptions run;      /* weights, output and input are shared by all commands */
} Arguments;

/* False after a message (status 2). */
bool arguments_read(Arena *arena, Diag *diag, int argc, char **argv, Arguments *out);
const char *arguments_help(void);

/* Whether the command has what it cannot do without, and nothing contradicts. */
bool arguments_check(Diag *diag, const Arguments *a);

#endif
