/* spec_message.c - what Lua says about a spec, in words for a spec and with a place in it. */
#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "reader.h"

/* The text from a line on; at its end when there are fewer lines. */
const char *reader_line_start(const Source *source, int line)
{
    const char *at = source->text, *newline;
    while (--line > 0 && (newline = strchr(at, '\n')) != NULL)
        at = newline + 1;
    return line > 0 ? source->text + source->size : at;
}

static bool is_word(int c)
{
    return isalnum(c) || c == '_';
}

/* The column of a word or sign on a line; 0 when it is not there or there twice, for then nobody
 * knows which is meant. */
static int find_word(const Source *source, int line, const char *word, size_t size)
{
    const char *at = reader_line_start(source, line), *found = NULL;
    const bool word_starts = size > 0 && is_word((unsigned char)word[0]);
    const bool word_ends = size > 0 && is_word((unsigned char)word[size - 1]);
    for (const char *c = at; size > 0 && *c && *c != '\n'; c++) {
        if (strncmp(c, word, size) != 0 ||
            (word_starts && c > at && is_word((unsigned char)c[-1])) ||
            (word_ends && is_word((unsigned char)c[size])))
            continue;
        if (found)
            return 0;
        found = c;
    }
    return found ? (int)(found - at) + 1 : 0;
}

/* What a message is about: the word a syntax error is near, the name it quotes, or the constructor
 * it starts with. */
static int find_subject(const Reader *r, int line, const char *message)
{
    const char *near = strstr(message, " near ");
    const char *quote = strchr(near ? near : message, '\'');
    const char *close = quote ? strrchr(quote + 1, '\'') : NULL;
    if (close && !near)
        close = strchr(quote + 1, '\'');
    if (near || close)
        return close ? find_word(r->source, line, quote + 1, (size_t)(close - quote - 1)) : 0;
    const size_t size = strcspn(message, " :");
    for (int i = 0; r->constructors[i]; i++)
        if (strlen(r->constructors[i]) == size && memcmp(r->constructors[i], message, size) == 0)
            return find_word(r->source, line, message, size);
    return 0;
}

/* Lua's "spec:LINE: text" as a message with a place. */
void reader_report(Reader *r, const char *message)
{
    static const char prefix[] = "spec:";
    enum { SHOWN_MOST = 1000 }; /* error() takes texts of megabytes */
    Span span = {r->source, 0, 0};
    if (strncmp(message, prefix, sizeof prefix - 1) == 0) {
        char *end;
        const long line = strtol(message + sizeof prefix - 1, &end, 10);
        span.line = line > 0 && line < INT_MAX ? (int)line : 0;
        message = strncmp(end, ": ", 2) == 0 ? end + 2 : end;
    }
    if (span.line > 0)
        span.column = find_subject(r, span.line, message);
    const size_t size = strlen(message);
    diag_error(r->diag, span, "%.*s%s", SHOWN_MOST, message, size > SHOWN_MOST ? "..." : "");
}

/* What Lua says, in words for a spec. */
const char *reader_reword(const char *message)
{
    if (!message)
        return "the spec raised an error that is not a text";
    if (strncmp(message, "prelude:", 8) == 0 && strchr(message, ' ')) /* a line of ours */
        message = strchr(message, ' ') + 1;
    return strcmp(message, "C stack overflow") == 0 ? "the spec is nested too deeply" : message;
}
