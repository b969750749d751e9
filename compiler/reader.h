/* reader.h - what the halves of spec.c share: running a spec (spec.c) and copying what it returned
 * (spec_copy.c). */
#ifndef READER_H
#define READER_H

#include "locate.h"
#include "sandbox.h"
#include "spec.h"

/* One call of a constructor: the n-th of that name on its line. */
typedef struct {
    const char *name;
    int line, n;
} Call;

typedef struct {
    Arena *arena;
    Diag *diag;
    const Source *source;
    CallIndex *index;
    Define *defines;
    int define_count;
    const char *const *constructors;
    Call *calls;
    int call_count;
    const char **asked; /* names given to arg() */
    int asked_count;
    int copied;
    bool failed;
} Reader;

/* The Call of the table on top of the stack, or NULL for a plain table. */
const Call *reader_call(lua_State *L, const Reader *r);

/* Registry key of the table that maps tables to the numbers of their Calls. */
extern char reader_calls_key;

/* A lua_CFunction for pcall: copies the model in argument 3 into a tree of Values for the Reader in
 * argument 1, root to *argument 2. */
int reader_copy_model(lua_State *L);

#endif
