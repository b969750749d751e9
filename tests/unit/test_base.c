/* The arena, text, checked sizes and "did you mean". */
#include "base.h"

#include <string.h>

#include "test.h"

TEST(arena_grow_keeps_what_was_there)
{
    Arena *arena = arena_new();
    int *list = NULL;
    for (int n = 0; n < 1000; n++) {
        list = arena_grow(arena, list, (size_t)n, (size_t)n + 1, sizeof *list);
        list[n] = n;
        arena_printf(arena, "something in between %d", n);
    }
    bool same = true;
    for (int n = 0; n < 1000; n++)
        same &= list[n] == n;
    CHECK(same);
    arena_free(arena);
}

TEST(arena_memory_is_zero_and_large_blocks_work)
{
    Arena *arena = arena_new();
    const unsigned char *block = arena_alloc(arena, 1 << 20);
    size_t sum = 0;
    for (size_t i = 0; i < 1 << 20; i++)
        sum += block[i];
    CHECK(sum == 0);
    CHECK(arena_alloc(arena, 0) != NULL);
    arena_free(arena);
}

TEST(text_grows_and_ends_with_nul)
{
    Arena *arena = arena_new();
    Text text = {.arena = arena};
    for (int i = 0; i < 500; i++)
        text_printf(&text, "%03d", i);
    CHECK(text.size == 1500 && strlen(text.data) == 1500);
    CHECK(strncmp(text.data + 1497, "499", 4) == 0);
    arena_free(arena);
}

TEST(sizes_find_overflow_like_wider_numbers)
{
    static const int64_t edge[] = {
        INT64_MIN,  INT64_MIN + 1, -3037000500,   -2,       -1, 0, 1, 2, 3037000499,
        3037000500, INT64_MAX / 2, INT64_MAX - 1, INT64_MAX};
    const size_t n = sizeof edge / sizeof *edge;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < n; k++) {
            __extension__ typedef __int128 Wide;
            const Wide sum = (Wide)edge[i] + edge[k], product = (Wide)edge[i] * edge[k];
            int64_t out = 77;
            CHECK(size_add(edge[i], edge[k], &out) == (sum >= INT64_MIN && sum <= INT64_MAX));
            CHECK(out == 77 || out == (int64_t)sum);
            out = 77;
            CHECK(size_mul(edge[i], edge[k], &out) ==
                  (product >= INT64_MIN && product <= INT64_MAX));
            CHECK(out == 77 || out == (int64_t)product);
        }
}

TEST(division_rounds_down)
{
    CHECK(size_floor_div(-1, 2) == -1);
    CHECK(size_floor_div(1, 2) == 0);
    CHECK(size_floor_div(-4, 2) == -2);
    CHECK(size_floor_div(-5, 2) == -3);
}

TEST(nearest_name_suggests_only_what_is_near)
{
    static const char *const names[] = {"padding", "stride", "kernel", NULL};
    CHECK(strcmp(nearest_name("pading", names), "padding") == 0);
    CHECK(strcmp(nearest_name("strdie", names), "stride") == 0);
    CHECK(nearest_name("activation", names) == NULL);
    CHECK(nearest_name("x", names) == NULL);
}

TEST(nearest_name_suggests_nothing_for_a_very_long_word)
{
    static const char *const names[] = {"padding", NULL};
    char word[300] = "";
    memset(word, 'a', sizeof word - 1);
    CHECK(nearest_name(word, names) == NULL);
}

int main(void)
{
    RUN(arena_grow_keeps_what_was_there);
    RUN(arena_memory_is_zero_and_large_blocks_work);
    RUN(text_grows_and_ends_with_nul);
    RUN(sizes_find_overflow_like_wider_numbers);
    RUN(division_rounds_down);
    RUN(nearest_name_suggests_only_what_is_near);
    RUN(nearest_name_suggests_nothing_for_a_very_long_word);
    return test_end();
}
