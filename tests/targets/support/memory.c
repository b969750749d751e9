/* memory.c - memcpy, memmove and memset for targets without a libc. Nothing else may be missing there: compilers call these three, and clang for
 * bare ARM calls them by the names of ARM's run-time ABI. The volatile keeps compilers from making a call of memcpy out of the loop in
 * memcpy. */
#include <string.h>

void *memcpy(void *to, const void *from, size_t count)
{
    volatile unsigned char *t = to;
    const unsigned char *f = from;
    for (size_t i = 0; i < count; i++)
        t[i] = f[i];
    return to;
}

/* gcc makes it of loops that copy. */
void *memmove(void *to, const void *from, size_t count)
{
    volatile unsigned char *t = to;
    const unsigned char *f = from;
    for (size_t i = 0; i < count; i++) {
        const size_t k = t < f ? i : count - 1 - i;
        t[k] = f[k];
    }
    return to;
}

void *memset(void *to, int value, size_t count)
{
    volatile unsigned char *t = to;
    for (size_t i = 0; i < count; i++)
        t[i] = (unsigned char)value;
    return to;
}

#if defined(__ARM_EABI__) && defined(__clang__)
void __aeabi_memcpy(void *to, const void *from, size_t count);
void __aeabi_memcpy4(void *to, const void *from, size_t count);
void __aeabi_memcpy8(void *to, const void *from, size_t count);
void __aeabi_memset(void *to, size_t count, int value);
void __aeabi_memset4(void *to, size_t count, int value);
void __aeabi_memset8(void *to, size_t count, int value);
void __aeabi_memclr(void *to, size_t count);
void __aeabi_memclr4(void *to, size_t count);
void __aeabi_memclr8(void *to, size_t count);

void __aeabi_memcpy(void *to, const void *from, size_t count)
{
    memcpy(to, from, count);
}

void __aeabi_memcpy4(void *to, const void *from, size_t count)
{
    memcpy(to, from, count);
}

void __aeabi_memcpy8(void *to, const void *from, size_t count)
{
    memcpy(to, from, count);
}

void __aeabi_memset(void *to, size_t count, int value)
{
    memset(to, value, count);
}

void __aeabi_memset4(void *to, size_t count, int value)
{
    memset(to, value, count);
}

void __aeabi_memset8(void *to, size_t count, int value)
{
    memset(to, value, count);
}

void __aeabi_memclr(void *to, size_t count)
{
    memset(to, 0, count);
}

void __aeabi_memclr4(void *to, size_t count)
{
    memset(to, 0, count);
}

void __aeabi_memclr8(void *to, size_t count)
{
    memset(to, 0, count);
}
#endif
