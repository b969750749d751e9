/* Specs that repeat themselves: loops must neither fill the memory nor the screen. */
#include "spec.h"

#include <string.h>

#include "test.h"

static Diag load(Arena *arena, const char *text, Define *define)
{
    static const char *const constructors[] = {"dense", NULL};
    Source *source = ARENA_NEW(arena, Source);
    *source = (Source){"specs/test.lua", text, strlen(text)};
    Diag diag = {.arena = arena};
    spec_load(arena, &diag, source, define, define ? 1 : 0, constructors);
    return diag;
}

TEST(an_unknown_layer_in_a_loop_is_one_message)
{
    Arena *arena = arena_new();
    const Diag diag =
        load(arena, "local x\nfor i = 1, 500 do x = denze { i } end\nreturn model { x }", NULL);
    CHECK(diag.count == 1 && diag.messages[0].span.line == 2 && diag.messages[0].span.column == 23);
    arena_free(arena);
}

TEST(asking_often_still_suggests)
{
    Arena *arena = arena_new();
    Define define = {.key = "widht", .value = "3"};
    Diag diag = load(arena,
                     "for i = 1, 3000 do\n"
                     "  local a, b = arg(('long'):rep(1000) .. i, i), arg('width', 2)\n"
                     "end\n"
                     "return model {}",
                     &define);
    CHECK(!spec_check_defines(&diag, &define, 1));
    CHECK(diag.count == 1 && diag.status == STATUS_USAGE);
    CHECK(diag.count == 1 && strstr(diag.messages[0].text, "did you mean 'width'?") != NULL);
    arena_free(arena);
}

TEST(a_huge_error_text_is_cut)
{
    Arena *arena = arena_new();
    const Diag diag = load(arena, "\nerror(('x'):rep(1000000))", NULL);
    CHECK(diag.count == 1 && diag.messages[0].span.line == 2);
    CHECK(diag.count == 1 && strlen(diag.messages[0].text) < 2000);
    arena_free(arena);
}

TEST(a_line_that_cannot_be_is_no_line)
{
    static const char *const texts[] = {"error('spec:-5: odd', 0)",
                                        "error('spec:99999999999999999999: odd', 0)"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        Arena *arena = arena_new();
        const Diag diag = load(arena, texts[i], NULL);
        CHECK(diag.count == 1 && diag.messages[0].span.line == 0);
        CHECK(diag.count == 1 && strcmp(diag.messages[0].text, "odd") == 0);
        arena_free(arena);
    }
}

int main(void)
{
    RUN(an_unknown_layer_in_a_loop_is_one_message);
    RUN(asking_often_still_suggests);
    RUN(a_huge_error_text_is_cut);
    RUN(a_line_that_cannot_be_is_no_line);
    return test_end();
}
