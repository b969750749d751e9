/* spec.h - Source → Model: runs a spec in a Lua sandbox and copies what it returns.
 *
 * A spec is trusted with nothing: text chunks only, no io/os/load/require/coroutine/debug, no
 * pairs/next/pcall/setmetatable, no string matching, memory and instructions limited. `math` has no
 * random. What is there: the constructors named by `constructors` (every layer kind, optimizers,
 * `model`), `arg(name, default)`, `args`, ipairs, select, tonumber, tostring, type, error, assert,
 * table.{insert,concat,unpack,pack,remove,sort,move},
 * string.{format,rep,sub,len,upper,lower,byte,char,reverse},
 * math.{abs,ceil,floor,max,min,sqrt,exp,log,sin,cos,tan,pi,huge,maxinteger,mininteger,tointeger,type,fmod,modf}.
 */
#ifndef SPEC_H
#define SPEC_H

#include "diag.h"
#include "value.h"

enum { SPEC_BYTES = 1 << 24 }; /* of the longest spec */

/* -D key=value on the command line. */
typedef struct {
    const char *key, *value;
    bool used;        /* set when a spec asked for it */
    const char *near; /* a name that a spec asks for and that is nearly this one, or NULL */
} Define;

typedef struct {
    const Source *source;
    const char *name;  /* the file's name without folder and ".lua", made a C identifier; `name =`
                          comes later, in graph.c */
    const Value *root; /* the call `model { ... }` */
} Model;

/* NULL when nothing could be read; after other errors there is a model all the same, for
 * graph_build() to find more. `constructors`: NULL-terminated names that the spec may call as `name
 * { ... }`; `model` is always one. An unknown global that is called or used is an error with "did
 * you mean". */
Model *spec_load(Arena *arena, Diag *diag, const Source *source, Define *defines, int define_count,
                 const char *const *constructors);
/* Behind the last spec: a define that none asked for is an error. */
bool spec_check_defines(Diag *diag, const Define *defines, int count);
void spec_dump(Text *out, const Model *model);

#endif
