/* sandbox.c - an allow list, and fences around time and memory.
 *
 * A count hook stops endless loops, the allocator stops memory bombs. Neither can stop a library
 * function that runs long on its own, so those that can (patterns, huge ranges) are left out or
 * bounded. Nothing whose result depends on addresses or on the order of a table is there: no pairs,
 * no tostring of a table. */
#include "sandbox.h"

#include <lualib.h>
#include <stdlib.h>
#include <string.h>

/* The hook comes often, for one instruction can be a call that works on megabytes. */
enum { HOOK_EVERY = 50, RANGE_MOST = 1000000, REPEAT_MOST = 1 << 20 };

/* The message handler does not see the end of memory, and when the error arrives nothing runs any
 * more. Asking where it runs allocates nothing. */
static void remember_line(Limits *limits)
{
    lua_Debug record;
    limits->line = 0;
    for (int level = 0; limits->state && lua_getstack(limits->state, level, &record); level++) {
        lua_getinfo(limits->state, "Sl", &record);
        if (record.currentline > 0 && strcmp(record.source, "=spec") == 0) {
            limits->line = record.currentline;
            return;
        }
    }
}

static void *limited_alloc(void *data, void *old, size_t old_size, size_t new_size)
{
    Limits *limits = data;
    if (!old)
        old_size = 0; /* for new objects Lua passes their type here */
    if (new_size == 0) {
        free(old);
        limits->used -= old_size;
        return NULL;
    }
    if (new_size > old_size && new_size - old_size > limits->most - limits->used) {
        remember_line(limits);
        return NULL;
    }
    void *memory = realloc(old, new_size);
    if (memory)
        limits->used = limits->used - old_size + new_size;
    return memory;
}

static Limits *limits_of(lua_State *L)
{
    return *(Limits **)lua_getextraspace(L);
}

/* The message handler of spec.c adds the line. */
static void spend(lua_State *L, int instructions)
{
    Limits *limits = limits_of(L);
    limits->instructions += instructions;
    const bool many = limits->instructions >= SPEC_INSTRUCTIONS;
    if (!many && clock() - limits->started <= SPEC_SECONDS * CLOCKS_PER_SEC)
        return;
    lua_pushfstring(L, "the spec does not end: stopped after %d %s",
                    many ? SPEC_INSTRUCTIONS : SPEC_SECONDS, many ? "instructions" : "seconds");
    lua_error(L);
}

static void on_count(lua_State *L, lua_Debug *record)
{
    (void)record;
    spend(L, HOOK_EVERY);
}

lua_State *sandbox_open(Limits *limits)
{
    *limits = (Limits){.most = (size_t)SPEC_MEGABYTES << 20, .started = clock()};
    lua_State *L = lua_newstate(limited_alloc, limits);
    if (L) {
        *(Limits **)lua_getextraspace(L) = limits;
        limits->state = L;
        lua_sethook(L, on_count, LUA_MASKCOUNT, HOOK_EVERY);
    }
    return L;
}

/* Calls the library function in upvalue 1 with the arguments that are there. */
static int call_original(lua_State *L)
{
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
    return lua_gettop(L);
}

/* Tables and functions print as addresses, which differ from run to run. */
static void refuse_address(lua_State *L, int index)
{
    const int type = lua_type(L, index);
    if (type == LUA_TTABLE || type == LUA_TFUNCTION || type == LUA_TUSERDATA ||
        type == LUA_TLIGHTUSERDATA)
        luaL_error(L, "a %s cannot be turned into a string", lua_typename(L, type));
}

static int safe_tostring(lua_State *L)
{
    refuse_address(L, 1);
    return call_original(L);
}

static int safe_format(lua_State *L)
{
    const char *format = luaL_checkstring(L, 1);
    for (int i = 2; i <= lua_gettop(L); i++)
        refuse_address(L, i);
    for (const char *c = strchr(format, '%'); c; c = strchr(c + 1, '%')) {
        c++;
        c += strspn(c, "-+ #0123456789.");
        if (*c == 'p')
            return luaL_error(L, "string.format knows no %%p here");
        if (*c == '\0')
            break;
    }
    return call_original(L);
}

static int safe_rep(lua_State *L)
{
    size_t size, separator = 0;
    luaL_checklstring(L, 1, &size);
    const lua_Integer n = luaL_checkinteger(L, 2);
    luaL_optlstring(L, 3, "", &separator);
    if (size + separator == 0) { /* the library would count to n */
        lua_pushliteral(L, "");
        return 1;
    }
    if (n > 0 && (lua_Unsigned)n > REPEAT_MOST / (size + separator))
        return luaL_error(L, "string.rep: the result is longer than %d bytes", REPEAT_MOST);
    return call_original(L);
}

/* `<`, for a sort without a function: no hook comes while the library compares on its own. */
static int less(lua_State *L)
{
    spend(L, 1);
    lua_pushboolean(L, lua_compare(L, 1, 2, LUA_OPLT));
    return 1;
}

static int safe_sort(lua_State *L)
{
    lua_settop(L, 2);
    if (lua_isnil(L, 2)) {
        lua_pushcfunction(L, less);
        lua_replace(L, 2);
    }
    return call_original(L);
}

