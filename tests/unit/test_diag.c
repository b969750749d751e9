/* The order of messages when several files take turns. */
#include "diag.h"

#include <string.h>

#include "test.h"

/* The first lines of the messages, as printed. */
static char *printed(const Diag *diag)
{
    static char text[4096];
    FILE *file = tmpfile();
    diag_print(diag, file);
    rewind(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    return text;
}

TEST(files_stand_together_in_the_order_they_came)
{
    const Source a = {"a.lua", "", 0}, b = {"b.lua", "", 0};
    Diag diag = {.arena = arena_new()};
    diag_error(&diag, (Span){&a, 9, 0}, "a9");
    diag_system(&diag, "no place");
    diag_error(&diag, (Span){&b, 5, 0}, "b5");
    diag_error(&diag, (Span){&a, 3, 2}, "a3 second");
    diag_error(&diag, (Span){&b, 4, 0}, "b4");
    diag_error(&diag, (Span){&a, 3, 1}, "a3 first");
    CHECK(strcmp(printed(&diag), "a.lua:3:1: error: a3 first\n"
                                 "a.lua:3:2: error: a3 second\n"
                                 "a.lua:9: error: a9\n"
                                 "cnngen: error: no place\n"
                                 "b.lua:4: error: b4\n"
                                 "b.lua:5: error: b5\n") == 0);
    arena_free(diag.arena);
}

int main(void)
{
    RUN(files_stand_together_in_the_order_they_came);
    return test_end();
}
