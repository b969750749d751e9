/* render.c - the one binding from C to templates.
 *
 * A Value tree becomes Lua tables; templates become Lua functions (template.re) that call `_t` with
 * text. This Lua state is ours and trusted; it has nothing to do with the sandbox of specs.
 * templates/lib.lua holds the helpers, templates/engine.lua ties them together. */
#include "render.h"

#include <lauxlib.h>
#include <lualib.h>
#include <string.h>

#include "embed.h"
#include "host.h"
#include "template.h"

typedef struct {
    Arena *arena;
    Diag *diag;
    const char *folder;
    Text out;
} Renderer;

static void push_value(lua_State *L, const Value *value)
{
    luaL_checkstack(L, 4, "a plan nested too deeply");
    switch (value->type) {
    case VALUE_NIL:
        lua_pushnil(L);
        return;
    case VALUE_BOOL:
        lua_pushboolean(L, value->boolean);
        return;
    case VALUE_INT:
        lua_pushinteger(L, value->integer);
        return;
    case VALUE_NUMBER:
        lua_pushnumber(L, value->number);
        return;
    case VALUE_STRING:
        lua_pushstring(L, value->string);
        return;
    case VALUE_TABLE:
        lua_createtable(L, value->item_count, value->field_count);
        for (int i = 0; i < value->item_count; i++) {
            push_value(L, value->items[i]);
            lua_rawseti(L, -2, i + 1);
        }
        for (int i = 0; i < value->field_count; i++) {
            push_value(L, value->fields[i].value);
            lua_setfield(L, -2, value->fields[i].name);
        }
    }
}

static Renderer *renderer_of(lua_State *L)
{
    return *(Renderer **)lua_getextraspace(L);
}

/* Text of a file of templates/, from the folder given or from the program itself; pushes it. */
static void push_file(lua_State *L, const char *name)
{
    Renderer *r = renderer_of(L);
    if (r->folder) {
        const Source *source =
            host_read(r->arena, r->diag, arena_printf(r->arena, "%s/%s", r->folder, name), 0);
        if (!source)
            luaL_error(L, "cannot read template %s", name);
        lua_pushlstring(L, source->text, source->size);
        return;
    }
    const Embedded *file = embedded_find(arena_printf(r->arena, "templates/%s", name));
    if (!file)
        luaL_error(L, "no template %s", name);
    lua_pushlstring(L, file->text, file->size);
}

/* load_template(name) → function; of a template (.t), with its environment as the argument. */
static int load_template(lua_State *L)
{
    Renderer *r = renderer_of(L);
    const char *name = luaL_checkstring(L, 1);
    size_t size;
    int line = 0;
    push_file(L, name);
    const char *text = lua_tolstring(L, -1, &size);
    if (strcmp(name + strlen(name) - 2, ".t") == 0) {
        text = template_to_lua(r->arena, text, size, &line);
        if (!text)
            return luaL_error(L, "templates/%s:%d: a ${ is not closed", name, line);
        text = arena_printf(r->arena, "local _ENV = ...; %s", text);
        size = strlen(text);
    }
    if (luaL_loadbufferx(L, text, size, arena_printf(r->arena, "@templates/%s", name), "t") !=
        LUA_OK)
        return lua_error(L);
    return 1;
}

static int emit(lua_State *L)
{
    size_t size;
    const char *text = luaL_checklstring(L, 1, &size);
    text_add(&renderer_of(L)->out, text, size);
    return 0;
}

/* take() gives back everything emitted since the last take(). */
static int take(lua_State *L)
{
    Text *out = &renderer_of(L)->out;
    lua_pushlstring(L, out->data ? out->data : "", out->size);
    *out = (Text){.arena = out->arena};
    return 1;
}

static int open_and_run(lua_State *L)
{
    const char *name = lua_touserdata(L, 1);
    const Value *model = lua_touserdata(L, 2);
    luaL_openlibs(L);
    lua_pushcfunction(L, load_template);
    lua_setglobal(L, "load_template");
    lua_pushcfunction(L, emit);
    lua_setglobal(L, "emit");
    lua_pushcfunction(L, take);
    lua_setglobal(L, "take");
    lua_pushcfunction(L, load_template);
    lua_pushstring(L, "engine.lua");
    lua_call(L, 1, 1);
    lua_call(L, 0, 1);
    push_value(L, model);
    lua_pushstring(L, name);
    lua_call(L, 2, 2); /* text, list of runtime functions */
    return 2;
}

static int traceback(lua_State *L)
{
    luaL_traceback(L, L, lua_tostring(L, 1), 1);
    return 1;
}

static const char *const *read_names(Arena *arena, lua_State *L)
{
    const int count = (int)luaL_len(L, -1);
    const char **names = ARENA_ARRAY(arena, count + 1, const char *);
    for (int i = 0; i < count; i++) {
        lua_rawgeti(L, -1, i + 1);
        names[i] = arena_printf(arena, "%s", lua_tostring(L, -1));
        lua_pop(L, 1);
    }
    return names;
}

char *render_template(Arena *arena, Diag *diag, const Rendering *rendering, const char *name,
                      const char *const **functions)
{
    Renderer renderer = {
        .arena = arena, .diag = diag, .folder = rendering->folder, .out = {.arena = arena}};
    lua_State *L = luaL_newstate();
    char *text = NULL;
    if (!L) {
        diag_system(diag, "out of memory");
        return NULL;
    }
    *(Renderer **)lua_getextraspace(L) = &renderer;
    lua_pushcfunction(L, traceback);
    lua_pushcfunction(L, open_and_run);
    lua_pushlightuserdata(L, (void *)(uintptr_t)name);
    lua_pushlightuserdata(L, (void *)(uintptr_t)rendering->model);
    if (lua_pcall(L, 2, 2, 1) == LUA_OK) {
        size_t size;
        const char *result = lua_tolstring(L, -2, &size);
        text = arena_copy(arena, result, size);
        *functions = read_names(arena, L);
    } else {
        diag_error(diag, (Span){0}, "%s", lua_tostring(L, -1));
    }
    lua_close(L);
    return text;
}
