/* value.c - building, reading and printing Value trees. */
#include "value.h"

#include <inttypes.h>
#include <string.h>

static Value *new_value(Arena *arena, ValueType type)
{
    Value *value = ARENA_NEW(arena, Value);
    value->type = type;
    return value;
}

Value *value_int(Arena *arena, int64_t integer)
{
    Value *value = new_value(arena, VALUE_INT);
    value->integer = integer;
    value->number = (double)integer;
    return value;
}

Value *value_number(Arena *arena, double number)
{
    Value *value = new_value(arena, VALUE_NUMBER);
    value->number = number;
    return value;
}

Value *value_bool(Arena *arena, bool boolean)
{
    Value *value = new_value(arena, VALUE_BOOL);
    value->boolean = boolean;
    return value;
}

Value *value_string(Arena *arena, const char *string)
{
    Value *value = new_value(arena, string ? VALUE_STRING : VALUE_NIL);
    value->string = string;
    return value;
}

Value *value_table(Arena *arena)
{
    return new_value(arena, VALUE_TABLE);
}

void value_add(Arena *arena, Value *table, Value *item)
{
    table->items = arena_grow(arena, table->items, (size_t)table->item_count,
                              (size_t)table->item_count + 1, sizeof *table->items);
    table->items[table->item_count++] = item;
}

/* The index of the first field whose name is not before `name`. */
static int lower_bound(const Value *table, const char *name)
{
    int low = 0, high = table->field_count;
    while (low < high) {
        const int middle = (low + high) / 2;
        if (strcmp(table->fields[middle].name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void value_set(Arena *arena, Value *table, const char *name, Value *value)
{
    const int at = lower_bound(table, name);
    if (at < table->field_count && strcmp(table->fields[at].name, name) == 0) {
        table->fields[at].value = value;
        return;
    }
    table->fields = arena_grow(arena, table->fields, (size_t)table->field_count,
                               (size_t)table->field_count + 1, sizeof *table->fields);
    memmove(&table->fields[at + 1], &table->fields[at],
            (size_t)(table->field_count - at) * sizeof *table->fields);
    table->fields[at] = (Field){.name = name, .value = value};
    table->field_count++;
}

const Field *value_field(const Value *table, const char *name)
{
    const int at = lower_bound(table, name);
    return at < table->field_count && strcmp(table->fields[at].name, name) == 0 ? &table->fields[at]
                                                                                : NULL;
}

void value_set_int(Arena *arena, Value *table, const char *name, int64_t integer)
{
    value_set(arena, table, name, value_int(arena, integer));
}

void value_set_number(Arena *arena, Value *table, const char *name, double number)
{
    value_set(arena, table, name, value_number(arena, number));
}

void value_set_bool(Arena *arena, Value *table, const char *name, bool boolean)
{
    value_set(arena, table, name, value_bool(arena, boolean));
}

void value_set_string(Arena *arena, Value *table, const char *name, const char *string)
{
    value_set(arena, table, name, value_string(arena, string));
}

const Value *value_get(const Value *table, const char *name)
{
    const Field *field = value_field(table, name);
    return field ? field->value : NULL;
}

const char *value_type_name(const Value *value)
{
    switch (value->type) {
    case VALUE_NIL:
        return "nil";
    case VALUE_BOOL:
        return "a boolean";
    case VALUE_INT:
    case VALUE_NUMBER:
        return "a number";
    case VALUE_STRING:
        return "a string";
    case VALUE_TABLE:
        break;
    }
    return value->call ? value->call : "a table";
}

static void dump_string(Text *out, const char *string)
{
    text_string(out, "\"");
    for (; *string; string++) {
        const unsigned char c = (unsigned char)*string;
        if (c == '"' || c == '\\')
            text_printf(out, "\\%c", c);
        else if (c < 32 || c == 127)
            text_printf(out, "\\%d", c);
        else
            text_add(out, string, 1);
    }
    text_string(out, "\"");
}

static void dump(Text *out, const Value *value, int depth);

static void dump_table(Text *out, const Value *table, int depth)
{
    text_printf(out, "%s%s{", table->call ? table->call : "", table->call ? " " : "");
    for (int i = 0; i < table->item_count; i++) {
        text_printf(out, "\n%*s", 4 * (depth + 1), "");
        dump(out, table->items[i], depth + 1);
    }
    for (int i = 0; i < table->field_count; i++) {
        text_printf(out, "\n%*s%s = ", 4 * (depth + 1), "", table->fields[i].name);
        dump(out, table->fields[i].value, depth + 1);
    }
    if (table->item_count + table->field_count > 0)
        text_printf(out, "\n%*s", 4 * depth, "");
    text_string(out, "}");
}

static void dump(Text *out, const Value *value, int depth)
{
    switch (value->type) {
    case VALUE_NIL:
        text_string(out, "nil");
        break;
    case VALUE_BOOL:
        text_string(out, value->boolean ? "true" : "false");
        break;
    case VALUE_INT:
        text_printf(out, "%" PRId64, value->integer);
        break;
    case VALUE_NUMBER:
        text_printf(out, "%.17g", value->number);
        break;
    case VALUE_STRING:
        dump_string(out, value->string);
        break;
    case VALUE_TABLE:
        dump_table(out, value, depth);
        break;
    }
    if (value->span.line > 0 && (value->type != VALUE_TABLE || value->call))
        text_printf(out, " @%d:%d", value->span.line, value->span.column);
}

void value_dump(Text *out, const Value *value)
{
    dump(out, value, 0);
    text_string(out, "\n");
}
