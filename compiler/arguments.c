/* arguments.c - reads the command line with getopt_long; an option that a command does not know is
 * wrong usage, never ignored. */
#include "arguments.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "weights.h"

enum {
#define FLAG(id, name) FOR_##id = 1 << COMMAND_##id,
    COMMANDS(FLAG)
#undef FLAG
        FOR_ANY = (1 << COMMAND_HELP) - 1,
    FOR_SPEC = FOR_ANY & ~FOR_IMPORT,
    FOR_PLAN = FOR_SPEC & ~(FOR_EXPORT | FOR_WEIGHTS), /* what makes a plan */
    FOR_NETWORK = FOR_TRAIN | FOR_EVAL | FOR_RUN | FOR_SHOW
};

/* Long options: name, whether it has a value, and the commands that take it. -o and -D are short,
 * too. */
#define LONG_OPTIONS(X)                                                                            \
    X(WEIGHTS, "weights", required_argument, FOR_COMPILE | FOR_NETWORK | FOR_REPORT | FOR_WEIGHTS) \
    X(MAP, "map", required_argument, FOR_COMPILE | FOR_NETWORK | FOR_REPORT | FOR_WEIGHTS)         \
    X(NAMES, "names", required_argument, FOR_WEIGHTS)                                              \
    X(BATCH, "batch", required_argument, FOR_PLAN)                                                 \
    X(THREADS, "threads", required_argument,                                                       \
      FOR_COMPILE | FOR_CHECK | FOR_DIFF | FOR_SUMMARY | FOR_TRAIN | FOR_REPORT)                   \
    X(JSON, "json", no_argument, FOR_CHECK | FOR_DIFF | FOR_SUMMARY)                               \
    X(SARIF, "sarif", no_argument, FOR_CHECK)                                                      \
    X(FORMAT, "format", required_argument, FOR_REPORT)                                             \
    X(INFERENCE, "inference", no_argument, FOR_COMPILE)                                            \
    X(SELFTEST, "selftest", required_argument, FOR_COMPILE)                                        \
    X(MISRA, "misra", required_argument, FOR_COMPILE)                                              \
    X(STANDALONE, "standalone", no_argument, FOR_COMPILE)                                          \
    X(CRC, "crc", no_argument, FOR_COMPILE)                                                        \
    X(REPRODUCIBLE, "reproducible", no_argument, FOR_COMPILE)                                      \
    X(TARGET, "target", required_argument, FOR_PLAN)                                               \
    X(UNROLL, "unroll", required_argument, FOR_PLAN)                                               \
    X(REAL, "real", required_argument, FOR_COMPILE | FOR_CHECK | FOR_DIFF | FOR_SUMMARY)           \
    X(WINOGRAD, "winograd", required_argument, FOR_PLAN)                                           \
    X(RAM, "ram", required_argument, FOR_PLAN)                                                     \
    X(TILES, "tiles", no_argument, FOR_SUMMARY)                                                    \
    X(TEMPLATES, "templates", required_argument, FOR_SPEC)                                         \
    X(MAX_PARAMS, "max-params", required_argument, FOR_CHECK)                                      \
    X(MAX_MACS, "max-macs", required_argument, FOR_CHECK)                                          \
    X(MAX_RAM, "max-ram", required_argument, FOR_CHECK)                                            \
    X(MAX_FLASH, "max-flash", required_argument, FOR_CHECK)                                        \
    X(DUMP, "dump", required_argument, FOR_CHECK)                                                  \
    X(DATA, "data", required_argument, FOR_TRAIN | FOR_EVAL | FOR_SHOW | FOR_REPORT)               \
    X(EPOCHS, "epochs", required_argument, FOR_TRAIN)                                              \
    X(LR, "lr", required_argument, FOR_TRAIN)                                                      \
    X(SEED, "seed", required_argument, FOR_NETWORK | FOR_REPORT)                                   \
    X(VALIDATION, "validation", required_argument, FOR_TRAIN)                                      \
    X(QUIET, "quiet", no_argument, FOR_NETWORK | FOR_DIFF)                                         \
    X(INPUT, "input", required_argument, FOR_RUN | FOR_REPORT)                                     \
    X(LAYER, "layer", required_argument, FOR_RUN)                                                  \
    X(INPUT_LAYOUT, "input-layout", required_argument, FOR_IMPORT)                                 \
    X(FRAMEWORK, "framework", required_argument, FOR_EXPORT)                                       \
    X(HELP, "help", no_argument, FOR_ANY)                                                          \
    X(VERSION, "version", no_argument, FOR_ANY)

