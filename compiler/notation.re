/* notation.re - sizes ("28x28x1") and formulas, lexed by re2c.
 *
 * A formula is evaluated by recursive descent over exact integers. The only division is the one directly under floor() or ceil(): it
 * yields a fraction, which the function rounds, down or up also for negative numbers. The printed numbers come from the same tokens. */
#include "notation.h"

#include <inttypes.h>
#include <string.h>

/*!re2c
    re2c:define:YYCTYPE = "unsigned char";
    re2c:yyfill:enable = 0;

    space  = [ \t]*;
    digits = [0-9]+;
    word   = [a-zA-Z_][a-zA-Z0-9_.]*;
*/

/* Digits as a number up to 2^31 - 1; false above. */
static bool small_number(const unsigned char *from, const unsigned char *to, int64_t *out)
{
    int64_t number = 0;
    for (; from < to; from++) {
        number = number * 10 + (*from - '0');
        if (number > INT32_MAX)
            return false;
    }
    *out = number;
    return true;
}

int notation_size(const char *text, int64_t *out, int most, bool zero, int *column)
{
    const unsigned char *const start = (const unsigned char *)text;
    const unsigned char *YYCURSOR = start, *from = start;
    int64_t numbers[8];
    int count = 0;
    bool number_next = true;
    if (most > 8)
        most = 8;
    for (;;) {
        from = YYCURSOR;
        /*!re2c
            [ \t]+ { continue; }
            digits {
                if (!number_next || count == most || !small_number(from, YYCURSOR, &numbers[count]) ||
                    (numbers[count] == 0 && !zero))
                    break;
                count++;
                number_next = false;
                continue;
            }
            "x" {
                if (number_next)
                    break;
                number_next = true;
                continue;
            }
            "\x00" {
                if (number_next)
                    break;
                memcpy(out, numbers, (size_t)count * sizeof *out);
                return count;
            }
            * { break; }
        */
    }
    if (column)
        *column = (int)(from - start);
    return 0;
}

typedef enum { TOKEN_END, TOKEN_NUMBER, TOKEN_WORD, TOKEN_MARK, TOKEN_BAD } TokenType;

typedef struct {
    TokenType type;
    const unsigned char *start, *end;
    int64_t number; /* TOKEN_NUMBER; -1 when it is too large */
    char mark;      /* TOKEN_MARK: one of + - * / ( ) , */
} Token;

/* The token at or behind `at`. */
static Token next_token(const unsigned char *at)
{
    const unsigned char *YYCURSOR = at, *start;
    for (;;) {
        start = YYCURSOR;
        /*!re2c
            [ \t]+ { continue; }
            digits {
                Token token = {.type = TOKEN_NUMBER, .start = start, .end = YYCURSOR, .number = -1};
                small_number(start, YYCURSOR, &token.number);
                return token;
            }
            word       { return (Token){.type = TOKEN_WORD, .start = start, .end = YYCURSOR}; }
            [-+*/(),]  { return (Token){.type = TOKEN_MARK, .start = start, .end = YYCURSOR, .mark = (char)*start}; }
            "\x00"     { return (Token){.type = TOKEN_END, .start = start, .end = start}; }
            *          { return (Token){.type = TOKEN_BAD, .start = start, .end = YYCURSOR}; }
        */
    }
}

typedef struct {
    Token token;
    const Variable *variables;
    int count, depth;
    FormulaStatus status;
} Parser;

/* A number over a positive one; whole numbers have `under` 1. */
typedef struct {
    int64_t over, under;
} Fraction;

enum { DEPTH_MOST = 64 };

static Fraction parse_sum(Parser *p, bool rounded);

static void fail(Parser *p, FormulaStatus status)
{
    if (p->status == FORMULA_OK)
        p->status = status;
}

static void advance(Parser *p)
{
    p->token = next_token(p->token.end);
}

static bool at_mark(const Parser *p, char mark)
{
    return p->token.type == TOKEN_MARK && p->token.mark == mark;
}

static void expect(Parser *p, char mark)
{
    if (at_mark(p, mark))
        advance(p);
    else
        fail(p, FORMULA_SYNTAX);
}

static bool is_word(const Token *token, const char *word)
{
    const size_t size = (size_t)(token->end - token->start);
    return strlen(word) == size && memcmp(token->start, word, size) == 0;
}

static Fraction whole(int64_t number)
{
    return (Fraction){number, 1};
}

static Fraction parse_variable(Parser *p)
{
    for (int i = 0; i < p->count; i++)
        if (is_word(&p->token, p->variables[i].name)) {
            advance(p);
            return whole(p->variables[i].value);
        }
    fail(p, FORMULA_UNKNOWN);
    return whole(0);
}