/* concat(list, sep, i, j), unpack(list, i, j), move(a, f, e, t): ranges are bounded. */
static int safe_range(lua_State *L)
{
    const int first = (int)lua_tointeger(L, lua_upvalueindex(2));
    const lua_Integer from = luaL_optinteger(L, first, 1), to = luaL_optinteger(L, first + 1, 0);
    if (to > from && (lua_Unsigned)to - (lua_Unsigned)from > RANGE_MOST)
        return luaL_error(L, "a range of more than %d elements", RANGE_MOST);
    return call_original(L);
}

/* Copies the named functions of the library on top of the stack into a new table, which stays on
 * top in its place. */
static void keep(lua_State *L, const char *const *names)
{
    lua_newtable(L);
    for (; *names; names++) {
        lua_getfield(L, -2, *names);
        lua_setfield(L, -2, *names);
    }
    lua_remove(L, -2);
}

static void wrap(lua_State *L, const char *name, lua_CFunction function, int first)
{
    lua_getfield(L, -1, name);
    lua_pushinteger(L, first);
    lua_pushcclosure(L, function, 2);
    lua_setfield(L, -2, name);
}

static void open_library(lua_State *L, lua_CFunction open, const char *const *names)
{
    lua_pushcfunction(L, open);
    lua_call(L, 0, 1);
    keep(L, names);
}

void sandbox_library(lua_State *L)
{
    static const char *const base[] = {"ipairs", "select", "tonumber", "tostring",
                                       "type",   "error",  "assert",   NULL};
    static const char *const table[] = {"insert", "concat", "unpack", "pack",
                                        "remove", "sort",   "move",   NULL};
    static const char *const string[] = {"format", "rep",  "sub",  "len",     "upper",
                                         "lower",  "byte", "char", "reverse", NULL};
    static const char *const math[] = {"abs",       "ceil", "floor", "max",        "min",
                                       "sqrt",      "exp",  "log",   "sin",        "cos",
                                       "tan",       "pi",   "huge",  "maxinteger", "mininteger",
                                       "tointeger", "type", "fmod",  "modf",       NULL};
    lua_pushcfunction(L, luaopen_base);
    lua_call(L, 0, 0); /* works on the table of globals */
    lua_pushglobaltable(L);
    keep(L, base);
    wrap(L, "tostring", safe_tostring, 0);
    open_library(L, luaopen_table, table);
    wrap(L, "concat", safe_range, 3);
    wrap(L, "unpack", safe_range, 2);
    wrap(L, "move", safe_range, 2);
    wrap(L, "sort", safe_sort, 0);
    lua_setfield(L, -2, "table");
    open_library(L, luaopen_string, string);
    wrap(L, "format", safe_format, 0);
    wrap(L, "rep", safe_rep, 0);
    lua_pushliteral(L, ""); /* ("x"):rep(3) goes through the strings' metatable */
    lua_getmetatable(L, -1);
    lua_pushvalue(L, -3);
    lua_setfield(L, -2, "__index");
    lua_pop(L, 2);
    lua_setfield(L, -2, "string");
    open_library(L, luaopen_math, math);
    lua_setfield(L, -2, "math");
}

/* All names in upvalue 1, to suggest one. */
static const char *suggest(lua_State *L, const char *word)
{
    const char *names[256];
    int count = 0;
    lua_pushnil(L);
    while (count < 255 && lua_next(L, lua_upvalueindex(1))) {
        if (lua_type(L, -2) == LUA_TSTRING)
            names[count++] = lua_tostring(L, -2);
        lua_pop(L, 1);
    }
    names[count] = NULL;
    /* the order of a Lua table differs from run to run */
    for (int i = 1; i < count; i++) {
        const char *name = names[i];
        int k = i;
        for (; k > 0 && strcmp(names[k - 1], name) > 0; k--)
            names[k] = names[k - 1];
        names[k] = name;
    }
    return nearest_name(word, names);
}

static int read_global(lua_State *L)
{
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL)
        return 1;
    if (lua_type(L, 2) != LUA_TSTRING)
        return luaL_error(L, "no such global");
    const char *near = suggest(L, lua_tostring(L, 2));
    lua_pushvalue(L, lua_upvalueindex(2));
    lua_pushvalue(L, 2);
    lua_pushstring(L, near); /* nil for none */
    lua_call(L, 2, 1);
    return 1;
}

static int write_global(lua_State *L)
{
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL)
        return luaL_error(L, "'%s' is a name of cnngen; use a local variable of another name",
                          lua_tostring(L, 2));
    lua_settop(L, 3);
    lua_rawset(L, 1);
    return 0;
}

void sandbox_environment(lua_State *L)
{
    const int unknown = lua_gettop(L), library = unknown - 1;
    lua_newtable(L); /* the environment: empty, so that every library name goes through the
                        functions below */
    lua_newtable(L);
    lua_pushvalue(L, library);
    lua_pushvalue(L, unknown);
    lua_pushcclosure(L, read_global, 2);
    lua_setfield(L, -2, "__index");
    lua_pushvalue(L, library);
    lua_pushcclosure(L, write_global, 1);
    lua_setfield(L, -2, "__newindex");
    lua_setmetatable(L, -2);
    lua_replace(L, library);
    lua_settop(L, library);
}
