/* selftest.c - the program of --selftest instead of program.c. */
#include "program.h"

int selftest(void);
void put(char c);

static char line[200];
static unsigned length;

void put(char c)
{
    if (c != '\n' && length + 1 < sizeof line) {
        line[length++] = c;
        return;
    }
    line[length] = 0;
    length = 0;
    put_line(line);
}

int program(void)
{
    const int status = selftest();
    put_line("end");
    return status;
}
