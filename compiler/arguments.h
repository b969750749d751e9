/* arguments.h - the command line. */
#ifndef ARGUMENTS_H
#define ARGUMENTS_H

#include "plan.h"
#include "train.h"

typedef enum {
    COMMAND_COMPILE,
    COMMAND_CHECK,
    COMMAND_SUMMARY,
    COMMAND_TRAIN,
    COMMAND_EVAL,
    COMMAND_RUN,
    COMMAND_SHOW,
    COMMAND_IMPORT,
    COMMAND_HELP,
    COMMAND_VERSION
} Command;

typedef struct {
    Command command;
    const char **specs;
    int spec_count;
    const char *templates; /* --templates DIR */
    const char *dump;      /* "model", "graph", "plan", or NULL */
    bool json;
    int64_t batch; /* --batch, 0: the spec's */
    Define *defines;
    int define_count;
    Budget budget; /* --max-*; 0: none */
    PlanOptions plan;
    bool tiles;     /* summary --tiles */
    RunOptions run; /* weights, output and input are shared by all commands */
} Arguments;

/* False after a message (status 2). */
bool arguments_read(Arena *arena, Diag *diag, int argc, char **argv, Arguments *out);
const char *arguments_help(void);

#endif