enum {
    OPTION_FIRST = 256,
#define ENUMERATOR(id, name, value, takers) OPTION_##id,
    LONG_OPTIONS(ENUMERATOR)
#undef ENUMERATOR
};

static const struct option long_options[] = {
    {"output", required_argument, NULL, 'o'},
    {"define", required_argument, NULL, 'D'},
#define ROW(id, name, value, takers) {name, value, NULL, OPTION_##id},
    LONG_OPTIONS(ROW)
#undef ROW
        {NULL, 0, NULL, 0},
};

/* Which commands take an option. */
static int takers(int option)
{
#define TAKERS(id, name, value, takers) takers,
    static const int all[] = {LONG_OPTIONS(TAKERS)};
#undef TAKERS
    if (option == 'o')
        return FOR_COMPILE | FOR_TRAIN | FOR_RUN | FOR_REPORT | FOR_EXPORT | FOR_WEIGHTS |
               FOR_IMPORT;
    if (option == 'M')
        return FOR_COMPILE;
    if (option == 'q')
        return takers(OPTION_QUIET);
    return option > OPTION_FIRST ? all[option - OPTION_FIRST - 1] : FOR_SPEC;
}

static bool read_range(Diag *diag, const char *option, const char *text, int64_t least,
                       int64_t most, int64_t *out)
{
    char *end;
    const long long number = strtoll(text, &end, 10);
    if (*text == '\0' || *end != '\0' || number < least || number > most)
        return diag_usage(diag, "--%s must be a whole number from %lld to %lld, not '%s'", option,
                          (long long)least, (long long)most, text);
    *out = number;
    return true;
}

static bool read_whole(Diag *diag, const char *option, const char *text, int64_t least,
                       int64_t *out)
{
    return read_range(diag, option, text, least, INT32_MAX, out);
}

static bool read_threads(Diag *diag, const char *text, Arguments *out)
{
    int64_t threads = 0;
    if (!read_range(diag, "threads", text, 1, THREADS_MOST, &threads))
        return false;
    out->plan.threads = (int)threads;
    return true;
}

static bool read_number(Diag *diag, const char *option, const char *text, double most, double *out)
{
    char *end;
    const double number = strtod(text, &end);
    if (*text == '\0' || *end != '\0' || !(number > 0) || !(number < most))
        return diag_usage(diag, "--%s must be a number above 0 and below %g, not '%s'", option,
                          most, text);
    *out = number;
    return true;
}

static bool read_limit(Diag *diag, const char *option, const char *text, int64_t *out)
{
    return budget_amount(text, out) ||
           diag_usage(diag, "--%s must be a whole number above 0 or one with K, M or G, not '%s'",
                      option, text);
}

