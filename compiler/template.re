/* template.re - lexes a template (re2c) and writes it down again as Lua.
 *
 * A copied piece becomes `_t("...")`, a hole `_v(...)`; the newline at the end of a line is part of its last piece. */
#include "template.h"

#include <string.h>

/*!re2c
    re2c:define:YYCTYPE = "unsigned char";
    re2c:yyfill:enable = 0;

    blank = [ \t]*;
    rest  = [^\n\x00]*;
    name  = [^\n\x00{}"'];
    quoted = ["] [^\n\x00"]* ["] | ['] [^\n\x00']* ['];
    nested = "{" (name | quoted)* "}";
*/

typedef struct {
    Text out;
    const unsigned char *cursor;
    int line;
} Lexer;

/* Text as a Lua string; no newline is ever inside, so lines stay lines. */
static void quote(Text *out, const unsigned char *from, const unsigned char *to, bool newline)
{
    if (from == to && !newline)
        return;
    text_string(out, " _t(\"");
    for (; from < to; from++) {
        if (*from == '"' || *from == '\\')
            text_add(out, "\\", 1);
        if (*from == '\r')
            text_string(out, "\\r");
        else
            text_add(out, (const char *)from, 1);
    }
    text_string(out, newline ? "\\n\")" : "\")");
}

static void add(Text *out, const unsigned char *from, const unsigned char *to)
{
    text_add(out, (const char *)from, (size_t)(to - from));
}

/* The rest of a line of text, with its holes. */
static bool copy_line(Lexer *lexer)
{
    const unsigned char *YYCURSOR = lexer->cursor, *YYMARKER, *piece = YYCURSOR, *start;
    for (;;) {
        start = YYCURSOR;
        /*!re2c
            "${" (name | quoted | nested)* "}" {
                quote(&lexer->out, piece, start, false);
                text_string(&lexer->out, " _v(");
                add(&lexer->out, start + 2, YYCURSOR - 1);
                text_string(&lexer->out, ")");
                piece = YYCURSOR;
                continue;
            }
            "${"   { return false; }
            "\n"   {
                quote(&lexer->out, piece, start, true);
                text_string(&lexer->out, "\n");
                lexer->cursor = YYCURSOR;
                lexer->line++;
                return true;
            }
            "\x00" { quote(&lexer->out, piece, start, false); lexer->cursor = start; return true; }
            *      { continue; }
        */
    }
}

/* One line; false at a mistake. *more is false at the end of the text. */
static bool lex_line(Lexer *lexer, bool *more)
{
    const unsigned char *YYCURSOR = lexer->cursor, *YYMARKER, *start = YYCURSOR, *code;
    /*!stags:re2c format = "const unsigned char *@@;\n"; */
    *more = true;
    /*!re2c
        re2c:flags:tags = 1;
        blank "%%"               { lexer->cursor = YYCURSOR - 1; return copy_line(lexer); }
        blank "%" @code ([^%\n\x00] rest)? "\n" {
            add(&lexer->out, code, YYCURSOR);
            lexer->cursor = YYCURSOR;
            lexer->line++;
            return true;
        }
        "\x00" { *more = false; return true; }
        *      { lexer->cursor = start; return copy_line(lexer); }
    */
}

char *template_to_lua(Arena *arena, const char *text, size_t size, int *line)
{
    char *closed = arena_printf(arena, "%.*s%s", (int)size, text, size > 0 && text[size - 1] == '\n' ? "" : "\n");
    Lexer lexer = {.out = {.arena = arena}, .cursor = (const unsigned char *)closed, .line = 1};
    bool more = true;
    text_string(&lexer.out, "");
    while (more) {
        if (!lex_line(&lexer, &more)) {
            *line = lexer.line;
            return NULL;
        }
    }
    return lexer.out.data ? lexer.out.data : arena_copy(arena, "", 0);
}
