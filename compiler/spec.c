/* spec.c - runs a spec and copies what it returns into a Value tree.
 *
 * A constructor, `conv2d { ... }`, only remembers its name and line with the table it was given;
 * when the chunk has returned `model { ... }`, the tree is copied, places are looked up in the
 * source (locate.re), and the Lua state is closed. */
#include "spec.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "reader.h"

static Reader *reader_of(lua_State *L)
{
    return lua_touserdata(L, lua_upvalueindex(1));
}

int reader_line(lua_State *L)
{
    lua_Debug record;
    for (int level = 1; lua_getstack(L, level, &record); level++) {
        lua_getinfo(L, "Sl", &record);
        if (strcmp(record.source, "=spec") == 0)
            return record.currentline;
    }
    return 0;
}

static int count_on_line(const Reader *r, const char *site, int line)
{
    int n = 0;
    for (int i = r->call_count - 1; i >= 0 && r->call_count - i < 10000; i--)
        n += r->calls[i].line == line && !r->calls[i].inside && strcmp(r->calls[i].site, site) == 0;
    return n;
}

int reader_new_call(lua_State *L, Reader *r, const char *name)
{
    const char *copy = arena_printf(r->arena, "%s", name);
    Call call = {.name = copy, .site = copy, .line = reader_line(L)};
    if (r->block)
        call = (Call){copy, r->block->site, r->block->line, r->block->n, true, false};
    else
        call.n = count_on_line(r, name, call.line);
    r->calls = arena_grow(r->arena, r->calls, (size_t)r->call_count, (size_t)r->call_count + 1,
                          sizeof *r->calls);
    r->calls[r->call_count] = call;
    return r->call_count++;
}

/* conv2d { ... } */
static int construct(lua_State *L)
{
    Reader *r = reader_of(L);
    const char *name = lua_tostring(L, lua_upvalueindex(2));
    if (lua_gettop(L) != 1 || lua_type(L, 1) != LUA_TTABLE)
        return luaL_error(L, "%s takes one table: %s { ... }", name, name);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &reader_calls_key);
    lua_pushvalue(L, 1);
    if (lua_rawget(L, -2) != LUA_TNIL)
        return luaL_error(L, "%s: this table is already a %s", name,
                          r->calls[lua_tointeger(L, -1)].name);
    lua_pop(L, 1);
    lua_pushvalue(L, 1);
    lua_pushinteger(L, reader_new_call(L, r, name));
    lua_rawset(L, -3);
    lua_settop(L, 1);
    return 1;
}

/* Names asked for are there to suggest one: a loop that asks again and again must not fill the
 * arena. */
static void remember(Reader *r, const char *key)
{
    enum { NAMES_MOST = 1000, NAME_MOST = 100 };
    for (int i = 0; i < r->asked_count; i++)
        if (strcmp(r->asked[i], key) == 0)
            return;
    if (r->asked_count == NAMES_MOST || strlen(key) > NAME_MOST)
        return;
    r->asked = arena_grow(r->arena, r->asked, (size_t)r->asked_count, (size_t)r->asked_count + 1,
                          sizeof *r->asked);
    r->asked[r->asked_count++] = arena_printf(r->arena, "%s", key);
}

static const char *ask(Reader *r, const char *key)
{
    const char *value = NULL;
    for (int i = 0; i < r->define_count; i++)
        if (strcmp(r->defines[i].key, key) == 0) {
            r->defines[i].used = true;
            value = r->defines[i].value;
        }
    remember(r, key);
    return value;
}

static void push_raw(lua_State *L, const char *text)
{
    if (lua_stringtonumber(L, text) == 0)
        lua_pushstring(L, text);
}

/* arg(name, default): the -D value in the type of the default. */
static int read_arg(lua_State *L)
{
    Reader *r = reader_of(L);
    const char *key = luaL_checkstring(L, 1), *text = ask(r, key);
    lua_settop(L, 2);
    if (!text)
        return 1;
    switch (lua_type(L, 2)) {
    case LUA_TNUMBER:
        if (lua_stringtonumber(L, text) == 0)
            return luaL_error(L, "-D %s=%s: '%s' must be a number", key, text, key);
        return 1;
    case LUA_TBOOLEAN:
        if (strcmp(text, "true") != 0 && strcmp(text, "false") != 0)
            return luaL_error(L, "-D %s=%s: '%s' must be true or false", key, text, key);
        lua_pushboolean(L, text[0] == 't');
        return 1;
    case LUA_TSTRING:
        lua_pushstring(L, text);
        return 1;
    default:
        push_raw(L, text);
        return 1;
    }
}

