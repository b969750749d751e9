/* diag.c - keeps messages and prints them: sorted by place, with the line and a caret under the
 * column. */
#include "diag.h"

#include <stdlib.h>
#include <string.h>

enum { LINE_MOST = 100 }; /* longer source lines are cut around the caret */

/* The bytes of the character at `text`; 0 when it is not UTF-8, or one that controls a terminal. */
static size_t character(const char *text, size_t size)
{
    const unsigned char *c = (const unsigned char *)text;
    const size_t n = c[0] < 0x80 ? 1 : c[0] < 0xc2 ? 0 : c[0] < 0xe0 ? 2 : c[0] < 0xf0 ? 3 : 4;
    if (n <= 1)
        return n == 1 && (c[0] == '\t' || (c[0] >= 32 && c[0] != 127));
    if (n > size || c[0] > 0xf4)
        return 0;
    for (size_t i = 1; i < n; i++)
        if ((c[i] & 0xc0) != 0x80)
            return 0;
    const bool control = c[0] == 0xc2 && c[1] < 0xa0;
    const bool too_long = (c[0] == 0xe0 && c[1] < 0xa0) || (c[0] == 0xf0 && c[1] < 0x90);
    const bool no_letter = (c[0] == 0xed && c[1] >= 0xa0) || (c[0] == 0xf4 && c[1] >= 0x90);
    return control || too_long || no_letter ? 0 : n;
}

/* Messages quote names and strings of a spec, which may hold anything: what is no text becomes '?',
 * in place. */
static char *clean(char *text)
{
    size_t rest = strlen(text);
    for (char *c = text; rest > 0;) {
        size_t n = character(c, rest);
        if (n == 0 && *c != '\n') /* messages of other programs have several lines */
            *c = '?';
        n = n > 0 ? n : 1;
        c += n;
        rest -= n;
    }
    return text;
}

/* The head and the end of a text that quotes megabytes. */
static char *shorten(Arena *arena, char *text, size_t most)
{
    const size_t size = strlen(text);
    if (size <= most)
        return text;
    return arena_printf(arena, "%.*s ... %s", (int)most / 2, text, text + size - most / 2);
}

static Message *add_message(Diag *diag, Severity severity, Span span, const char *format,
                            va_list args)
{
    diag->messages = arena_grow(diag->arena, diag->messages, (size_t)diag->count,
                                (size_t)diag->count + 1, sizeof *diag->messages);
    Message *message = &diag->messages[diag->count++];
    *message = (Message){
        .severity = severity,
        .rule = diag->rule,
        .span = span,
        .text = clean(shorten(diag->arena, arena_vprintf(diag->arena, format, args), 1200))};
    return message;
}

static bool add_error(Diag *diag, Status status, Span span, const char *format, va_list args)
{
    add_message(diag, SEVERITY_ERROR, span, format, args);
    diag->errors++;
    if (status > diag->status)
        diag->status = status;
    return false;
}

bool diag_error(Diag *diag, Span span, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add_error(diag, STATUS_WRONG, span, format, args);
    va_end(args);
    return false;
}

bool diag_usage(Diag *diag, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add_error(diag, STATUS_USAGE, (Span){0}, format, args);
    va_end(args);
    return false;
}

bool diag_system(Diag *diag, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add_error(diag, STATUS_SYSTEM, (Span){0}, format, args);
    va_end(args);
    return false;
}

void diag_warning(Diag *diag, Span span, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add_message(diag, SEVERITY_WARNING, span, format, args);
    va_end(args);
    diag->warnings++;
}

void diag_note(Diag *diag, const char *format, ...)
{
    Message *message = &diag->messages[diag->count - 1];
    va_list args;
    va_start(args, format);
    message->notes = arena_grow(diag->arena, message->notes, (size_t)message->note_count,
                                (size_t)message->note_count + 1, sizeof *message->notes);
    message->notes[message->note_count++] =
        clean(shorten(diag->arena, arena_vprintf(diag->arena, format, args), 4000));
    va_end(args);
}

void diag_read(Diag *diag, const char *path)
{
    for (int i = 0; i < diag->file_count; i++)
        if (strcmp(diag->files[i], path) == 0)
            return;
    diag->files = arena_grow(diag->arena, diag->files, (size_t)diag->file_count,
                             (size_t)diag->file_count + 1, sizeof *diag->files);
    diag->files[diag->file_count++] = path;
}

/* Text of a spec, made safe for a terminal. */
static void print_safe(FILE *file, const char *text, size_t size)
{
    for (size_t i = 0; i < size;) {
        const size_t n = character(text + i, size - i);
        if (n > 0)
            fwrite(text + i, 1, n, file);
        else
            fputc('?', file);
        i += n > 0 ? n : 1;
    }
}

