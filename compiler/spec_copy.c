/* spec_copy.c - Lua tables → Values, with the place of every field.
 *
 * Lua knows only the line of a call; the rest comes from the index of the source (locate.re). A
 * value that cannot be found there gets the place of the table it is in. */
#include "reader.h"

#include <string.h>

enum { DEPTH_MOST = 100, VALUES_MOST = 2000000, FIELDS_MOST = 1000 };

char reader_calls_key;

static bool copy_fail(Reader *r, Span span, const char *text)
{
    r->failed = true;
    return diag_error(r->diag, span, "%s", text);
}

static const Place *find_place(const CallSite *site, const char *name, int item)
{
    const int first = name ? 0 : item - 1; /* fields in between move an item only to the right */
    for (int i = first; site && i < site->place_count; i++) {
        const Place *place = &site->places[i];
        if (name ? place->name && strcmp(place->name, name) == 0 : place->item == item)
            return place;
    }
    return NULL;
}

static Value *copy_value(lua_State *L, Reader *r, Span span, int depth);

Call *reader_call(lua_State *L, const Reader *r)
{
    Call *call = NULL;
    lua_rawgetp(L, LUA_REGISTRYINDEX, &reader_calls_key);
    lua_pushvalue(L, -2);
    if (lua_rawget(L, -2) == LUA_TNUMBER)
        call = &r->calls[lua_tointeger(L, -1)];
    lua_pop(L, 2);
    return call;
}

static void copy_items(lua_State *L, Reader *r, Value *table, const CallSite *site, int depth)
{
    const lua_Unsigned count = lua_rawlen(L, -1);
    for (lua_Unsigned i = 1; i <= count && !r->failed; i++) {
        const Place *place = find_place(site, NULL, (int)i);
        lua_rawgeti(L, -1, (lua_Integer)i);
        Value *item = copy_value(L, r, place ? place->value : table->span, depth + 1);
        lua_pop(L, 1);
        if (item)
            value_add(r->arena, table, item);
    }
}

static bool has_message(const Diag *diag, Span at)
{
    for (int i = 0; i < diag->count; i++)
        if (diag->messages[i].span.line == at.line && diag->messages[i].span.column == at.column)
            return true;
    return false;
}

/* Lua keeps the last of two fields with one name, but a spec may not say two things. A call in a
 * loop is reported once. */
static void check_twice(const Reader *r, const CallSite *site, const char *key)
{
    const Place *first = find_place(site, key, 0);
    for (const Place *place = first; place && place < site->places + site->place_count; place++)
        if (place != first && place->name && strcmp(place->name, key) == 0 &&
            !has_message(r->diag, place->key))
            diag_error(r->diag, place->key, "%s%s%s is given twice", site->name,
                       *site->name ? ": " : "", key);
}

static void copy_field(lua_State *L, Reader *r, Value *table, const CallSite *site, int depth)
{
    size_t size;
    const char *key = lua_tolstring(L, -2, &size);
    if (strlen(key) != size) {
        copy_fail(r, table->span, "a key holds a zero byte");
        return;
    }
    const Place *place = find_place(site, key, 0);
    Value *value = copy_value(L, r, place ? place->value : table->span, depth + 1);
    if (!value)
        return;
    const char *name = arena_copy(r->arena, key, size);
    check_twice(r, site, key);
    value_set(r->arena, table, name, value);
    for (int i = 0; i < table->field_count; i++)
        if (table->fields[i].name == name)
            table->fields[i].key = place ? place->key : table->span;
}

/* What a table's key must not be, for a message. */
static const char *key_text(lua_State *L, const Reader *r)
{
    if (lua_type(L, -2) == LUA_TNUMBER)
        return lua_isinteger(L, -2)
                   ? arena_printf(r->arena, "%lld", (long long)lua_tointeger(L, -2))
                   : arena_printf(r->arena, "%.14g", lua_tonumber(L, -2));
    return arena_printf(r->arena, "a %s", luaL_typename(L, -2));
}

