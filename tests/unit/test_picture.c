/* Pictures: PGM and PPM in every spelling, PNG round trips, and files that lie. */
#define _POSIX_C_SOURCE 200809L
#include "picture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"
#include "test.h"

static Arena *arena;
static Diag diag;

static void begin(void)
{
    arena = arena_new();
    diag = (Diag){.arena = arena};
}

static void end(void)
{
    arena_free(arena);
}

static Picture *decode(const char *text, size_t size)
{
    Source source = {.path = "x", .text = text, .size = size};
    return picture_decode(arena, &diag, &source);
}

static bool is(const Picture *picture, int64_t h, int64_t w, int64_t c, const float *values)
{
    if (!picture || picture->h != h || picture->w != w || picture->c != c)
        return false;
    for (int64_t i = 0; i < h * w * c; i++)
        if (fabsf(picture->values[i] - values[i]) > 1e-6f)
            return false;
    return true;
}

TEST(names)
{
    CHECK(picture_is("a.png") && picture_is("a.b/c.pgm") && picture_is(".ppm"));
    CHECK(!picture_is("png") && !picture_is("a.npy") && !picture_is("a.png.npy"));
}

TEST(grey_and_colour)
{
    const float grey[2] = {0, 1}, wide[1] = {(float)0x1234 / 65535}, pixel[3] = {1, 0, 0.2f};
    begin();
    CHECK(is(decode("P5 2 1 255\n\x00\xff", 13), 1, 2, 1, grey));
    CHECK(is(decode("P5\n# a note\n2 # width\n1\n255\n\x00\xff", 31), 1, 2, 1, grey));
    CHECK(is(decode("P5 1 1 65535\n\x12\x34", 15), 1, 1, 1, wide));
    CHECK(is(decode("P6 1 1 255\n\xff\x00\x33", 14), 1, 1, 3, pixel));
    CHECK(is(decode("P2 2 1 7\n0 7\n", 13), 1, 2, 1, grey));
    CHECK(is(decode("P3 1 1 5 5 0 1", 14), 1, 1, 3, pixel));
    CHECK(diag.errors == 0);
    end();
}

TEST(wrong_files)
{
    static const char *const files[] = {"",
                                        "P5",
                                        "P4 8 1 x",
                                        "P5 2 1 255",
                                        "P5 2 1 255\nx",
                                        "P5 0 1 255\nx",
                                        "P5 1 1 0\nx",
                                        "P5 1 1 65536\nxx",
                                        "P5 -1 1 255\nx",
                                        "P5 99999 99999 255\nx",
                                        "P5 4294967297 1 255\nx",
                                        "P5 99999999999999999999 1 255\nx",
                                        "P2 2 1 7 0 8",
                                        "P2 2 1 7 0",
                                        "P5 1 # no end",
                                        "\x89PNG\r\n\x1a\n",
                                        "\x89PNG\r\n\x1a\nIHDR and nothing else that is right",
                                        "GIF89a"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        begin();
        CHECK(decode(files[i], strlen(files[i])) == NULL);
        CHECK(diag.errors == 1 && diag.status == STATUS_WRONG);
        end();
    }
}

/* Two 2x3 maps side by side in one array; the PNG is 2 rows and 3 + 1 + 3 columns. */
TEST(maps_scaled_each_by_itself)
{
    const float maps[12] = {0, 5, 1, 5, 2, 5, 3, 5, 4, 5, 4, 5};
    const float want[14] = {0,     0.25f, 0.5f, 96.0f / 255, 1, 1, 1,
                            0.75f, 1,     1,    96.0f / 255, 1, 1, 1};
    begin();
    char *folder = host_temporary_folder(arena, &diag);
    char *path = arena_printf(arena, "%s/maps.png", folder);
    CHECK(picture_maps(arena, &diag, path, maps, 2, 3, 2, 2, 1));
    Picture *picture = picture_read(arena, &diag, path);
    CHECK(picture && picture->h == 2 && picture->w == 7 && picture->c == 1);
    for (int i = 0; picture && i < 14; i++)
        CHECK(fabsf(picture->values[i] - want[i]) < 0.003f);
    const Source *source = host_read(arena, &diag, path, 0);
    for (size_t size = 0; source && size + 12 < source->size; size++)
        CHECK(decode(source->text, size) == NULL);
    host_remove_folder(folder);
    end();
}

TEST(maps_zoom_and_not_finite)
{
    const float maps[4] = {NAN, INFINITY, -1, 1};
    begin();
    char *folder = host_temporary_folder(arena, &diag);
    char *path = arena_printf(arena, "%s/maps.png", folder);
    CHECK(picture_maps(arena, &diag, path, maps, 2, 2, 1, 1, 8));
    Picture *picture = picture_read(arena, &diag, path);
    CHECK(picture && picture->h == 16 && picture->w == 16);
    CHECK(picture && picture->values[0] == 0 && picture->values[15] == 0);
    CHECK(picture && picture->values[8 * 16 + 7] == 0 && picture->values[8 * 16 + 8] == 1);
    CHECK(!picture_maps(arena, &diag, path, maps, 2, 2, 1, 1, 100000));
    host_remove_folder(folder);
    end();
}

TEST(terminal_letters)
{
    const float map[4] = {0, 1, 2, 9};
    char text[32] = "";
    FILE *file = tmpfile();
    CHECK(file != NULL);
    if (!file)
        return;
    picture_terminal(file, map, 2, 2, 1);
    rewind(file);
    size_t size = fread(text, 1, sizeof text - 1, file);
    CHECK(size == 10 && strcmp(text, "  ..\n::@@\n") == 0);
    fclose(file);
}

int main(void)
{
    RUN(names);
    RUN(grey_and_colour);
    RUN(wrong_files);
    RUN(maps_scaled_each_by_itself);
    RUN(maps_zoom_and_not_finite);
    RUN(terminal_letters);
    return test_end();
}