static int index_args(lua_State *L)
{
    const char *text = lua_type(L, 2) == LUA_TSTRING ? ask(reader_of(L), lua_tostring(L, 2)) : NULL;
    if (text)
        push_raw(L, text);
    else
        lua_pushnil(L);
    return 1;
}

/* Whether the call is name { ... }, on one line, and not name({ ... }, ...). */
static bool is_bare(const Reader *r, const CallSite *site)
{
    const Span from = site->name_span, to = site->brace;
    if (from.line != to.line)
        return false;
    const char *line = reader_line_start(r->source, from.line);
    const char *behind = line + from.column - 1 + strlen(site->name);
    return behind + strspn(behind, " \t") == line + to.column - 1;
}

static bool is_reported(const Reader *r, Span span)
{
    for (int i = 0; i < r->diag->count; i++) {
        const Span other = r->diag->messages[i].span;
        if (other.source == span.source && other.line == span.line && other.column == span.column)
            return true;
    }
    return false;
}

/* unknown(name, near): what is called as a layer, `flaten { ... }`, is reported and goes on as one,
 * so that the mistakes behind it are found, too; anything else ends the spec. */
static int unknown_name(lua_State *L)
{
    Reader *r = reader_of(L);
    const char *name = lua_tostring(L, 1), *near = lua_tostring(L, 2);
    const char *text = near
                           ? lua_pushfstring(L, "unknown name '%s'; did you mean '%s'?", name, near)
                           : lua_pushfstring(L, "unknown name '%s'", name);
    const int line = reader_line(L);
    const CallSite *site = locate_call(r->index, name, line, count_on_line(r, name, line));
    if (!site || !is_bare(r, site))
        return luaL_error(L, "spec:%d: %s", line, text);
    if (!is_reported(r, site->name_span)) /* a loop comes here often */
        diag_error(r->diag, site->name_span, "%s", text);
    lua_pushlightuserdata(L, r);
    lua_pushvalue(L, 1);
    lua_pushcclosure(L, construct, 2);
    return 1;
}

static void add_constructor(lua_State *L, Reader *r, const char *name)
{
    lua_pushlightuserdata(L, r);
    lua_pushstring(L, name);
    lua_pushcclosure(L, construct, 2);
    lua_setfield(L, -2, name);
}

static void add_functions(lua_State *L, Reader *r)
{
    add_constructor(L, r, "model");
    for (int i = 0; r->constructors[i]; i++)
        add_constructor(L, r, r->constructors[i]);
    lua_pushlightuserdata(L, r);
    lua_pushcclosure(L, read_arg, 1);
    lua_setfield(L, -2, "arg");
    lua_newtable(L); /* args */
    lua_newtable(L);
    lua_pushlightuserdata(L, r);
    lua_pushcclosure(L, index_args, 1);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, -2);
    lua_setfield(L, -2, "args");
    reader_add_blocks(L, r);
}

/* The message handler: library functions do not know the line of an error they raise on behalf of
 * others, so that of the innermost line of the spec is put in front. */
static int add_line(lua_State *L)
{
    lua_Debug record;
    const char *message = reader_reword(lua_tostring(L, 1));
    lua_pushstring(L, message);
    if (strncmp(message, "spec:", 5) == 0)
        return 1;
    for (int level = 0; lua_getstack(L, level, &record); level++) {
        lua_getinfo(L, "Sl", &record);
        if (record.currentline > 0 && strcmp(record.source, "=spec") == 0) {
            lua_pushfstring(L, "spec:%d: %s", record.currentline, message);
            return 1;
        }
    }
    return 1;
}

/* Protected: everything that can raise an error. Returns the chunk's value. */
static int run_chunk(lua_State *L)
{
    Reader *r = lua_touserdata(L, 1);
    const char *text = r->source->text;
    size_t size = r->source->size;
    if (size > 0 && *text == LUA_SIGNATURE[0])
        return luaL_error(L, "this is compiled Lua; a spec is text");
    if (memchr(text, '\0', size))
        return luaL_error(L, "a spec is text; this one holds a zero byte");
    if (size >= 2 && memcmp(text, "#!", 2) == 0) /* a first line for the shell */
        for (; size > 0 && *text != '\n'; size--)
            text++;
    lua_newtable(L);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &reader_calls_key);
    if (luaL_loadbufferx(L, text, size, "=spec", "t") != LUA_OK)
        return lua_error(L);
    sandbox_library(L);
    add_functions(L, r);
    lua_pushlightuserdata(L, r);
    lua_pushcclosure(L, unknown_name, 1);
    sandbox_environment(L);
    lua_setupvalue(L, -2, 1);
    lua_call(L, 0, 2);
    if (!lua_isnil(L, -1))
        return luaL_error(L, "the spec returns more than one value");
    lua_pop(L, 1);
    return 1;
}

