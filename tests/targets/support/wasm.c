/* wasm.c - WebAssembly: run.mjs calls run() and prints what put_line() is given. */
#include "program.h"

#include <string.h>

__attribute__((import_module("env"), import_name("put_line"))) void host_line(const char *line, size_t length);
__attribute__((export_name("run"))) int run(void);

void put_line(const char *line)
{
    size_t length = 0;
    while (line[length])
        length++;
    host_line(line, length);
}

int run(void)
{
    return program();
}
