/* From text to a tree with places: messages, the index of calls, specs in the sandbox. */
#include "diag.h"

#include <stdlib.h>
#include <string.h>

#include "locate.h"
#include "spec.h"
#include "test.h"

static Source source_of(const char *text)
{
    return (Source){"specs/test.lua", text, strlen(text)};
}

/* What diag_print writes. */
static char *printed(const Diag *diag)
{
    static char text[4096];
    FILE *file = tmpfile();
    diag_print(diag, file);
    rewind(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    return text;
}

TEST(messages_have_their_form)
{
    const Source source = source_of("return model {\n\tconv2d { 4 },\n}\n");
    Diag diag = {.arena = arena_new()};
    diag_warning(&diag, (Span){&source, 3, 1}, "later");
    diag_error(&diag, (Span){&source, 2, 9}, "pool2: output height is %d", 0);
    diag_note(&diag, "out = a\n    = 0");
    diag_note(&diag, "input is 3x3x16");
    CHECK(strcmp(printed(&diag), "specs/test.lua:2:9: error: pool2: output height is 0\n"
                                 "    2 | \tconv2d { 4 },\n"
                                 "      | \t       ^\n"
                                 "  note: out = a\n"
                                 "            = 0\n"
                                 "  note: input is 3x3x16\n"
                                 "specs/test.lua:3:1: warning: later\n"
                                 "    3 | }\n"
                                 "      | ^\n") == 0);
    CHECK(diag.errors == 1 && diag.warnings == 1 && diag.status == STATUS_WRONG);
    diag_system(&diag, "no");
    CHECK(diag.status == STATUS_SYSTEM);
    arena_free(diag.arena);
}

TEST(unprintable_bytes_do_not_reach_the_terminal)
{
    const Source source = source_of("a\x1b[31mb\n");
    Diag diag = {.arena = arena_new()};
    diag_error(&diag, (Span){&source, 1, 1}, "odd \x07 text");
    CHECK(strchr(printed(&diag), '\x1b') == NULL && strchr(printed(&diag), '\x07') == NULL);
    arena_free(diag.arena);
}

static bool stands(const Place *place, const char *name, int line, int column)
{
    return (name ? place->name && strcmp(place->name, name) == 0 : !place->name) &&
           place->value.line == line && place->value.column == column;
}

TEST(calls_and_fields_are_found)
{
    const Source source = source_of("-- conv2d { 1 }\n"
                                    "return model { input = \"2{3\", --[[ { ]] conv2d { 4,\n"
                                    "  kernel = { 3, 5 }, [[ { ]] }, conv2d({ 9 }) }\n");
    Arena *arena = arena_new();
    const CallIndex *index = locate_index(arena, &source);
    const CallSite *conv = locate_call(index, "conv2d", 2, 0);
    CHECK(conv && conv->brace.column == 48 && conv->place_count == 3);
    if (conv && conv->place_count == 3) {
        CHECK(stands(&conv->places[0], NULL, 2, 50));
        CHECK(stands(&conv->places[1], "kernel", 3, 12));
        CHECK(stands(&conv->places[2], NULL, 3, 22));
    }
    CHECK(locate_call(index, "conv2d", 1, 0) == NULL);
    CHECK(locate_call(index, "conv2d", 3, 0) != NULL);
    CHECK(locate_table(index, (Span){&source, 3, 12}) != NULL);
    CHECK(locate_call(index, "model", 2, 0)->place_count == 3);
    arena_free(arena);
}

TEST(broken_sources_are_indexed_without_harm)
{
    static const char *const broken[] = {
        "", "{", "}}}}", "[[", "--[==[", "\"", "a {b = {c = {", "'\\", "{{{{,,,=,"};
    Arena *arena = arena_new();
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        const Source source = source_of(broken[i]);
        CHECK(locate_index(arena, &source) != NULL);
    }
    char *deep = arena_alloc(arena, 5000);
    memset(deep, '{', 4999);
    const Source source = source_of(deep);
    CHECK(locate_index(arena, &source)->count == 4999);
    arena_free(arena);
}

TEST(a_spec_becomes_a_tree_with_places)
{
    static const char *const constructors[] = {"dense", NULL};
    const Source source = source_of("local n = arg(\"n\", 3)\nreturn model { input = '8',\n  dense "
                                    "{ n * 2, bias = false } }\n");
    Define define = {.key = "n", .value = "5"};
    Diag diag = {.arena = arena_new()};
    const Model *model = spec_load(diag.arena, &diag, &source, &define, 1, constructors);
    CHECK(model && diag.errors == 0 && strcmp(model->name, "test") == 0);
    if (model) {
        const Value *dense = model->root->items[0];
        CHECK(strcmp(dense->call, "dense") == 0 && dense->items[0]->integer == 10);
        CHECK(dense->span.line == 3 && dense->span.column == 9);
        CHECK(!value_get(dense, "bias")->boolean && value_field(dense, "bias")->key.column == 18);
        CHECK(strcmp(value_get(model->root, "input")->string, "8") == 0);
    }
    arena_free(diag.arena);
}

TEST(names_of_files_become_names_of_models)
{
    static const char *const constructors[] = {NULL};
    static const char *const names[][2] = {
        {"a/b/Mnist-8.lua", "mnist_8"}, {"3net.lua", "m_3net"}, {"x", "x"}, {"..lua", "m__"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const Source source = {names[i][0], "return model { }", 16};
        Diag diag = {.arena = arena_new()};
        const Model *model = spec_load(diag.arena, &diag, &source, NULL, 0, constructors);
        CHECK(model && strcmp(model->name, names[i][1]) == 0);
        arena_free(diag.arena);
    }
}

int main(void)
{
    RUN(messages_have_their_form);
    RUN(unprintable_bytes_do_not_reach_the_terminal);
    RUN(calls_and_fields_are_found);
    RUN(broken_sources_are_indexed_without_harm);
    RUN(a_spec_becomes_a_tree_with_places);
    RUN(names_of_files_become_names_of_models);
    return test_end();
}
