/* sandbox.h - the Lua state a spec runs in: what it may call, and how much of the machine it may
 * use. Used by spec.c only. */
#ifndef SANDBOX_H
#define SANDBOX_H

#include <lauxlib.h>
#include <lua.h>
#include <time.h>

#include "spec.h"

#ifndef SPEC_INSTRUCTIONS /* fuzzers are compiled with less: more specs a second */
#define SPEC_INSTRUCTIONS 20000000
#endif

enum { SPEC_SECONDS = 5, SPEC_MEGABYTES = 64 };

typedef struct {
    size_t used, most; /* bytes */
    lua_State *state;
    int line; /* of the spec, where memory ran out; 0: nowhere */
    int64_t instructions;
    clock_t started;
} Limits;

/* A new state without any library; NULL when there is no memory. `limits` must outlive it. */
lua_State *sandbox_open(Limits *limits);

/* Leaves on the stack the table of everything a spec may use, to which the caller adds its own
 * functions. */
void sandbox_library(lua_State *L);

/* Pops that table and a function above it and leaves the environment of the chunk: an unknown name
 * is what the function says, called with the name and the nearest known one or nil; no name of the
 * library can be assigned. */
void sandbox_environment(lua_State *L);

#endif
