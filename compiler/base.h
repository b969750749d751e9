/* base.h - memory, text and places: what every stage is made of.
 *
 * Nothing in the compiler is freed one by one. A run owns one Arena; every value of every stage
 * lives in it and goes with it. Zero is a valid start for every struct, and arena memory starts as
 * zeros. */
#ifndef BASE_H
#define BASE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define PRINTF_LIKE(text, first) __attribute__((__format__(__printf__, text, first)))
#else
#define PRINTF_LIKE(text, first)
#endif

typedef struct Arena Arena;

Arena *arena_new(
    void); /* ends the program with status 3 when the system has no memory left, as all below */
void arena_free(Arena *arena);
void *arena_alloc(Arena *arena,
                  size_t size); /* zeroed, aligned for any type; size 0 gives a valid pointer */
void *arena_array(Arena *arena, size_t count, size_t size); /* count * size, checked for overflow */
void *arena_grow(Arena *arena, void *old, size_t old_count, size_t new_count,
                 size_t size);                                 /* a larger copy */
char *arena_copy(Arena *arena, const char *text, size_t size); /* size bytes and a closing NUL */
char *arena_printf(Arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);
char *arena_vprintf(Arena *arena, const char *format, va_list args);
#define ARENA_NEW(arena, Type)          ((Type *)arena_alloc(arena, sizeof(Type)))
#define ARENA_ARRAY(arena, count, Type) ((Type *)arena_array(arena, (size_t)(count), sizeof(Type)))

/* Text that grows; `data` is always NUL-terminated once anything was added. Start with { .arena = a
 * }. */
typedef struct {
    Arena *arena;
    char *data;
    size_t size, capacity;
} Text;

void text_add(Text *text, const char *bytes, size_t size);
void text_string(Text *text, const char *string);
void text_printf(Text *text, const char *format, ...) PRINTF_LIKE(2, 3);

/* A file as it was read: `path` as the user wrote it, `text` NUL-terminated after `size` bytes. */
typedef struct {
    const char *path;
    const char *text;
    size_t size;
} Source;

/* A place in a source, counted from 1 (columns in bytes). line 0: the whole file; column 0: the
 * whole line. */
typedef struct {
    const Source *source;
    int line, column;
} Span;

/* Sizes are int64_t everywhere; these return false on overflow and leave *out alone. */
bool size_add(int64_t a, int64_t b, int64_t *out);
bool size_mul(int64_t a, int64_t b, int64_t *out);
int64_t
size_floor_div(int64_t a,
               int64_t b); /* rounds down, as the size rule wants and C's `/` does not; b > 0 */

/* The name among `names` (NULL-terminated) nearest to `word`, or NULL when none is near enough to
 * suggest. */
const char *nearest_name(const char *word, const char *const *names);

#endif