/* Named fields; anything that is neither one nor an item 1..n is a mistake. */
static void copy_fields(lua_State *L, Reader *r, Value *table, const CallSite *site, int depth)
{
    const lua_Unsigned count = lua_rawlen(L, -1);
    lua_pushnil(L);
    while (!r->failed && lua_next(L, -2)) {
        if (table->field_count > FIELDS_MOST)
            copy_fail(r, table->span, "the table has too many names");
        else if (lua_type(L, -2) == LUA_TSTRING)
            copy_field(L, r, table, site, depth);
        else if (!lua_isinteger(L, -2) || lua_tointeger(L, -2) < 1 ||
                 (lua_Unsigned)lua_tointeger(L, -2) > count)
            copy_fail(r, table->span,
                      arena_printf(r->arena,
                                   "a table's keys must be names, or whole numbers from 1 without "
                                   "a gap, not %s",
                                   key_text(L, r)));
        lua_pop(L, 1);
    }
}

static Value *copy_table(lua_State *L, Reader *r, Span span, int depth)
{
    Value *table = value_table(r->arena);
    Call *call = reader_call(L, r);
    const CallSite *site;
    table->span = span;
    if (call) {
        call->placed = true;
        site = locate_call(r->index, call->site, call->line, call->n);
        table->call = call->name;
        table->span = site ? site->brace : (Span){r->source, call->line, 0};
    } else {
        site = locate_table(r->index, span);
    }
    if (depth > DEPTH_MOST || !lua_checkstack(L, 8)) {
        copy_fail(r, table->span, "tables nested too deeply; does one contain itself?");
        return NULL;
    }
    const int top = lua_gettop(L);
    copy_items(L, r, table, site, depth);
    if (!r->failed)
        copy_fields(L, r, table, site, depth);
    if (!r->failed)
        lua_settop(L, top);
    return r->failed ? NULL : table;
}

/* The value on top of the stack, which stays there; NULL after a message. */
static Value *copy_value(lua_State *L, Reader *r, Span span, int depth)
{
    Value *value = NULL;
    size_t size;
    if (++r->copied > VALUES_MOST) {
        copy_fail(r, span, "the model has too many values");
        return NULL;
    }
    switch (lua_type(L, -1)) {
    case LUA_TNIL:
        value = value_string(r->arena, NULL);
        break;
    case LUA_TBOOLEAN:
        value = value_bool(r->arena, lua_toboolean(L, -1));
        break;
    case LUA_TNUMBER:
        value = lua_isinteger(L, -1) ? value_int(r->arena, lua_tointeger(L, -1))
                                     : value_number(r->arena, lua_tonumber(L, -1));
        break;
    case LUA_TSTRING:
        lua_tolstring(L, -1, &size);
        value = value_string(r->arena, arena_copy(r->arena, lua_tostring(L, -1), size));
        if (strlen(value->string) != size)
            copy_fail(r, span, "a string holds a zero byte");
        break;
    case LUA_TTABLE:
        return copy_table(L, r, span, depth);
    default:
        copy_fail(r, span, "a function is no value for a model; was a constructor not called?");
        return NULL;
    }
    value->span = span;
    return value;
}

int reader_copy_model(lua_State *L)
{
    Reader *r = lua_touserdata(L, 1);
    const Value **root = lua_touserdata(L, 2);
    const Span start = {r->source, 0, 0};
    lua_remove(L, 1);
    lua_remove(L, 1);
    const Call *call = lua_istable(L, 1) ? reader_call(L, r) : NULL;
    if (call && strcmp(call->name, "model") == 0)
        *root = copy_value(L, r, start, 0);
    else if (lua_isnil(L, 1))
        diag_error(r->diag, start, "the spec returns nothing; write: return model { ... }");
    else
        diag_error(r->diag, (Span){r->source, call ? call->line : 0, 0},
                   "the spec must return model { ... }, not a %s",
                   call ? call->name : luaL_typename(L, 1));
    return 0;
}
