/* locate.h - columns: finds constructor calls and table fields in Lua source.
 *
 * Lua tells only the line of a call. locate_index() reads the source once (re2c lexer: comments,
 * long strings, nested braces) and lists every `name {` and, for each, where its fields and items
 * start. */
#ifndef LOCATE_H
#define LOCATE_H

#include "base.h"

typedef struct {
    const char *name; /* NULL for a positional item */
    int item;         /* 1, 2, ... for a positional item */
    Span key;         /* a named field: its name; an item: where it starts */
    Span value;       /* where the value starts */
} Place;

typedef struct {
    const char *name; /* of the constructor; "" for a plain table */
    Span name_span;   /* where the name starts */
    Span brace;       /* the opening brace */
    Place *places;
    int place_count;
} CallSite;

typedef struct {
    CallSite *sites; /* in order of the opening brace */
    int count;
} CallIndex;

CallIndex *locate_index(Arena *arena, const Source *source);

/* The n-th (from 0, taken modulo their number) call of `name` whose brace is on `line`; NULL when
 * there is none. */
const CallSite *locate_call(const CallIndex *index, const char *name, int line, int n);
/* The plain or called table whose opening brace stands exactly at `at`: for nested tables; NULL
 * when none. */
const CallSite *locate_table(const CallIndex *index, Span at);

#endif
