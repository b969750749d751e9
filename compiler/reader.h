/* reader.h - what the halves of spec.c share: running a spec (spec.c) and copying what it returned
 * (spec_copy.c). */
#ifndef READER_H
#define READER_H

#include "locate.h"
#include "sandbox.h"
#include "spec.h"

/* One call of a constructor, and where the spec says it: the n-th call of `site` on its line. A
 * block of the prelude makes many calls at its own place. */
typedef struct {
    const char *name, *site;
    int line, n;
    bool inside; /* a block, which stands there itself */
    bool placed; /* it is part of the model */
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
    const Call *block;  /* of the prelude, running now; or NULL */
    const char **asked; /* names given to arg() */
    int asked_count;
    int copied;
    bool failed;
} Reader;

/* The Call of the table on top of the stack, or NULL for a plain table. */
Call *reader_call(lua_State *L, const Reader *r);

/* blocks.c: adds the blocks of the prelude to the library on top of the stack. */
void reader_add_blocks(lua_State *L, Reader *r);

/* The line of the spec that runs now. */
int reader_line(lua_State *L);

/* A new Call of `name` at the place where the spec runs now; returns its number. */
int reader_new_call(lua_State *L, Reader *r, const char *name);

/* spec_message.c: Lua's "spec:LINE: text" becomes a message with a place. */
void reader_report(Reader *r, const char *message);

/* Lua's words, NULL for an error that is no text, in words for a spec. */
const char *reader_reword(const char *message);

/* The text from a line on; at its end when there are fewer lines. */
const char *reader_line_start(const Source *source, int line);

/* Registry key of the table that maps tables to the numbers of their Calls. */
extern char reader_calls_key;

/* A lua_CFunction for pcall: copies the model in argument 3 into a tree of Values for the Reader in
 * argument 1, root to *argument 2. */
int reader_copy_model(lua_State *L);

#endif
