/* base.c - the arena, growing text, checked sizes, and "did you mean". */
#include "base.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A chain of blocks, the newest first; small requests share a block. */
typedef struct Block Block;
struct Block {
    Block *next;
    size_t size, used;
    max_align_t data[];
};

struct Arena {
    Block *blocks;
};

#ifndef ARENA_BLOCK /* with 1 every request is a block of its own, whose end sanitizers watch */
#define ARENA_BLOCK (1 << 16)
#endif

static void out_of_memory(void)
{
    fputs("cnngen: error: out of memory\n", stderr);
    exit(3);
}

Arena *arena_new(void)
{
    Arena *arena = calloc(1, sizeof *arena);
    if (!arena)
        out_of_memory();
    return arena;
}

void arena_free(Arena *arena)
{
    for (Block *block = arena->blocks, *next; block; block = next) {
        next = block->next;
        free(block);
    }
    free(arena);
}

static Block *add_block(Arena *arena, size_t size)
{
    Block *block = size > SIZE_MAX - sizeof *block ? NULL : calloc(1, sizeof *block + size);
    if (!block)
        out_of_memory();
    *block = (Block){.next = arena->blocks, .size = size};
    arena->blocks = block;
    return block;
}

void *arena_alloc(Arena *arena, size_t size)
{
    const size_t align = sizeof(max_align_t);
    if (size > SIZE_MAX / 2)
        out_of_memory();
    if (ARENA_BLOCK > 1)
        size = (size + align - 1) / align * align;
    Block *block = arena->blocks;
    if (!block || block->size - block->used < size)
        block = add_block(arena, size > ARENA_BLOCK ? size : ARENA_BLOCK);
    void *memory = (char *)block->data + block->used;
    block->used += size;
    return memory;
}

void *arena_array(Arena *arena, size_t count, size_t size)
{
    if (size > 0 && count > SIZE_MAX / size)
        out_of_memory();
    return arena_alloc(arena, count * size);
}

void *arena_grow(Arena *arena, void *old, size_t old_count, size_t new_count, size_t size)
{
    /* Growing by one again and again must not copy each time: the room behind a power of two is
     * kept. */
    const bool room =
        old_count > 0 && (old_count & (old_count - 1)) != 0 && new_count == old_count + 1;
    if (room)
        return old;
    size_t capacity = 1;
    while (capacity < new_count)
        capacity *= 2;
    void *memory = arena_array(arena, capacity, size);
    if (old_count > 0)
        memcpy(memory, old, old_count * size);
    return memory;
}

char *arena_copy(Arena *arena, const char *text, size_t size)
{
    char *copy = arena_alloc(arena, size + 1);
    if (size > 0)
        memcpy(copy, text, size);
    return copy;
}

char *arena_vprintf(Arena *arena, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    const int size = vsnprintf(NULL, 0, format, args);
    if (size < 0)
        out_of_memory();
    char *text = arena_alloc(arena, (size_t)size + 1);
    vsnprintf(text, (size_t)size + 1, format, again);
    va_end(again);
    return text;
}

char *arena_printf(Arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = arena_vprintf(arena, format, args);
    va_end(args);
    return text;
}

void text_add(Text *text, const char *bytes, size_t size)
{
    if (text->capacity - text->size < size + 1) {
        size_t capacity = text->capacity ? text->capacity : 64;
        while (capacity - text->size < size + 1)
            capacity *= 2;
        char *data = arena_alloc(text->arena, capacity);
        if (text->size > 0)
            memcpy(data, text->data, text->size);
        text->data = data;
        text->capacity = capacity;
    }
    if (size > 0)
        memcpy(text->data + text->size, bytes, size);
    text->size += size;
    text->data[text->size] = '\0';
}

void text_string(Text *text, const char *string)
{
    text_add(text, string, strlen(string));
}

void text_printf(Text *text, const char *format, ...)
{
    char small[256];
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    const int size = vsnprintf(small, sizeof small, format, args);
    if (size < 0)
        out_of_memory();
    if ((size_t)size < sizeof small)
        text_add(text, small, (size_t)size);
    else
        text_string(text, arena_vprintf(text->arena, format, again));
    va_end(again);
    va_end(args);
}

bool size_add(int64_t a, int64_t b, int64_t *out)
{
    if ((b > 0 && a > INT64_MAX - b) || (b < 0 && a < INT64_MIN - b))
        return false;
    *out = a + b;
    return true;
}

bool size_mul(int64_t a, int64_t b, int64_t *out)
{
    if (a == 0 || b == 0) {
        *out = 0;
        return true;
    }
    if ((a == -1 && b == INT64_MIN) || (b == -1 && a == INT64_MIN))
        return false;
    const int64_t limit = (a < 0) == (b < 0) ? INT64_MAX : INT64_MIN;
    if (limit == INT64_MAX ? (a > 0 ? a > limit / b : a < limit / b)
                           : (a > 0 ? b < limit / a : a < limit / b))
        return false;
    *out = a * b;
    return true;
}

int64_t size_floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/* The number of single-letter edits from a to b: insert, remove, replace, or swap two neighbours.
 * Names too long to compare are far from everything. */
static int edits(const char *a, const char *b)
{
    enum { MOST = 40 };
    const size_t m = strlen(a), n = strlen(b);
    int d[MOST + 1][MOST + 1];
    if (m > MOST || n > MOST)
        return INT_MAX;
    for (size_t i = 0; i <= m; i++)
        d[i][0] = (int)i;
    for (size_t j = 0; j <= n; j++)
        d[0][j] = (int)j;
    for (size_t i = 1; i <= m; i++) {
        for (size_t j = 1; j <= n; j++) {
            int best = d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
            if (d[i - 1][j] + 1 < best)
                best = d[i - 1][j] + 1;
            if (d[i][j - 1] + 1 < best)
                best = d[i][j - 1] + 1;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
                d[i - 2][j - 2] + 1 < best)
                best = d[i - 2][j - 2] + 1;
            d[i][j] = best;
        }
    }
    return d[m][n];
}

const char *nearest_name(const char *word, const char *const *names)
{
    const char *nearest = NULL;
    const size_t size = strlen(word);
    int best = (int)(size / 3) + 1; /* more edits than a third of the word is another word */
    for (; *names; names++) {
        const int distance = edits(word, *names);
        const size_t letters = strlen(*names), longer = letters > size ? letters : size;
        const bool alike = distance <= best && 2 * (size_t)distance < longer;
        if (alike && !(nearest && distance == best)) {
            nearest = *names;
            best = distance;
        }
    }
    return nearest;
}