static const char *find_line(const Source *source, int line, size_t *size)
{
    const char *at = source->text, *end = source->text + source->size;
    while (--line > 0) {
        at = memchr(at, '\n', (size_t)(end - at));
        if (!at)
            return NULL;
        at++;
    }
    const char *newline = memchr(at, '\n', (size_t)(end - at));
    *size = (size_t)((newline ? newline : end) - at);
    if (*size > 0 && at[*size - 1] == '\r')
        (*size)--;
    return at;
}

/* Back from the middle of a character to its start. */
static size_t character_start(const char *line, size_t at)
{
    for (int i = 0; i < 3 && at > 0 && ((unsigned char)line[at] & 0xc0) == 0x80; i++)
        at--;
    return at;
}

/* "    8 |   maxpool2d { 4, stride = 2 },"  and the caret below. */
static void print_source(FILE *file, Span span)
{
    size_t size, start = 0;
    const char *line = find_line(span.source, span.line, &size);
    if (!line || size == 0)
        return;
    const size_t column = span.column > 0 ? (size_t)span.column - 1 : 0;
    if (size > LINE_MOST && column > LINE_MOST / 2)
        start = column - LINE_MOST / 2;
    if (start > size)
        start = size;
    start = character_start(line, start);
    const size_t end = size - start > LINE_MOST ? character_start(line, start + LINE_MOST) : size;
    const size_t shown = end - start;
    fprintf(file, "%5d | %s", span.line, start > 0 ? "..." : "");
    print_safe(file, line + start, shown);
    fprintf(file, "%s\n", start + shown < size ? "..." : "");
    if (span.column < 1)
        return;
    fprintf(file, "      | %s", start > 0 ? "   " : "");
    for (size_t i = start; i < column;) { /* one column for a character of several bytes */
        const size_t n = i < size ? character(line + i, size - i) : 1;
        fputc(i < size && line[i] == '\t' ? '\t' : ' ', file);
        i += n > 0 ? n : 1;
    }
    fputs("^\n", file);
}

static void print_note(FILE *file, const char *note)
{
    fputs("  note: ", file);
    for (;;) {
        const char *newline = strchr(note, '\n');
        fwrite(note, 1, newline ? (size_t)(newline - note) : strlen(note), file);
        fputc('\n', file);
        if (!newline)
            return;
        note = newline + 1;
        fputs("        ", file);
    }
}

/* Names of files may hold anything, too. */
static void print_place(FILE *file, Span span)
{
    const char *path = *span.source->path ? span.source->path : "''";
    print_safe(file, path, strlen(path));
    if (span.line > 0)
        fprintf(file, ":%d", span.line);
    if (span.line > 0 && span.column > 0)
        fprintf(file, ":%d", span.column);
    fputs(": ", file);
}

static void print_message(FILE *file, const Message *m)
{
    const char *severity = m->severity == SEVERITY_ERROR ? "error" : "warning";
    if (!m->span.source)
        fputs("cnngen: ", file);
    else
        print_place(file, m->span);
    fprintf(file, "%s: ", severity);
    fputs(m->text, file);
    fputc('\n', file);
    if (m->span.source && m->span.line > 0)
        print_source(file, m->span);
    for (int i = 0; i < m->note_count; i++)
        print_note(file, m->notes[i]);
}

typedef struct {
    const Message *message;
    int file; /* files stand in the order of their first messages */
} Ordered;

static int compare_place(const void *a, const void *b)
{
    const Ordered *p = a, *q = b;
    const Message *x = p->message, *y = q->message;
    if (p->file != q->file)
        return p->file < q->file ? -1 : 1;
    if (x->span.line != y->span.line)
        return x->span.line < y->span.line ? -1 : 1;
    if (x->span.column != y->span.column)
        return x->span.column < y->span.column ? -1 : 1;
    return x < y ? -1 : x > y;
}

void diag_print(const Diag *diag, FILE *file)
{
    Ordered *order = ARENA_ARRAY(diag->arena, diag->count, Ordered);
    for (int i = 0; i < diag->count; i++) {
        order[i].message = &diag->messages[i];
        while (diag->messages[order[i].file].span.source != diag->messages[i].span.source)
            order[i].file++;
    }
    qsort(order, (size_t)diag->count, sizeof *order, compare_place);
    for (int i = 0; i < diag->count; i++)
        print_message(file, order[i].message);
}

void diag_flush(Diag *diag, FILE *file)
{
    diag_print(diag, file);
    diag->messages = NULL;
    diag->count = 0;
}
