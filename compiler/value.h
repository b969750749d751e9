/* value.h - the tree that specs become on their way in and templates see on their way out.
 *
 * A table has positional items and named fields (sorted by name, so nothing depends on the order of
 * a Lua table). A call such as `conv2d { 32, kernel = 3 }` is a table with `call` set. Everything
 * knows its place. */
#ifndef VALUE_H
#define VALUE_H

#include "base.h"

typedef enum {
    VALUE_NIL,
    VALUE_BOOL,
    VALUE_INT,
    VALUE_NUMBER,
    VALUE_STRING,
    VALUE_TABLE
} ValueType;

typedef struct Value Value;

typedef struct {
    const char *name;
    Value *value;
    Span key; /* where the name stands */
} Field;

struct Value {
    ValueType type;
    Span span;       /* of a call: its opening brace; of a field's value: where the value starts */
    bool boolean;    /* VALUE_BOOL */
    int64_t integer; /* VALUE_INT */
    double number;   /* VALUE_NUMBER (finite or not), and VALUE_INT converted */
    const char
        *string; /* VALUE_STRING, NUL-terminated; a string with a NUL inside is refused by spec.c */
    const char *call; /* VALUE_TABLE: the constructor's name, or NULL for a plain table */
    Value **items;    /* positional, 1..n */
    int item_count;
    Field *fields; /* sorted by name */
    int field_count;
};

Value *value_int(Arena *arena, int64_t integer);
Value *value_number(Arena *arena, double number);
Value *value_bool(Arena *arena, bool boolean);
Value *value_string(Arena *arena, const char *string); /* NULL gives VALUE_NIL */
Value *value_table(Arena *arena);

void value_add(Arena *arena, Value *table, Value *item);
void value_set(Arena *arena, Value *table, const char *name,
               Value *value); /* replaces a field of that name */
/* The same for a plain value. */
void value_set_int(Arena *arena, Value *table, const char *name, int64_t integer);
void value_set_number(Arena *arena, Value *table, const char *name, double number);
void value_set_bool(Arena *arena, Value *table, const char *name, bool boolean);
void value_set_string(Arena *arena, Value *table, const char *name, const char *string);
const Value *value_get(const Value *table, const char *name);   /* NULL when there is none */
const Field *value_field(const Value *table, const char *name); /* NULL when there is none */

const char *value_type_name(const Value *value); /* "a number", "a string", "a table", "a conv2d
                                                    layer", ...: for messages */
void value_dump(
    Text *out,
    const Value *value); /* readable text, deterministic; used by --dump=model and goldens */

#endif
