/* Sizes and formulas, the size table of the textbooks among them. */
#include "notation.h"

#include <string.h>

#include "test.h"

static int64_t value_of(const char *formula)
{
    int64_t out = -999;
    return formula_value(formula, NULL, 0, &out) == FORMULA_OK ? out : -999;
}

static FormulaStatus status_of(const char *formula)
{
    static const Variable v[] = {{"big", INT64_MAX}};
    int64_t out;
    return formula_value(formula, v, 1, &out);
}

TEST(sizes_are_read)
{
    int64_t v[3];
    CHECK(notation_size("28x28x1", v, 3, false, NULL) == 3 && v[0] == 28 && v[1] == 28 &&
          v[2] == 1);
    CHECK(notation_size(" 3 x 5 ", v, 2, false, NULL) == 2 && v[1] == 5);
    CHECK(notation_size("640", v, 3, false, NULL) == 1 && v[0] == 640);
    CHECK(notation_size("0x2", v, 2, true, NULL) == 2 && v[0] == 0);
    CHECK(notation_size("2147483647", v, 1, false, NULL) == 1);
}

TEST(wrong_sizes_are_refused_with_their_column)
{
    static const struct {
        const char *text;
        int column;
    } wrong[] = {{"", 0},   {"x3", 0},  {"3x", 2},      {"3xx3", 2},        {"3*3", 1}, {"0x3", 0},
                 {"-3", 0}, {"3 3", 2}, {"1x2x3x4", 6}, {"99999999999", 0}, {"3.5", 1}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        int64_t v[3];
        int column = -1;
        CHECK(notation_size(wrong[i].text, v, 3, false, &column) == 0);
        CHECK(column == wrong[i].column);
    }
}

TEST(formulas_have_the_usual_precedence)
{
    CHECK(value_of("1 + 2*3 - 4") == 3);
    CHECK(value_of("(1 + 2)*(3 - 4)") == -3);
    CHECK(value_of("-2*-3") == 6);
    CHECK(value_of("floor(7 / 2) + ceil(7 / 2)") == 7);
    CHECK(value_of("floor((3 - 4) / 2) + 1") == 0);
    CHECK(value_of("ceil((3 - 4) / 2)") == 0);
    CHECK(value_of("max(2, 3) - min(2, 3)") == 1);
}

TEST(formulas_refuse_what_is_not_exact)
{
    CHECK(status_of("7 / 2") == FORMULA_DIVISION);
    CHECK(status_of("floor(1 + 7 / 2)") == FORMULA_DIVISION);
    CHECK(status_of("floor(7 / 0)") == FORMULA_DIVISION);
    CHECK(status_of("big + 1") == FORMULA_OVERFLOW);
    CHECK(status_of("big*2") == FORMULA_OVERFLOW);
    CHECK(status_of("small") == FORMULA_UNKNOWN);
    CHECK(status_of("1 +") == FORMULA_SYNTAX);
    CHECK(status_of("(1") == FORMULA_SYNTAX);
    CHECK(status_of("1 2") == FORMULA_SYNTAX);
    CHECK(status_of("((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((1") ==
          FORMULA_SYNTAX);
}

TEST(numbers_replace_names)
{
    static const Variable v[] = {{"in", 3}, {"in.c", -4}, {"stride", 2}};
    Arena *arena = arena_new();
    CHECK(strcmp(formula_numbers(arena, "floor((in + in.c) / stride) + inner", v, 3),
                 "floor((3 + (-4)) / 2) + inner") == 0);
    arena_free(arena);
}

/* 28 -> 26 and so on: input, kernel, stride, output. */
TEST(the_size_table)
{
    static const int64_t table[][4] = {{28, 3, 1, 26}, {28, 5, 1, 24}, {26, 3, 1, 24},
                                       {13, 3, 1, 11}, {26, 2, 2, 13}, {11, 2, 2, 5},
                                       {24, 2, 2, 12}, {5, 3, 1, 3}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const Variable v[] = {
            {"in", table[i][0]}, {"kernel", table[i][1]}, {"stride", table[i][2]}};
        int64_t out = 0;
        CHECK(formula_value("floor((in - (kernel - 1) - 1) / stride) + 1", v, 3, &out) ==
              FORMULA_OK);
        CHECK(out == table[i][3]);
    }
}

TEST(the_least_number_is_not_wrapped)
{
    static const Variable v[] = {{"least", INT64_MIN}};
    int64_t out = 77;
    CHECK(formula_value("-least", v, 1, &out) == FORMULA_OVERFLOW && out == 77);
    CHECK(formula_value("ceil(least / 1)", v, 1, &out) == FORMULA_OK && out == INT64_MIN);
    CHECK(formula_value("ceil(least / 2)", v, 1, &out) == FORMULA_OK && out == INT64_MIN / 2);
}

int main(void)
{
    RUN(sizes_are_read);
    RUN(wrong_sizes_are_refused_with_their_column);
    RUN(formulas_have_the_usual_precedence);
    RUN(formulas_refuse_what_is_not_exact);
    RUN(numbers_replace_names);
    RUN(the_size_table);
    RUN(the_least_number_is_not_wrapped);
    return test_end();
}
