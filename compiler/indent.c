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

static void add_line(Text *out, Indent *state, const char *line, size_t size, bool directive)
{
    static const char linkage[] = "extern \"C\" {";
    directive |= line[0] == '#' && !state->comment;
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

/* A line without the blanks around it; `gone` when it is not written, `macro` when it goes on with
 * a directive and keeps its blanks. */
typedef struct {
    const char *text;
    size_t size;
    bool gone, macro;
} Line;

static Line *split_lines(Arena *arena, const char *text, int *count)
{
    Line *lines = NULL;
    for (*count = 0; *text; (*count)++) {
        const size_t whole = strcspn(text, "\n");
        Line line = {.text = text, .size = whole};
        while (line.size > 0 && strchr(" \t", line.text[line.size - 1]))
            line.size--;
        const Line *before = *count > 0 ? &lines[*count - 1] : NULL;
        line.macro = before && (before->macro || before->text[0] == '#') && before->size > 0 &&
                     before->text[before->size - 1] == '\\';
        while (!line.macro && line.size > 0 && strchr(" \t", *line.text)) {
            line.text++;
            line.size--;
        }
        lines = arena_grow(arena, lines, (size_t)*count, (size_t)*count + 1, sizeof *lines);
        lines[*count] = line;
        text += whole + (text[whole] == '\n');
    }
    return lines;
}

static bool is_brace(const Line *line, char brace)
{
    return line->size == 1 && line->text[0] == brace;
}

static bool opens(const Line *line)
{
    return line->size > 0 && line->text[line->size - 1] == '{';
}

/* A block that is all there is in another one needs no braces of its own: templates put them where
 * an unrolled loop leaves several blocks behind one another. */
static void drop_braces(Arena *arena, Line *lines, int count)
{
    int *open = ARENA_ARRAY(arena, count + 1, int), depth = 0;
    for (int i = 0; i < count; i++) {
        if (lines[i].size > 0 && lines[i].text[0] == '}' && depth > 0) {
            const int start = open[--depth];
            if (is_brace(&lines[i], '}') && i + 1 < count && is_brace(&lines[i + 1], '}') &&
                start > 0 && is_brace(&lines[start], '{') && opens(&lines[start - 1]) &&
                depth > 0 && open[depth - 1] == start - 1)
                lines[start].gone = lines[i].gone = true;
        }
        if (opens(&lines[i]))
            open[depth++] = i;
    }
}

char *indent_text(Arena *arena, const char *text)
{
    Text out = {.arena = arena};
    Indent state = {0};
    bool blank = true; /* the last line was blank, or there was none */
    int count;
    Line *lines = split_lines(arena, text, &count);
    text_string(&out, "");
    drop_braces(arena, lines, count);
    for (int i = 0; i < count; i++) {
        if (lines[i].gone)
            continue;
        if (lines[i].size > 0)
            add_line(&out, &state, lines[i].text, lines[i].size, lines[i].macro);
        else if (!blank)
            text_string(&out, "\n");
        blank = lines[i].size == 0;
    }
    return out.data;
}
