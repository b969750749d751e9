/* depfile.c - the syntax of make, with gcc's way to write names that hold its special characters.
 */
#include "depfile.h"

#include <string.h>

/* A space or # gets a backslash, and backslashes in front of one are doubled; $ is doubled. */
static void add_name(Text *out, const char *name)
{
    size_t backslashes = 0;
    for (const char *c = name; *c; c++) {
        if (*c == ' ' || *c == '\t' || *c == '#')
            for (size_t i = 0; i < backslashes + 1; i++)
                text_string(out, "\\");
        else if (*c == '$')
            text_string(out, "$");
        backslashes = *c == '\\' ? backslashes + 1 : 0;
        text_add(out, c, 1);
    }
}

void depfile_text(Text *out, const Diag *diag, const char *const *targets)
{
    for (int i = 0; targets[i]; i++) {
        text_string(out, i > 0 ? " " : "");
        add_name(out, targets[i]);
    }
    text_string(out, ":");
    for (int i = 0; i < diag->file_count; i++) {
        text_string(out, " \\\n  ");
        add_name(out, diag->files[i]);
    }
    text_string(out, "\n");
}