/* The index of `text` among `choices` into *out. */
static bool read_choice(Diag *diag, const char *option, const char *text,
                        const char *const *choices, int *out)
{
    for (*out = 0; choices[*out]; (*out)++)
        if (strcmp(choices[*out], text) == 0)
            return true;
    const char *near = nearest_name(text, choices);
    return diag_usage(diag, "--%s knows no '%s'%s%s%s", option, text,
                      near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
}

static bool read_define(Arena *arena, Diag *diag, const char *text, Arguments *out)
{
    const char *equals = strchr(text, '=');
    if (!equals || equals == text)
        return diag_usage(diag, "-D needs KEY=VALUE, not '%s'", text);
    out->defines = arena_grow(arena, out->defines, (size_t)out->define_count,
                              (size_t)out->define_count + 1, sizeof *out->defines);
    out->defines[out->define_count++] =
        (Define){.key = arena_copy(arena, text, (size_t)(equals - text)), .value = equals + 1};
    return true;
}

static bool read_plan_choice(Diag *diag, int option, const char *text, Arguments *out)
{
    static const char *const
        targets[] = {"vector", "portable", NULL},
        *const unrolls[] = {"auto", "full", "none", NULL},
        *const reals[] = {"float", "double", NULL}, *const winograds[] = {"auto", "off", NULL},
        *const formats[] = {"html", "svg", "dot", "json", NULL},
        *const dumps[] = {"model", "graph", "plan", NULL},
        *const frameworks[] = {"torch", "keras", NULL}, *const layouts[] = {"hwc", "chw", NULL};
    int choice;
    switch (option) {
    case OPTION_TARGET:
        if (!read_choice(diag, "target", text, targets, &choice))
            return false;
        out->plan.portable = choice == 1;
        return true;
    case OPTION_UNROLL:
        if (!read_choice(diag, "unroll", text, unrolls, &choice))
            return false;
        out->plan.unroll = (Unroll)choice;
        return true;
    case OPTION_REAL:
        if (!read_choice(diag, "real", text, reals, &choice))
            return false;
        out->plan.real64 = choice == 1;
        return true;
    case OPTION_WINOGRAD:
        if (!read_choice(diag, "winograd", text, winograds, &choice))
            return false;
        out->plan.direct = choice == 1;
        return true;
    case OPTION_FORMAT:
        if (!read_choice(diag, "format", text, formats, &choice))
            return false;
        out->format = (ReportFormat)choice;
        return true;
    case OPTION_FRAMEWORK:
        if (!read_choice(diag, "framework", text, frameworks, &choice))
            return false;
        out->framework = (Framework)choice;
        return true;
    case OPTION_INPUT_LAYOUT:
        if (!read_choice(diag, "input-layout", text, layouts, &choice))
            return false;
        out->keep_layout = choice == 1;
        return true;
    default:
        out->dump = text;
        return read_choice(diag, "dump", text, dumps, &choice);
    }
}

static bool read_run_option(Diag *diag, int option, const char *text, Arguments *out)
{
    int64_t seed;
    switch (option) {
    case OPTION_EPOCHS:
        return read_whole(diag, "epochs", text, 1, &out->run.epochs);
    case OPTION_LR:
        return read_number(diag, "lr", text, 1e30, &out->run.lr);
    case OPTION_VALIDATION:
        return read_number(diag, "validation", text, 1, &out->run.validation);
    case OPTION_SEED:
        if (!read_whole(diag, "seed", text, 0, &seed))
            return false;
        out->run.seed = (uint64_t)seed;
        return true;
    case OPTION_RAM:
        out->plan.least_ram = strcmp(text, "least") == 0;
        return out->plan.least_ram || read_limit(diag, "ram", text, &out->plan.ram);
    case OPTION_MAX_PARAMS:
        return read_limit(diag, "max-params", text, &out->budget.params);
    case OPTION_MAX_MACS:
        return read_limit(diag, "max-macs", text, &out->budget.macs);
    case OPTION_MAX_RAM:
        return read_limit(diag, "max-ram", text, &out->budget.ram);
    case OPTION_MAX_FLASH:
        return read_limit(diag, "max-flash", text, &out->budget.flash);
    default:
        return read_plan_choice(diag, option, text, out);
    }
}

/* -MD and -MF FILE, as gcc has them; getopt sees an option M with the rest of the word. */
static bool read_depfile(Diag *diag, const char *rest, char **argv, Arguments *out)
{
    if (strcmp(rest, "D") == 0) {
        out->depfile = true;
        return true;
    }
    if (rest[0] != 'F')
        return diag_usage(diag, "unknown option '-M%s'; there are -MD and -MF FILE", rest);
    out->depfile_path = rest[1] ? rest + 1 : argv[optind];
    if (!out->depfile_path)
        return diag_usage(diag, "option '-MF' needs a value");
    optind += !rest[1];
    return true;
}

static bool read_names(Diag *diag, const char *text, Arguments *out)
{
    static const char *const names[] = {"cnngen", "keras", "torch", NULL};
    int choice;
    if (!read_choice(diag, "names", text, names, &choice))
        return false;
    out->names = (Names)choice;
    return true;
}

/* What an option without a value turns on. */
static bool *switch_of(Arguments *out, int option)
{
    const struct {
        int option;
        bool *on;
    } all[] = {{OPTION_SARIF, &out->sarif},
               {OPTION_JSON, &out->json},
               {OPTION_TILES, &out->tiles},
               {OPTION_INFERENCE, &out->plan.inference},
               {OPTION_STANDALONE, &out->plan.standalone},
               {OPTION_CRC, &out->plan.crc},
               {OPTION_REPRODUCIBLE, &out->plan.reproducible},
               {OPTION_QUIET, &out->run.quiet},
               {'q', &out->run.quiet}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (all[i].option == option)
            return all[i].on;
    return NULL;
}

static bool read_option(Arena *arena, Diag *diag, int option, const char *text, Arguments *out)
{
    bool *on = switch_of(out, option);
    if (on)
        return *on = true;
    switch (option) {
    case 'o':
        out->run.output = text;
        return true;
    case 'D':
        return read_define(arena, diag, text, out);
    case OPTION_WEIGHTS:
        out->run.weights = text;
        return true;
    case OPTION_MAP:
        out->run.map = text;
        return true;
    case OPTION_NAMES:
        return read_names(diag, text, out);
    case OPTION_BATCH:
        return read_whole(diag, "batch", text, 1, &out->batch);
    case OPTION_THREADS:
        return read_threads(diag, text, out);
    case OPTION_SELFTEST:
        out->selftest = text;
        return true;
    case OPTION_MISRA:
        out->misra = text;
        return true;
    case OPTION_TEMPLATES:
        out->templates = text;
        return true;
    case OPTION_DATA:
        out->run.data = text;
        return true;
    case OPTION_INPUT:
        out->run.input = text;
        return true;
    case OPTION_LAYER:
        out->run.layer = text;
        return true;
    case OPTION_HELP:
        out->command = COMMAND_HELP;
        return true;
    case OPTION_VERSION:
        out->command = COMMAND_VERSION;
        return true;
    default:
        return read_run_option(diag, option, text, out);
    }
}

static const char *const commands[] = {
#define NAME(id, name) name,
    COMMANDS(NAME)
#undef NAME
        NULL};

/* The first word, when it is a command; it is taken out of argv. */
static Command read_command(int *argc, char **argv)
{
    for (int i = 0; *argc > 1 && commands[i]; i++)
        if (strcmp(argv[1], commands[i]) == 0) {
            memmove(&argv[1], &argv[2], (size_t)(*argc - 1) * sizeof *argv);
            (*argc)--;
            return (Command)i;
        }
    return COMMAND_COMPILE;
}

static const char *option_name(Arena *arena, int option)
{
    for (int i = 0; long_options[i].name; i++)
        if (long_options[i].val == option && option >= 256)
            return arena_printf(arena, "--%s", long_options[i].name);
    return arena_printf(arena, "-%c", option);
}

/* The command that a word in its place may mean; a spec has a dot in its name, or a folder. */
static const char *near_command(const char *word)
{
    return *word == '-' || strpbrk(word, "./") ? NULL : nearest_name(word, commands);
}

/* What getopt_long did not understand. */
static bool refuse_option(Arena *arena, Diag *diag, const char *word)
{
    if (optopt >= 256)
        return diag_usage(diag, "%s takes no value", option_name(arena, optopt));
    return diag_usage(diag, "unknown option '%s'; see cnngen --help",
                      optopt > 0 ? option_name(arena, optopt) : word);
}

bool arguments_read(Arena *arena, Diag *diag, int argc, char **argv, Arguments *out)
{
    bool ok = true;
    int option;
    *out = (Arguments){.run = {.epochs = 10, .seed = 1}};
    out->command = read_command(&argc, argv);
    const int self = 1 << out->command;
    const char *near = argc > 1 && out->command == COMMAND_COMPILE ? near_command(argv[1]) : NULL;
    if (near)
        return diag_usage(diag, "no command '%s'; did you mean '%s'?", argv[1], near);
    opterr = 0;
    while ((option = getopt_long(argc, argv, ":o:qD:M:", long_options, NULL)) != -1) {
        if (option == '?')
            ok = refuse_option(arena, diag, argv[optind - 1]);
        else if (option == ':')
            ok = diag_usage(diag, "option '%s' needs a value", argv[optind - 1]);
        else if (!(takers(option) & self))
            ok = diag_usage(diag, "%s does not go with this command; see cnngen --help",
                            option_name(arena, option));
        else if (option == 'M')
            ok &= read_depfile(diag, optarg, argv, out);
        else
            ok &= read_option(arena, diag, option, optarg, out);
        if (ok && (out->command == COMMAND_HELP || out->command == COMMAND_VERSION))
            return true;
    }
    out->plan.standalone |= out->plan.reproducible; /* which the runtime has to be, too */
    out->specs = (const char **)(argv + optind);
    out->spec_count = argc - optind;
    return ok && arguments_check(diag, out);
}
