/* Vector table, start-up, and the two functions of libc that compilers call by themselves. */
#include <stddef.h>
#include <stdint.h>

#include "semihosting.h"

extern uint32_t stack_top, data_start, data_end, data_source, bss_start, bss_end;
int main(void);
void reset(void);
void run(void);

static void fault(void)
{
    semihosting_print("fault\n");
    semihosting_exit(99);
}

__attribute__((section(".vectors"), used)) static void (*const vectors[16])(void) = {
    (void (*)(void)) & stack_top, reset, fault, fault, fault, fault, fault};

__attribute__((used)) void run(void)
{
    const uint32_t *from = &data_source;
    for (uint32_t *to = &data_start; to < &data_end;)
        *to++ = *from++;
    for (uint32_t *to = &bss_start; to < &bss_end;)
        *to++ = 0;
    semihosting_exit(main());
}

/* The floating point unit is switched on before any C. */
__attribute__((naked)) void reset(void)
{
    __asm__ volatile("ldr r0, =0xE000ED88\n ldr r1, [r0]\n ldr r2, =0x00F00000\n orrs r1, r2\n"
                     "str r1, [r0]\n dsb\n isb\n b run\n");
}

void *memcpy(void *restrict to, const void *restrict from, size_t n)
{
    char *t = to;
    for (const char *f = from; n > 0; n--)
        *t++ = *f++;
    return to;
}

void *memset(void *to, int value, size_t n)
{
    for (char *t = to; n > 0; n--)
        *t++ = (char)value;
    return to;
}
