/* notation.h - two small languages: sizes ("28x28x1") and formulas.
 *
 * A formula is text such as  floor((in + pad_before + pad_after - dilation*(kernel - 1) - 1) /
 * stride) + 1. Names (letters, digits, '_', '.') are looked up in a list of variables; operators +
 * - * / with the usual precedence, unary -, parentheses, floor(), ceil(), max(a, b), min(a, b).
 * Values are exact rationals kept as integers: a division that leaves a remainder is only allowed
 * directly under floor() or ceil(), which round down and up. Overflow is found, never wrapped. */
#ifndef NOTATION_H
#define NOTATION_H

#include "base.h"

/* Reads "AxBxC" (1 to `most` positive numbers, spaces around x allowed) into out; returns how many,
 * or 0 when the text is not of that form: *column (if not NULL) is then the offset of the offending
 * byte, and a number above 2^31-1 is not of that form. Zero is accepted only when `zero` is true.
 */
int notation_size(const char *text, int64_t *out, int most, bool zero, int *column);

typedef struct {
    const char *name;
    int64_t value;
} Variable;

typedef enum {
    FORMULA_OK,
    FORMULA_SYNTAX,
    FORMULA_UNKNOWN,
    FORMULA_OVERFLOW,
    FORMULA_DIVISION
} FormulaStatus;

FormulaStatus formula_value(const char *formula, const Variable *variables, int count,
                            int64_t *out);
/* The formula with every name replaced by its number: "floor((3 + 0 + 0 - 1*(4 - 1) - 1) / 2) + 1";
 * spacing kept. A negative number is put in parentheses. */
char *formula_numbers(Arena *arena, const char *formula, const Variable *variables, int count);

#endif
