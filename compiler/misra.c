/* misra.c - runs cppcheck's MISRA addon over the files and writes down, rule by rule, how often and
 * where they deviate, and the reason why they do.
 *
 * The reasons are in words of our own; MISRA's text is not free. A rule without a reason here is a
 * line that says so, and a warning. */
#include "misra.h"

#include <stdlib.h>
#include <string.h>

#include "embed.h"
#include "host.h"
#include "version.h"

typedef struct {
    const char *rule, *category, *reason;
} Reason;

static const Reason reasons[] = {
    {"2.2", "required",
     "`a[o] + 0` is meant: without the addition gcc makes the loop a memcpy and keeps the sums in "
     "memory. A factor or a sum without effect comes from a size that is 1 or 0 in this network."},
    {"2.3", "advisory",
     "The types `*_check_*` are static assertions in C99: a wrong size makes an array of -1 "
     "elements. They are there to be compiled, not to be used."},
    {"2.4", "advisory", "The enumeration is a list of constants and needs no tag."},
    {"2.5", "advisory",
     "The macros of the header are its interface; what a program does not use costs nothing."},
    {"8.7", "advisory",
     "The function is part of the interface; cppcheck sees only one file, without its callers."},
    {"8.14", "advisory",
     "`restrict` says that arrays do not overlap; without it no compiler makes vectors of the "
     "loops. The memory plan keeps arrays apart, and tests compare the plan with what is "
     "alive at one time."},
    {"10.1", "required",
     "A comparison is used as a number, 0 or 1, so that no jump is needed. C defines it so."},
    {"10.3", "required",
     "A whole-number constant (0, 1, 2) initialises or scales a `float`, or a comparison an `int`. "
     "Each value is exact in the type it is given to."},
    {"10.4", "required",
     "A whole-number constant meets a `float` (`1 - x`, `x > 0`), exactly; or an `int` constant a "
     "`size_t` (`32 * sizeof(real)`). The constants are positive and far below the limits of both "
     "types."},
    {"10.8", "required",
     "The sum or product is computed in the type of its operands on purpose and converted once. "
     "Its range is known when the code is written: a count of samples times a size, or an exponent "
     "between -127 and 127."},
    {"11.5", "advisory",
     "The struct of parameters consists of arrays of one type of float, without padding (its size "
     "is asserted in the header), and is read as one array. The way over `void *` is there for "
     "warnings about alignment, which is that of the element in both."},
    {"12.1", "advisory",
     "Index expressions `i*32 + k` and comparisons with them follow the precedence of ordinary "
     "arithmetic; more parentheses would make them harder to read."},
    {"12.3", "advisory",
     "The commas separate declarators of one type that belong together; the comma operator is not "
     "used."},
    {"14.2", "required",
     "The loop advances its counter in its body, because the last block is moved back onto the "
     "end: `for (int o = 0; o < n;)`. Every pass adds at least one, so the loop ends."},
    {"15.5", "advisory", "A value that needs no computation is returned at once."},
    {"15.6", "required",
     "The body is the argument of a macro, between braces there, which the addon does not see."},
    {"17.7", "required",
     "The result is that of `memcpy` or `memset`, their first argument, or of `_forward`, a place "
     "inside the tape that was given to it. Neither can report an error."},
    {"17.8", "advisory", "The parameter is the function's own copy and serves as its variable."},
    {"18.4", "advisory",
     "Every buffer is a constant offset in one array of the caller's, and a row an offset in a "
     "buffer: `at + 1872`. The offsets are computed and checked when the code is written, and the "
     "size of the array is asserted in the header."},
    {"20.5", "advisory",
     "`#undef` removes a macro that only the header itself uses, so that it does not leak into the "
     "program."},
    {"20.7", "required",
     "The argument is the name of a variable, or a whole statement, which parentheses would "
     "break."},
    {"20.10", "advisory",
     "`##` makes a name for each static assertion, and puts the `f` of a float behind a constant."},
};

