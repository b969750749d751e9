/* memory.c - memcpy and memset for targets without a libc. Nothing else may be missing there: generated code calls these two. The volatile
 * keeps compilers from making a call of memcpy out of the loop in memcpy. */
#include <string.h>

void *memcpy(void *to, const void *from, size_t count)
{
    volatile unsigned char *t = to;
    const unsigned char *f = from;
    for (size_t i = 0; i < count; i++)
        t[i] = f[i];
    return to;
}

void *memset(void *to, int value, size_t count)
{
    volatile unsigned char *t = to;
    for (size_t i = 0; i < count; i++)
        t[i] = (unsigned char)value;
    return to;
}
