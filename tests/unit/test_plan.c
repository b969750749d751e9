/* Memory that overlaps only when it may, tiles that cover every pixel once, templates and
 * indentation. */
#include "plan.h"

#include <string.h>

#include "render.h"
#include "template.h"
#include "test.h"
#include "tile.h"

static uint32_t state = 1;

static int random_below(int n)
{
    state = state * 1664525u + 1013904223u;
    return (int)((state >> 8) % (uint32_t)n);
}

static bool apart(const Buffer *a, const Buffer *b)
{
    return a->last < b->first || b->last < a->first ||
           a->offset + a->count * a->samples <= b->offset ||
           b->offset + b->count * b->samples <= a->offset;
}

TEST(no_two_living_buffers_overlap)
{
    for (int round = 0; round < 300; round++) {
        Arena *arena = arena_new();
        Buffer buffers[30];
        Schedule schedule = {.buffers = buffers, .buffer_count = 1 + random_below(30)};
        for (int i = 0; i < schedule.buffer_count; i++) {
            const int first = random_below(20);
            buffers[i] = (Buffer){.name = "b",
                                  .home = HOME_ARENA,
                                  .count = 1 + random_below(500),
                                  .samples = 1 + random_below(3),
                                  .first = first,
                                  .last = first + random_below(6)};
        }
        memory_assign(arena, &schedule, round % 2 ? 16 : 1, 0);
        for (int i = 0; i < schedule.buffer_count; i++) {
            CHECK(buffers[i].offset >= 0 &&
                  buffers[i].offset + buffers[i].count * buffers[i].samples <= schedule.arena);
            CHECK(buffers[i].offset % (round % 2 ? 16 : 1) == 0);
            for (int k = 0; k < i; k++)
                CHECK(apart(&buffers[i], &buffers[k]));
        }
        CHECK(schedule.arena >= schedule.lower_bound);
        arena_free(arena);
    }
}

TEST(a_chain_needs_no_more_than_its_two_largest_neighbours)
{
    Arena *arena = arena_new();
    Buffer b[] = {{"a", HOME_ARENA, 100, 1, 0, 1, 0, false},
                  {"b", HOME_ARENA, 50, 1, 1, 2, 0, false},
                  {"c", HOME_ARENA, 80, 1, 2, 3, 0, false},
                  {"d", HOME_ARENA, 10, 1, 3, 4, 0, false}};
    Schedule schedule = {.buffers = b, .buffer_count = 4};
    memory_assign(arena, &schedule, 1, 0);
    CHECK(schedule.lower_bound == 150);
    CHECK(schedule.arena == 150);
    arena_free(arena);
}

TEST(tiles_cover_every_pixel_once)
{
    for (int64_t most = 1; most <= 12; most++)
        for (int64_t n = 1; n <= 300; n++) {
            TileRun runs[2];
            const int count = tile_runs(n, most, runs);
            int64_t at = 0;
            for (int i = 0; i < count; i++) {
                CHECK(runs[i].start == at && runs[i].p >= 1 && runs[i].p <= most &&
                      runs[i].count >= 1);
                at += runs[i].p * runs[i].count;
            }
            CHECK(at == n && (count == 1 || runs[0].p == runs[1].p + 1));
        }
}

/* Every p in range is tried; the one taken leaves no more over than any other. */
TEST(groups_are_as_even_as_they_can_be)
{
    for (int64_t n = 1; n < 200; n++) {
        const int64_t p = tile_even(n, 4, 6);
        CHECK(n <= 6 ? p == n : p >= 4 && p <= 6);
        for (int64_t other = 4; other <= 6 && n > 6; other++)
            CHECK((n + p - 1) / p * p <= (n + other - 1) / other * other);
    }
}

TEST(lanes_fit_the_channels)
{
    CHECK(tile_lanes(1) == 4 && tile_lanes(4) == 4 && tile_lanes(5) == 8 && tile_lanes(8) == 8);
    CHECK(tile_lanes(9) == 16 && tile_lanes(1000) == 16);
    for (int64_t channels = 1; channels < 70; channels++) {
        const int block = tile_block(channels);
        CHECK(block <= channels && block <= 16 &&
              (block == 16 || 2 * block > channels || channels < 4));
    }
    CHECK(tile_block(3) == 1 && tile_block(4) == 4);
}

static const char *to_lua(Arena *arena, const char *text)
{
    int line = 0;
    return template_to_lua(arena, text, strlen(text), &line);
}

TEST(a_line_of_template_is_a_line_of_lua)
{
    Arena *arena = arena_new();
    CHECK(strcmp(to_lua(arena, "int a${n};\n"), " _t(\"int a\") _v(n) _t(\";\\n\")\n") == 0);
    CHECK(strcmp(to_lua(arena, "  % for x do\n"), " for x do\n") == 0);
    CHECK(strcmp(to_lua(arena, "%% x\n"), " _t(\"% x\\n\")\n") == 0);
    CHECK(strcmp(to_lua(arena, "a \"b\" \\n"), " _t(\"a \\\"b\\\" \\\\n\\n\")\n") == 0);
    CHECK(strcmp(to_lua(arena, "${f(\"}\")}${g{1, 2}}\n"),
                 " _v(f(\"}\")) _v(g{1, 2}) _t(\"\\n\")\n") == 0);
    CHECK(strcmp(to_lua(arena, ""), " _t(\"\\n\")\n") == 0);
    arena_free(arena);
}

TEST(an_open_hole_has_a_line)
{
    Arena *arena = arena_new();
    int line = 0;
    CHECK(template_to_lua(arena, "one\ntwo ${x\nthree\n", 18, &line) == NULL);
    CHECK(line == 2);
    arena_free(arena);
}

TEST(code_is_indented_by_its_braces)
{
    Arena *arena = arena_new();
    const char *text = "void f(void)\n{\n        if (a)\n {\nx = 1 +\n2;\n}\n\n\n#if "
                       "1\ny(\"{\");\n#endif\n/* a\n* b */\n}\n";
    const char *expected =
        "void f(void)\n{\n    if (a)\n    {\n        x = 1 +\n            2;\n    }\n\n#if 1\n    "
        "y(\"{\");\n#endif\n    /* a\n     * b */\n}\n";
    CHECK(strcmp(indent_text(arena, text), expected) == 0);
    CHECK(strcmp(indent_text(arena, "extern \"C\" {\nint a;\n}\n"),
                 "extern \"C\" {\nint a;\n}\n") == 0);
    const char *blocks = "f()\n{\n{\n{\na;\n}\n}\n}\nfor {\n{\nb;\n}\n{\nc;\n}\n}\n";
    CHECK(
        strcmp(
            indent_text(arena, blocks),
            "f()\n{\n    a;\n}\nfor {\n    {\n        b;\n    }\n    {\n        c;\n    }\n}\n") ==
        0);
    arena_free(arena);
}

int main(void)
{
    RUN(no_two_living_buffers_overlap);
    RUN(a_chain_needs_no_more_than_its_two_largest_neighbours);
    RUN(tiles_cover_every_pixel_once);
    RUN(groups_are_as_even_as_they_can_be);
    RUN(lanes_fit_the_channels);
    RUN(a_line_of_template_is_a_line_of_lua);
    RUN(an_open_hole_has_a_line);
    RUN(code_is_indented_by_its_braces);
    return test_end();
}