/* floor(a / b), ceil(a / b) */
static Fraction parse_rounding(Parser *p, bool up)
{
    advance(p);
    expect(p, '(');
    const Fraction f = parse_sum(p, true);
    expect(p, ')');
    return whole(size_floor_div(f.over, f.under) + (up && f.over % f.under != 0));
}

/* max(a, b), min(a, b) */
static Fraction parse_choice(Parser *p, bool larger)
{
    advance(p);
    expect(p, '(');
    const Fraction a = parse_sum(p, false);
    expect(p, ',');
    const Fraction b = parse_sum(p, false);
    expect(p, ')');
    return (a.over > b.over) == larger ? a : b;
}

static Fraction parse_atom(Parser *p, bool rounded)
{
    Fraction f = whole(0);
    if (++p->depth > DEPTH_MOST)
        fail(p, FORMULA_SYNTAX);
    if (p->status != FORMULA_OK)
        return f;
    if (p->token.type == TOKEN_NUMBER) {
        f = whole(p->token.number);
        if (f.over < 0)
            fail(p, FORMULA_OVERFLOW);
        advance(p);
    } else if (at_mark(p, '-')) {
        advance(p);
        f = parse_atom(p, false);
        if (!size_mul(f.over, -1, &f.over))
            fail(p, FORMULA_OVERFLOW);
    } else if (at_mark(p, '(')) {
        advance(p);
        f = parse_sum(p, rounded);
        expect(p, ')');
    } else if (p->token.type != TOKEN_WORD) {
        fail(p, FORMULA_SYNTAX);
    } else if (is_word(&p->token, "floor") || is_word(&p->token, "ceil")) {
        f = parse_rounding(p, is_word(&p->token, "ceil"));
    } else if (is_word(&p->token, "max") || is_word(&p->token, "min")) {
        f = parse_choice(p, is_word(&p->token, "max"));
    } else {
        f = parse_variable(p);
    }
    p->depth--;
    return f;
}

static Fraction parse_product(Parser *p, bool rounded)
{
    Fraction f = parse_atom(p, rounded);
    while (p->status == FORMULA_OK && (at_mark(p, '*') || at_mark(p, '/'))) {
        const bool times = p->token.mark == '*';
        advance(p);
        const Fraction g = parse_atom(p, false);
        if (p->status != FORMULA_OK)
            break;
        if (times && (f.under != 1 || !size_mul(f.over, g.over, &f.over)))
            fail(p, f.under != 1 ? FORMULA_DIVISION : FORMULA_OVERFLOW);
        else if (!times && (!rounded || f.under != 1 || g.over <= 0))
            fail(p, FORMULA_DIVISION);
        else if (!times)
            f.under = g.over;
    }
    return f;
}

/* `rounded`: directly under floor() or ceil(), where one division may stand. */
static Fraction parse_sum(Parser *p, bool rounded)
{
    Fraction f = parse_product(p, rounded);
    while (p->status == FORMULA_OK && (at_mark(p, '+') || at_mark(p, '-'))) {
        const bool plus = p->token.mark == '+';
        advance(p);
        const Fraction g = parse_product(p, false);
        if (f.under != 1)
            fail(p, FORMULA_DIVISION);
        else if (g.over == INT64_MIN || !size_add(f.over, plus ? g.over : -g.over, &f.over))
            fail(p, FORMULA_OVERFLOW);
    }
    return f;
}

FormulaStatus formula_value(const char *formula, const Variable *variables, int count, int64_t *out)
{
    Parser p = {.token = next_token((const unsigned char *)formula), .variables = variables, .count = count};
    const Fraction f = parse_sum(&p, false);
    if (p.status == FORMULA_OK && p.token.type != TOKEN_END)
        p.status = FORMULA_SYNTAX;
    if (p.status == FORMULA_OK)
        *out = f.over;
    return p.status;
}

char *formula_numbers(Arena *arena, const char *formula, const Variable *variables, int count)
{
    Text out = {.arena = arena};
    const unsigned char *at = (const unsigned char *)formula;
    for (Token token = next_token(at); token.type != TOKEN_END; token = next_token(at)) {
        int i = 0;
        text_add(&out, (const char *)at, (size_t)(token.start - at)); /* the spaces in between */
        while (i < count && !(token.type == TOKEN_WORD && is_word(&token, variables[i].name)))
            i++;
        if (i == count)
            text_add(&out, (const char *)token.start, (size_t)(token.end - token.start));
        else
            text_printf(&out, variables[i].value < 0 ? "(%" PRId64 ")" : "%" PRId64, variables[i].value);
        at = token.end;
    }
    text_add(&out, "", 0);
    return out.data;
}