/* For those that no spec asks for: what was meant. */
static void suggest_defines(const Reader *r)
{
    const char **asked = ARENA_ARRAY(r->arena, r->asked_count + 1, const char *);
    if (r->asked_count > 0)
        memcpy(asked, r->asked, (size_t)r->asked_count * sizeof *asked);
    for (int i = 0; i < r->define_count; i++)
        if (!r->defines[i].used && !r->defines[i].near)
            r->defines[i].near = nearest_name(r->defines[i].key, asked);
}

bool spec_check_defines(Diag *diag, const Define *defines, int count)
{
    bool ok = true;
    for (int i = 0; i < count; i++) {
        const char *near = defines[i].near;
        if (!defines[i].used)
            ok = diag_usage(diag, "-D %s: the spec does not ask for it%s%s%s", defines[i].key,
                            near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
    }
    return ok;
}

/* A layer that was made and is nowhere in the model was probably forgotten. The calls inside a
 * block of the prelude stand for it. */
static void warn_unplaced(const Reader *r)
{
    enum { WARNINGS_MOST = 10 };
    int warnings = 0;
    for (int i = 0; i < r->call_count && warnings < WARNINGS_MOST; i++) {
        const Call *call = &r->calls[i];
        const CallSite *site =
            call->placed ? NULL : locate_call(r->index, call->site, call->line, call->n);
        const Span span = site ? site->name_span : (Span){r->source, call->line, 0};
        if (call->placed || is_reported(r, span))
            continue;
        diag_warning(r->diag, span, "this %s is no part of the model", call->site);
        warnings++;
    }
}

static void report_failure(Reader *r, lua_State *L, int status, const Limits *limits)
{
    if (status == LUA_ERRMEM)
        diag_error(r->diag, (Span){.source = r->source, .line = limits->line},
                   "the spec needs more than %d MB", SPEC_MEGABYTES);
    else
        reader_report(r, lua_tostring(L, -1));
}

/* "specs/Mnist-8.lua" → "mnist_8" */
static char *model_name(Arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');
    char *name = arena_printf(arena, "%s%s", "", slash ? slash + 1 : path);
    char *dot = strrchr(name, '.');
    if (dot && dot != name)
        *dot = '\0';
    for (char *c = name; *c; c++)
        *c = isalnum((unsigned char)*c) ? (char)tolower((unsigned char)*c) : '_';
    if (!isalpha((unsigned char)name[0]))
        name = arena_printf(arena, "m_%s", name);
    return name;
}

/* Editors count columns without the mark that some put in front of UTF-8. */
static const Source *without_mark(Arena *arena, const Source *source)
{
    static const char mark[] = "\xef\xbb\xbf";
    if (strncmp(source->text, mark, strlen(mark)) != 0)
        return source;
    Source *rest = ARENA_NEW(arena, Source);
    *rest = (Source){source->path, source->text + strlen(mark), source->size - strlen(mark)};
    return rest;
}

Model *spec_load(Arena *arena, Diag *diag, const Source *source, Define *defines, int define_count,
                 const char *const *constructors)
{
    source = without_mark(arena, source);
    Reader reader = {.arena = arena,
                     .diag = diag,
                     .source = source,
                     .index = locate_index(arena, source),
                     .defines = defines,
                     .define_count = define_count,
                     .constructors = constructors};
    const Value *root = NULL;
    const int before = diag->errors;
    Limits limits;
    lua_State *L = sandbox_open(&limits);
    if (!L) {
        diag_system(diag, "out of memory");
        return NULL;
    }
    lua_pushcfunction(L, add_line);
    lua_pushcfunction(L, run_chunk);
    lua_pushlightuserdata(L, &reader);
    int status = lua_pcall(L, 1, 1, 1);
    if (status == LUA_OK) {
        lua_pushcfunction(L, reader_copy_model);
        lua_pushlightuserdata(L, &reader);
        lua_pushlightuserdata(L, &root);
        lua_pushvalue(L, -4);
        status = lua_pcall(L, 3, 0, 0);
        suggest_defines(&reader);
    }
    if (status != LUA_OK)
        report_failure(&reader, L, status, &limits);
    lua_close(L);
    if (!root)
        return NULL;
    if (diag->errors == before)
        warn_unplaced(&reader);
    Model *model = ARENA_NEW(arena, Model);
    *model = (Model){source, model_name(arena, source->path), root};
    return model;
}

void spec_dump(Text *out, const Model *model)
{
    value_dump(out, model->root);
}
