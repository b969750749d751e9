/* Places in sources where items and fields are hard to tell apart. */
#include "locate.h"

#include <string.h>

#include "test.h"

static const CallSite *call_in(Arena *arena, const char *text, const char *name, int line)
{
    Source *source = ARENA_NEW(arena, Source);
    *source = (Source){"specs/test.lua", text, strlen(text)};
    return locate_call(locate_index(arena, source), name, line, 0);
}

TEST(a_computed_key_is_no_item)
{
    Arena *arena = arena_new();
    const CallSite *site = call_in(arena, "dense { [2 + 1] = 5, 32, t[1], [[x]] }", "dense", 1);
    CHECK(site && site->place_count == 3);
    if (site && site->place_count == 3) {
        CHECK(site->places[0].item == 1 && site->places[0].value.column == 22);
        CHECK(site->places[1].item == 2 && site->places[1].value.column == 26);
        CHECK(site->places[2].item == 3 && site->places[2].value.column == 32);
    }
    arena_free(arena);
}

TEST(statements_of_a_function_are_no_fields)
{
    static const char text[] =
        "lib {\n"
        "  f = function(n) if n then local a, b = 1, 2; b = 3 end repeat until n return n end,\n"
        "  width = 4,\n"
        "}\n";
    Arena *arena = arena_new();
    const CallSite *site = call_in(arena, text, "lib", 1);
    CHECK(site && site->place_count == 2);
    if (site && site->place_count == 2)
        CHECK(strcmp(site->places[1].name, "width") == 0 && site->places[1].key.line == 3);
    arena_free(arena);
}

TEST(strings_go_on_behind_a_newline_that_is_escaped)
{
    Arena *arena = arena_new();
    const CallSite *site = call_in(arena, "a { 'x\\z\n  {', 2 }\nb { '\\\r\n{', 3 }", "b", 3);
    CHECK(site && site->place_count == 2 && site->places[1].value.line == 4);
    site = call_in(arena, "a { 'x\\z\n  {', 2 }", "a", 1);
    CHECK(site && site->place_count == 2 && site->places[1].value.column == 7);
    arena_free(arena);
}

TEST(every_one_of_many_sites_is_found)
{
    enum { LINES = 3000 };
    Arena *arena = arena_new();
    Text text = {.arena = arena};
    for (int i = 0; i < LINES; i++)
        text_string(&text, "relu {} dense { { 1 } }\n");
    const Source source = {"specs/test.lua", text.data, text.size};
    const CallIndex *index = locate_index(arena, &source);
    bool found = index->count == 3 * LINES;
    for (int line = 1; line <= LINES; line++) {
        const CallSite *site = locate_call(index, "dense", line, line); /* n is taken modulo 1 */
        found &= site && site->brace.line == line && site->brace.column == 15;
        found &= locate_table(index, (Span){&source, line, 17}) != NULL;
        found &= locate_table(index, (Span){&source, line, 16}) == NULL;
    }
    CHECK(found);
    CHECK(locate_call(index, "dense", LINES + 1, 0) == NULL);
    CHECK(locate_call(index, "conv2d", 1, 0) == NULL);
    arena_free(arena);
}

int main(void)
{
    RUN(a_computed_key_is_no_item);
    RUN(statements_of_a_function_are_no_fields);
    RUN(strings_go_on_behind_a_newline_that_is_escaped);
    RUN(every_one_of_many_sites_is_found);
    return test_end();
}
