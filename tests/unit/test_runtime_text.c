/* The runtime as text: every function of cnn.h alone, and all together, must be C without a
 * warning, with nothing in it that is not needed. The C compiler is asked, through a pipe. */
#include <stdlib.h>
#include <string.h>

#include "embed.h"
#include "runtime_text.h"
#include "test.h"

enum { MOST = 100 };

/* The names of all functions in cnn.h. */
static int public_names(Arena *arena, const char **names)
{
    int count = 0;
    const char *at = embedded_find("runtime/cnn.h")->text;
    while (count < MOST && (at = strstr(at, "\nCNN_API "))) {
        const char *name = strstr(at, "cnn_"), *end = strchr(at, '(');
        for (const char *next = name; next && next < end; next = strstr(next + 1, "cnn_"))
            name = next;
        names[count++] = arena_copy(arena, name, (size_t)(end - name));
        at = end;
    }
    return count;
}

static int occurrences(const char *text, const char *word)
{
    int count = 0;
    for (const char *at = strstr(text, word); at; at = strstr(at + 1, word))
        count++;
    return count;
}

/* Whether `compiler` takes the text in a file that uses the named functions, without a warning. */
static bool compiles(Arena *arena, const char *compiler, const char *const *names, int count,
                     bool real64)
{
    const char *command =
        arena_printf(arena,
                     "%s -std=c99 -O1 -Wall -Wextra -Wpedantic -Wconversion -Wshadow "
                     "-Wdouble-promotion -Werror -x c -c -o /dev/null - 1>&2",
                     compiler);
    FILE *pipe = popen(command, "w");
    if (!pipe)
        return false;
    fprintf(pipe,
            "#include <stddef.h>\n#include <stdint.h>\n#include <float.h>\n#include <string.h>\n");
    fprintf(pipe, "%s", runtime_standalone(arena, names, count, real64));
    fprintf(pipe, "extern void (*const used[])(void);\nvoid (*const used[])(void) = {\n");
    for (int i = 0; i < count; i++)
        fprintf(pipe, "(void (*)(void))%s,\n", names[i]);
    fprintf(pipe, "};\n");
    return pclose(pipe) == 0;
}

static const char *compiler_of_tests(void)
{
    const char *compiler = getenv("CC");
    return compiler && *compiler ? compiler : "cc";
}

TEST(every_function_alone_brings_what_it_needs_and_no_more)
{
    Arena *arena = arena_new();
    const char *names[MOST];
    const int count = public_names(arena, names);
    CHECK(count > 50 && count < MOST);
    for (int i = 0; i < count; i++)
        for (int real64 = 0; real64 < 2; real64++)
            if (!compiles(arena, compiler_of_tests(), &names[i], 1, real64)) {
                printf("# %s, real64 %d\n", names[i], real64);
                CHECK(!"a function alone does not compile");
            }
    arena_free(arena);
}

TEST(all_functions_together_compile)
{
    Arena *arena = arena_new();
    const char *names[MOST];
    const int count = public_names(arena, names);
    CHECK(compiles(arena, compiler_of_tests(), names, count, false));
    CHECK(compiles(arena, compiler_of_tests(), names, count, true));
    if (system("clang --version >/dev/null 2>&1") == 0) {
        CHECK(compiles(arena, "clang", names, count, false));
        CHECK(compiles(arena, "clang", names, count, true));
    }
    arena_free(arena);
}

TEST(text_is_static_and_every_function_stands_there_once)
{
    Arena *arena = arena_new();
    const char *const names[] = {"cnn_silu", "cnn_tanh", "cnn_silu", "cnn_exp"};
    const char *text = runtime_standalone(arena, names, 4, false);
    CHECK(occurrences(text, "static cnn_real cnn_exp(") == 1);
    CHECK(occurrences(text, "static cnn_real cnn_silu(") == 1);
    CHECK(strstr(text, " cnn_exp(") < strstr(text, " cnn_tanh("));
    CHECK(strstr(text, " cnn_tanh(") < strstr(text, " cnn_silu("));
    CHECK(!strstr(text, "CNN_API") && !strstr(text, "/*@") && !strstr(text, "#include"));
    CHECK(!strstr(text, "cnn_erf") && !strstr(text, "cnn_log"));
    arena_free(arena);
}

TEST(text_is_of_one_kind_of_number)
{
    Arena *arena = arena_new();
    const char *const names[] = {"cnn_erf"};
    const char *text32 = runtime_standalone(arena, names, 1, false);
    const char *text64 = runtime_standalone(arena, names, 1, true);
    CHECK(strstr(text32, "typedef float cnn_real;") && !strstr(text32, "DBL_MAX"));
    CHECK(strstr(text64, "typedef double cnn_real;") && !strstr(text64, "FLT_MAX"));
    CHECK(!strstr(text32, "CNN_DOUBLE") && !strstr(text64, "CNN_DOUBLE"));
    arena_free(arena);
}

TEST(embedded_files_are_found_whole)
{
    const Embedded *file = embedded_find("runtime/cnn_math.c");
    CHECK(file && file->size > 1000 && strlen(file->text) == file->size);
    CHECK(file && strcmp(file->name, "runtime/cnn_math.c") == 0);
    CHECK(!embedded_find("runtime/none.c") && !embedded_find(""));
}

int main(void)
{
    RUN(every_function_alone_brings_what_it_needs_and_no_more);
    RUN(all_functions_together_compile);
    RUN(text_is_static_and_every_function_stands_there_once);
    RUN(text_is_of_one_kind_of_number);
    RUN(embedded_files_are_found_whole);
    return test_end();
}
