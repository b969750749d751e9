/* diag.h - what went wrong, with its place.
 *
 * A stage reports every mistake it finds and goes on as far as it can; the caller stops after a
 * stage that counted errors. The functions return false so that a check can end with `return
 * diag_error(...)`. Messages are kept as data, in order of report, and printed once, sorted by
 * place (file, line, column; stable), in the GNU form:
 *
 *     specs/lenet.lua:8:13: error: pool2: output height is 0
 *         8 |   maxpool2d { 4, stride = 2 },
 *           |             ^
 *       note: out = floor(...) + 1
 *                 = floor((3 + 0 + 0 - ...
 *
 * A note of several lines is indented under its first `=`... as given: every line after the first
 * is printed with the indentation of "  note: " in front. Tabs in the source line are kept in the
 * caret line so that the caret stands right; bytes that are not printable are shown as '?'; very
 * long lines are cut around the caret. */
#ifndef DIAG_H
#define DIAG_H

#include <stdio.h>

#include "base.h"

/* Exit statuses of the program. */
typedef enum { STATUS_OK = 0, STATUS_WRONG = 1, STATUS_USAGE = 2, STATUS_SYSTEM = 3 } Status;

typedef enum { SEVERITY_ERROR, SEVERITY_WARNING } Severity;

typedef struct {
    Severity severity;
    const char *rule; /* which kind of check found it, "network"; NULL: none */
    Span span;        /* span.source NULL: no place; printed as "cnngen: error: ..." */
    const char *text;
    const char **notes;
    int note_count;
} Message;

typedef struct {
    Arena *arena;
    Message *messages;
    int count, errors, warnings;
    const char *rule;   /* of the messages to come */
    const char **files; /* read so far, each once, for -MD */
    int file_count;
    Status status; /* STATUS_OK until the first error; the worst since */
} Diag;

bool diag_error(Diag *diag, Span span, const char *format, ...)
    PRINTF_LIKE(3, 4); /* user's mistake: status 1; false */
bool diag_usage(Diag *diag, const char *format, ...)
    PRINTF_LIKE(2, 3); /* wrong usage: status 2; false */
bool diag_system(Diag *diag, const char *format, ...)
    PRINTF_LIKE(2, 3); /* system refused: status 3; false */
void diag_warning(Diag *diag, Span span, const char *format, ...) PRINTF_LIKE(3, 4);
void diag_note(Diag *diag, const char *format, ...)
    PRINTF_LIKE(2, 3);                        /* adds to the newest message; may hold newlines */
void diag_read(Diag *diag, const char *path); /* a file was read; host_read() calls it */
void diag_print(const Diag *diag, FILE *file);
void diag_flush(
    Diag *diag,
    FILE *file); /* prints what there is and forgets it; the counts and the status stay */

#endif
