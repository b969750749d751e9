/* hosted.c - targets with a libc. */
#include "program.h"

#include <stdio.h>

void put_line(const char *line)
{
    puts(line);
}

int main(void)
{
    return program();
}
