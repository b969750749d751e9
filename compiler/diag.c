/* diag.c - keeps messages and prints them: sorted by place, with the line and a caret under the
 * column. */
#include "diag.h"

#include <stdlib.h>
#include <string.h>

enum { LINE_MOST = 100 }; /* longer source lines are cut around the caret */

static Message *add_message(Diag *diag, Severity severity, Span span, const char *format,
                            va_list args)
{
    diag->messages = arena_grow(diag->arena, diag->messages, (size_t)diag->count,
                                (size_t)diag->count + 1, sizeof *diag->messages);
    Message *message = &diag->messages[diag->count++];
    *message = (Message){
        .severity = severity, .span = span, .text = arena_vprintf(diag->arena, format, args)};
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
    message->notes[message->note_count++] = arena_vprintf(diag->arena, format, args);
    va_end(args);
}

/* Text that may hold anything, made safe for a terminal. */
static void print_safe(FILE *file, const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        const unsigned char c = (unsigned char)text[i];
        fputc(c == '\t' || c >= 128 || (c >= 32 && c != 127) ? c : '?', file);
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

/* "    8 |   maxpool2d { 4, stride = 2 },"  and the caret below. */
static void print_source(FILE *file, Span span)
{
    size_t size, start = 0;
    const char *line = find_line(span.source, span.line, &size);
    if (!line)
        return;
    const size_t column = span.column > 0 ? (size_t)span.column - 1 : 0;
    if (size > LINE_MOST && column > LINE_MOST / 2)
        start = column - LINE_MOST / 2;
    if (start > size)
        start = size;
    const size_t shown = size - start > LINE_MOST ? LINE_MOST : size - start;
    fprintf(file, "%5d | %s", span.line, start > 0 ? "..." : "");
    print_safe(file, line + start, shown);
    fprintf(file, "%s\n", start + shown < size ? "..." : "");
    if (span.column < 1)
        return;
    fprintf(file, "      | %s", start > 0 ? "   " : "");
    for (size_t i = start; i < column; i++) {
        const unsigned char c = i < size ? (unsigned char)line[i] : ' ';
        if ((c & 0xc0) != 0x80) /* one column for a character of several bytes */
            fputc(c == '\t' ? '\t' : ' ', file);
    }
    fputs("^\n", file);
}

static void print_note(FILE *file, const char *note)
{
    fputs("  note: ", file);
    for (;;) {
        const char *newline = strchr(note, '\n');
        print_safe(file, note, newline ? (size_t)(newline - note) : strlen(note));
        fputc('\n', file);
        if (!newline)
            return;
        note = newline + 1;
        fputs("        ", file);
    }
}

static void print_message(FILE *file, const Message *m)
{
    const char *severity = m->severity == SEVERITY_ERROR ? "error" : "warning";
    if (!m->span.source)
        fputs("cnngen: ", file);
    else if (m->span.line == 0)
        fprintf(file, "%s: ", m->span.source->path);
    else if (m->span.column == 0)
        fprintf(file, "%s:%d: ", m->span.source->path, m->span.line);
    else
        fprintf(file, "%s:%d:%d: ", m->span.source->path, m->span.line, m->span.column);
    fprintf(file, "%s: ", severity);
    for (const char *c = m->text; *c; c++) /* messages of other programs have several lines */
        if (*c == '\n')
            fputc('\n', file);
        else
            print_safe(file, c, 1);
    fputc('\n', file);
    if (m->span.source && m->span.line > 0)
        print_source(file, m->span);
    for (int i = 0; i < m->note_count; i++)
        print_note(file, m->notes[i]);
}

static int compare_place(const void *a, const void *b)
{
    const Message *x = *(Message *const *)a, *y = *(Message *const *)b;
    if (x->span.source != y->span.source) /* files in the order they came */
        return x < y ? -1 : 1;
    if (x->span.line != y->span.line)
        return x->span.line < y->span.line ? -1 : 1;
    if (x->span.column != y->span.column)
        return x->span.column < y->span.column ? -1 : 1;
    return x < y ? -1 : x > y;
}

void diag_print(const Diag *diag, FILE *file)
{
    Message **order = ARENA_ARRAY(diag->arena, diag->count, Message *);
    for (int i = 0; i < diag->count; i++)
        order[i] = &diag->messages[i];
    qsort(order, (size_t)diag->count, sizeof *order, compare_place);
    for (int i = 0; i < diag->count; i++)
        print_message(file, order[i]);
}

void diag_flush(Diag *diag, FILE *file)
{
    diag_print(diag, file);
    diag->messages = NULL;
    diag->count = 0;
}