enum { REASONS = (int)(sizeof reasons / sizeof *reasons), PLACES_A_LINE = 16 };

typedef struct {
    const char *rule, *file;
    long line;
} Place;

typedef struct {
    Place *places;
    int count;
} Places;

static const char *cppcheck(void)
{
    const char *value = getenv("CPPCHECK");
    return value && *value ? value : "cppcheck";
}

/* "10.4" before "18.4", "8.14" behind "8.7". */
static int compare_rules(const char *a, const char *b)
{
    const long first = strtol(a, NULL, 10), second = strtol(b, NULL, 10);
    const char *x = strchr(a, '.'), *y = strchr(b, '.');
    if (first != second)
        return first < second ? -1 : 1;
    const long u = x ? strtol(x + 1, NULL, 10) : 0, v = y ? strtol(y + 1, NULL, 10) : 0;
    return u < v ? -1 : u > v;
}

static int compare_places(const void *a, const void *b)
{
    const Place *p = a, *q = b;
    const int rules = compare_rules(p->rule, q->rule), files = strcmp(p->file, q->file);
    return rules ? rules : files ? files : (p->line > q->line) - (p->line < q->line);
}

/* Lines "misra-c2012-10.4 net.c 17"; false at anything else, which is a mistake of cppcheck or in
 * the code. */
static bool read_places(Arena *arena, const char *text, Places *out)
{
    static const char prefix[] = "misra-c2012-";
    for (const char *end; *text; text = end + (*end == '\n')) {
        end = text + strcspn(text, "\n");
        const char *rule = text + sizeof prefix - 1;
        const size_t rule_size =
            strncmp(text, prefix, sizeof prefix - 1) == 0 ? strcspn(rule, " \n") : 0;
        if (rule_size == 0 || rule[rule_size] != ' ')
            return end == text;
        const char *file = rule + rule_size + 1;
        const size_t file_size = strcspn(file, " \n");
        const char *path = arena_copy(arena, file, file_size), *slash = strrchr(path, '/');
        out->places = arena_grow(arena, out->places, (size_t)out->count, (size_t)out->count + 1,
                                 sizeof *out->places);
        out->places[out->count++] = (Place){.rule = arena_copy(arena, rule, rule_size),
                                            .file = slash ? slash + 1 : path,
                                            .line = strtol(file + file_size, NULL, 10)};
    }
    return true;
}

static const Reason *reason_of(const char *rule)
{
    for (int i = 0; i < REASONS; i++)
        if (strcmp(reasons[i].rule, rule) == 0)
            return &reasons[i];
    return NULL;
}

static int rule_end(const Places *all, int from)
{
    int i = from;
    while (i < all->count && strcmp(all->places[i].rule, all->places[from].rule) == 0)
        i++;
    return i;
}

/* The size of the code without the table of weights behind it, which holds nothing but numbers and
 * would take cppcheck minutes. */
static size_t code_size(Arena *arena, const Plan *plan, const char *source)
{
    const char *name = plan->graph->name;
    const char *at =
        strstr(source, arena_printf(arena, "const %s_params %s_weights = {", name, name));
    while (at && at > source && strncmp(at, "#if", 3) != 0) /* what aligns it */
        at--;
    return at ? (size_t)(at - source) : strlen(source);
}

static void add_head(Text *out, const Plan *plan, const char *source, const char *header,
                     const char *version, const Places *all)
{
    int rules = 0;
    for (int i = 0; i < all->count; i = rule_end(all, i))
        rules++;
    text_printf(out,
                "# %s: deviations from MISRA C:2012\n\n"
                "`%s` and `%s`, written by cnngen " CNNGEN_VERSION
                " for the network %s, as %s with its MISRA addon sees them: %d places, %d rules. "
                "The addon reports at most one rule for a place and does not check every rule. ",
                source, source, header, plan->graph->name, version, all->count, rules);
    text_string(out, plan->options.standalone
                         ? "The functions of the runtime are part of the file.\n"
                         : "The runtime (`runtime/*.c`) is not part of it; `--standalone` puts "
                           "into the file what the network calls.\n");
    text_string(out,
                "Trained weights, a table of numbers behind the code, were left out of the run.\n");
}

