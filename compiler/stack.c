/* stack.c - how much stack generated code needs, read from its text.
 *
 * Nothing there recurs or has a length that is not a constant, so a frame is a function's local
 * arrays and what the compiler keeps beside them: registers it saves, tiles it spills. Arrays are
 * declared one a line, "real a0[16] = {0};", and functions end with a brace in the first column. */
#include "stack.h"

#include <stdlib.h>
#include <string.h>

/* Behind the type at the start of a declaration, with the size of a value; NULL: it is none. */
static const char *declared(const char *line, int64_t real, int64_t *size)
{
    const struct {
        const char *name;
        int64_t size;
    } types[] = {{"real ", real}, {"cnn_real ", real}, {"int ", 4}, {"unsigned char ", 1}};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strncmp(line, types[i].name, strlen(types[i].name)) == 0) {
            *size = types[i].size;
            return line + strlen(types[i].name);
        }
    return NULL;
}

int64_t stack_arrays(const char *source, bool real64)
{
    int64_t most = 0, sum = 0, size = 0;
    for (const char *line = source; *line; line += strcspn(line, "\n"), line += *line == '\n') {
        const size_t indent = strspn(line, " ");
        const char *name = declared(line + indent, real64 ? 8 : 4, &size);
        if (*line == '}')
            sum = 0;
        if (indent == 0 || !name)
            continue;
        const char *bracket = name + strspn(name, "abcdefghijklmnopqrstuvwxyz_0123456789");
        if (*bracket == '[')
            sum += size * strtoll(bracket + 1, NULL, 10);
        most = sum > most ? sum : most;
    }
    return most;
}
