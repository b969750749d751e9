/* cortex_m.c - start of a Cortex-M without an operating system or libc: vector table, floating point unit, .data and .bss; text and exit
 * status go out by semihosting (SYS_WRITE0, SYS_EXIT_EXTENDED). A fault ends the program with status 99. */
#include "program.h"

#include <stddef.h>
#include <stdint.h>

extern uint32_t stack_end, data_from, data_start, data_end, bss_start, bss_end; /* of cortex_m.ld */
void reset_handler(void);
void start(void);

static void semihosting(uint32_t operation, const void *argument)
{
    register uint32_t r0 __asm__("r0") = operation;
    register const void *r1 __asm__("r1") = argument;
    __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
}

static void leave(uint32_t status)
{
    const uint32_t block[2] = {0x20026u, status};
    semihosting(0x20, block);
    for (;;) {
    }
}

/* Lines leave together: every call stops the emulator. */
static char text[4096];
static size_t length;

static void flush(void)
{
    text[length] = 0;
    semihosting(0x04, text);
    length = 0;
}

static void put(char c)
{
    if (length + 1 == sizeof text)
        flush();
    text[length++] = c;
}

void put_line(const char *line)
{
    while (*line)
        put(*line++);
    put('\n');
}

static void fault(void)
{
    put_line("fault");
    flush();
    leave(99);
}

__attribute__((section(".vectors"), used)) static void (*const vectors[16])(void) = {
    (void (*)(void))&stack_end, reset_handler, fault, fault, fault, fault, fault, fault, NULL, NULL, NULL, fault, fault, NULL, fault, fault};

__attribute__((used)) void start(void)
{
    const uint32_t *from = &data_from;
    for (uint32_t *to = &data_start; to < &data_end; to++)
        *to = *from++;
    for (volatile uint32_t *to = &bss_start; to < &bss_end; to++)
        *to = 0;
    const int status = program();
    flush();
    leave((uint32_t)status);
}

/* CPACR: coprocessors 10 and 11 (floating point, Helium) for all, before any C that might use them. A Cortex-M0 or M3 ignores it. */
__attribute__((naked)) void reset_handler(void)
{
    __asm__ volatile(".syntax unified\n ldr r0, =0xE000ED88\n ldr r1, [r0]\n ldr r2, =0x00F00000\n orrs r1, r2\n str r1, [r0]\n"
                     " dsb\n isb\n ldr r0, =start\n bx r0\n .ltorg\n");
}
