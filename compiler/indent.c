/* indent.c - indents generated C by its braces, so that templates may be indented for their own
 * readers.
 *
 * Preprocessor lines stay at the margin, lines of a comment keep their " *", a line that goes on
 * with a statement is indented once more. */
#include <string.h>

#include "render.h"

typedef struct {
    int depth;       /* of {, without that of extern "C" */
    int round;       /* of ( and [ that are still open at the end of a line */
    bool comment;    /* inside a comment of several lines */
    bool unfinished; /* the statement goes on in the next line */
} Indent;

/* Braces and comments of one line; strings and characters are skipped. */
static void scan(Indent *state, const char *line, size_t size)
{
    char last = 0;
    for (size_t i = 0; i < size; i++) {
        const char c = line[i];
        if (state->comment) {
            if (c == '*' && i + 1 < size && line[i + 1] == '/') {
                state->comment = false;
                i++;
            }
            continue;
        }
        if (c == '/' && i + 1 < size && line[i + 1] == '*') {
            state->comment = true;
            i++;
            continue;
        }
        if (c == '"' || c == '\'') {
            for (i++; i < size && line[i] != c; i++)
                i += line[i] == '\\';
        }
        state->depth += (c == '{') - (c == '}');
        state->round += (c == '(' || c == '[') - (c == ')' || c == ']');
        if (c != ' ' && c != '\t')
            last = c;
    }
    if (last && !state->comment)
        state->unfinished = state->round > 0 || !strchr(";{}:,>", last);
}

static void add_line(Text *out, Indent *state, const char *line, size_t size)
{
    static const char linkage[] = "extern \"C\" {";
    const bool directive = line[0] == '#' && !state->comment;
    if (size == sizeof linkage - 1 && memcmp(line, linkage, size) == 0)
        state->depth--;
    const bool closes = line[0] == '}' && !state->comment;
    int depth = state->depth - closes;
    if (depth < 0) { /* the one of extern "C" */
        state->depth += closes;
        depth = 0;
    }
    if (!directive) {
        for (int i = 0; i < depth; i++)
            text_string(out, "    ");
        if (state->comment)
            text_string(out, line[0] == '*' ? " " : "   ");
        else if (state->unfinished && line[0] != '{')
            text_string(out, "    ");
    }
    text_add(out, line, size);
    text_string(out, "\n");
    if (!directive)
        scan(state, line, size);
}

char *indent_text(Arena *arena, const char *text)
{
    Text out = {.arena = arena};
    Indent state = {0};
    bool blank = true; /* the last line was blank, or there was none */
    text_string(&out, "");
    while (*text) {
        const char *end = strchr(text, '\n');
        const size_t whole = end ? (size_t)(end - text) : strlen(text);
        const char *line = text;
        size_t size = whole;
        while (size > 0 && (line[size - 1] == ' ' || line[size - 1] == '\t'))
            size--;
        while (size > 0 && (*line == ' ' || *line == '\t')) {
            line++;
            size--;
        }
        if (size > 0)
            add_line(&out, &state, line, size);
        else if (!blank)
            text_string(&out, "\n");
        blank = size == 0;
        text += whole + (end != NULL);
    }
    return out.data;
}
