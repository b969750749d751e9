/* bytes.h - what the readers of binary files share: numbers of a stated byte order, and names.
 *
 * Files are untrusted: a reader checks every size against the bytes it has before it comes here. */
#ifndef BYTES_H
#define BYTES_H

#include <string.h>

#include "base.h"

/* The unsigned number in `count` bytes, lowest byte first; 1 <= count <= 8. */
static inline uint64_t bytes_little(const void *at, int count)
{
    const unsigned char *bytes = at;
    uint64_t value = 0;
    for (int i = count - 1; i >= 0; i--)
        value = value << 8 | bytes[i];
    return value;
}

/* The same, highest byte first. */
static inline uint64_t bytes_big(const void *at, int count)
{
    const unsigned char *bytes = at;
    uint64_t value = 0;
    for (int i = 0; i < count; i++)
        value = value << 8 | bytes[i];
    return value;
}

static inline void bytes_put_little(void *at, uint64_t value, int count)
{
    unsigned char *bytes = at;
    for (int i = 0; i < count; i++)
        bytes[i] = (unsigned char)(value >> (8 * i) & 0xff);
}

static inline float bytes_f32(const void *at)
{
    uint32_t bits = (uint32_t)bytes_little(at, 4);
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline double bytes_f64(const void *at)
{
    uint64_t bits = bytes_little(at, 8);
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* IEEE half precision: 1 bit of sign, 5 of exponent, 10 of fraction; exact as a float. */
static inline float bytes_f16(const void *at)
{
    const uint32_t half = (uint32_t)bytes_little(at, 2), sign = (half & 0x8000) << 16;
    const uint32_t exponent = half >> 10 & 31, fraction = half & 0x3ff;
    uint32_t bits = sign | (exponent + 112) << 23 | fraction << 13;
    float value;
    if (exponent == 31)
        bits = sign | 0x7f800000 | fraction << 13;
    memcpy(&value, &bits, sizeof value);
    if (exponent == 0)
        value = (sign ? -1.0F : 1.0F) * (float)fraction / 16777216;
    return value;
}

static inline void bytes_put_f32(void *at, float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    bytes_put_little(at, bits, 4);
}

/* A name out of a file, fit for a message: control characters become '?', long names are cut. */
static inline char *bytes_shown(Arena *arena, const char *name)
{
    size_t size = strlen(name), most = 120;
    char *shown = arena_copy(arena, name, size < most ? size : most);
    for (char *at = shown; *at; at++)
        if ((unsigned char)*at < ' ' || *at == 0x7f)
            *at = '?';
    return size < most ? shown : arena_printf(arena, "%s...", shown);
}

/* The place "somewhere in this file", for files that are not text. */
static inline Span bytes_span(Arena *arena, const char *path)
{
    Source *source = ARENA_NEW(arena, Source);
    *source = (Source){.path = path, .text = ""};
    return (Span){.source = source};
}

/* "3x3x1x32"; "scalar" for rank 0. */
static inline char *bytes_dims(Arena *arena, const int64_t *dims, int rank)
{
    char *text = "scalar";
    for (int i = 0; i < rank; i++)
        text = i == 0 ? arena_printf(arena, "%lld", (long long)dims[i])
                      : arena_printf(arena, "%sx%lld", text, (long long)dims[i]);
    return text;
}

#endif