static void add_table(Text *out, Diag *diag, const Places *all)
{
    text_string(out, "\n| rule | category | places | reason |\n|---|---|---|---|\n");
    for (int i = 0, end; i < all->count; i = end) {
        const char *rule = all->places[i].rule;
        const Reason *reason = reason_of(rule);
        end = rule_end(all, i);
        text_printf(out, "| %s | %s | %d | %s |\n", rule, reason ? reason->category : "?", end - i,
                    reason ? reason->reason : "none is known");
        if (!reason)
            diag_warning(diag, (Span){0}, "--misra: no reason is known for rule %s (%d places)",
                         rule, end - i);
    }
}

static void add_places(Text *out, const Places *all)
{
    text_string(out, "\n## Places\n\nLines of each file.\n");
    for (int i = 0, end; i < all->count; i = end) {
        const char *file = "";
        int written = 0;
        end = rule_end(all, i);
        text_printf(out, "\nRule %s\n", all->places[i].rule);
        for (int k = i; k < end; k++) {
            const Place *p = &all->places[k];
            if (strcmp(p->file, file) != 0)
                text_printf(out, "%s- `%s`: %ld", k > i ? "\n" : "\n", p->file, p->line);
            else
                text_printf(out, written % PLACES_A_LINE == 0 ? ",\n  %ld" : ", %ld", p->line);
            written = strcmp(p->file, file) != 0 ? 1 : written + 1;
            file = p->file;
        }
        text_string(out, "\n");
    }
}

/* What cppcheck says of the files in `folder`; false after a message. */
static bool run_cppcheck(Arena *arena, Diag *diag, const char *folder, const char *source,
                         const char **version, Places *out)
{
    const char *output = "";
    const char *const ask[] = {cppcheck(), "--version", NULL};
    if (host_run(arena, ask, &output) != 0) {
        diag_system(diag, "--misra: %s could not be run", cppcheck());
        diag_note(diag, "the document needs cppcheck with its MISRA addon; CPPCHECK names another");
        return false;
    }
    *version = arena_copy(arena, output, strcspn(output, "\n"));
    const char *const words[] = {cppcheck(),
                                 "--quiet",
                                 "--addon=misra",
                                 "--std=c99",
                                 "--template={id} {file} {line}",
                                 arena_printf(arena, "%s/%s", folder, source),
                                 NULL};
    const int status = host_run(arena, words, &output);
    if (status == 0 && read_places(arena, output, out))
        return true;
    diag_system(diag, "--misra: %s failed (status %d)", cppcheck(), status);
    if (*output)
        diag_note(diag, "%s", output);
    return false;
}

const char *misra_text(Arena *arena, Diag *diag, const Plan *plan, const Files *files,
                       const char *source, const char *header)
{
    const Embedded *runtime = embedded_find("runtime/cnn.h");
    const char *version = "";
    Places all = {0};
    Text out = {.arena = arena};
    const char *folder = host_temporary_folder(arena, diag);
    if (!folder)
        return NULL;
    const bool ok =
        host_write(diag, arena_printf(arena, "%s/%s", folder, source), files->source,
                   code_size(arena, plan, files->source)) &&
        host_write(diag, arena_printf(arena, "%s/%s", folder, header), files->header,
                   strlen(files->header)) &&
        host_write(diag, arena_printf(arena, "%s/cnn.h", folder), runtime->text, runtime->size) &&
        run_cppcheck(arena, diag, folder, source, &version, &all);
    host_remove_folder(folder);
    if (!ok)
        return NULL;
    if (all.count > 0)
        qsort(all.places, (size_t)all.count, sizeof *all.places, compare_places);
    add_head(&out, plan, source, header, version, &all);
    add_table(&out, diag, &all);
    add_places(&out, &all);
    return out.data;
}
