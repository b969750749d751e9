/* blocks.c - the blocks of prelude.lua: functions of a spec that are written in Lua.
 *
 * A block gets one table, as a layer does, and returns layers. Whatever it calls stands, for
 * messages, where the spec calls the block. */
#include <string.h>

#include "embed.h"
#include "reader.h"

static Reader *reader_of(lua_State *L)
{
    return lua_touserdata(L, lua_upvalueindex(1));
}

/* bottleneck { ... }; upvalues: the Reader, the name, the function of the prelude. */
static int call_block(lua_State *L)
{
    Reader *r = reader_of(L);
    const char *name = lua_tostring(L, lua_upvalueindex(2));
    if (lua_gettop(L) != 1 || lua_type(L, 1) != LUA_TTABLE)
        return luaL_error(L, "%s takes one table: %s { ... }", name, name);
    const bool outermost = r->block == NULL;
    if (outermost) {
        const int n = reader_new_call(L, r, name);
        Call *block = ARENA_NEW(r->arena, Call);
        r->calls[n].placed = true; /* or not: what it calls knows */
        *block = r->calls[n];
        r->block = block;
    }
    lua_pushvalue(L, lua_upvalueindex(3));
    lua_insert(L, 1);
    lua_call(L, 1, 1);
    if (outermost)
        r->block = NULL;
    return 1;
}

/* nearest(name, list): the name in the list that was meant, or nil. */
static int find_nearest(lua_State *L)
{
    const char *names[64];
    int count = 0;
    for (; count < 63 && lua_geti(L, 2, count + 1) == LUA_TSTRING; count++)
        names[count] = lua_tostring(L, -1);
    names[count] = NULL;
    lua_pushstring(L, nearest_name(luaL_checkstring(L, 1), names));
    return 1;
}

/* names(table): its names, sorted; the order of a Lua table differs from run to run. */
static int list_names(lua_State *L)
{
    enum { NAMES_MOST = 64 };
    const char *names[NAMES_MOST];
    int count = 0;
    for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1)) {
        if (lua_type(L, -2) != LUA_TSTRING || count == NAMES_MOST)
            continue;
        int k = count++;
        for (; k > 0 && strcmp(names[k - 1], lua_tostring(L, -2)) > 0; k--)
            names[k] = names[k - 1];
        names[k] = lua_tostring(L, -2);
    }
    lua_newtable(L);
    for (int i = 0; i < count; i++) {
        lua_pushstring(L, names[i]);
        lua_seti(L, 2, i + 1);
    }
    return 1;
}

void reader_add_blocks(lua_State *L, Reader *r)
{
    const Embedded *file = embedded_find("compiler/prelude.lua");
    const int library = lua_gettop(L);
    if (luaL_loadbufferx(L, file->text, file->size, "=prelude", "t") != LUA_OK)
        lua_error(L);
    lua_newtable(L); /* its environment: the library and two functions more */
    lua_pushcfunction(L, find_nearest);
    lua_setfield(L, -2, "nearest");
    lua_pushcfunction(L, list_names);
    lua_setfield(L, -2, "names");
    lua_newtable(L);
    lua_pushvalue(L, library);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, -2);
    lua_setupvalue(L, -2, 1);
    lua_call(L, 0, 1);
    for (lua_pushnil(L); lua_next(L, -2);) {
        const char *name = lua_tostring(L, -2);
        lua_pushlightuserdata(L, r);
        lua_pushvalue(L, -3);
        lua_rotate(L, -3, -1); /* reader, name, function */
        lua_pushcclosure(L, call_block, 3);
        lua_setfield(L, library, name);
    }
    lua_settop(L, library);
}
