/* picture.c - pictures of data: PNG through libpng, PGM and PPM by hand, and maps as pictures. */
#define _POSIX_C_SOURCE 200809L
#include "picture.h"

#include <math.h>
#include <png.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bytes.h"
#include "host.h"

enum { SIDE_MOST = 1 << 15, VALUES_MOST = 1 << 26 };

bool picture_is(const char *path)
{
    size_t size = strlen(path);
    const char *end = size < 4 ? "" : path + size - 4;
    return strcmp(end, ".png") == 0 || strcmp(end, ".pgm") == 0 || strcmp(end, ".ppm") == 0;
}

/* An empty picture of that size; NULL after a message when it is out of all proportion. */
static Picture *new_picture(Arena *arena, Diag *diag, Span span, int64_t h, int64_t w, int64_t c)
{
    if (h < 1 || w < 1 || h > SIDE_MOST || w > SIDE_MOST || h * w > VALUES_MOST / c) {
        diag_error(diag, span, "a picture of %lld x %lld pixels is not read", (long long)h,
                   (long long)w);
        return NULL;
    }
    Picture *picture = ARENA_NEW(arena, Picture);
    *picture = (Picture){.h = h, .w = w, .c = c};
    picture->values = ARENA_ARRAY(arena, h * w * c, float);
    return picture;
}

static Picture *decode_png(Arena *arena, Diag *diag, const Source *source)
{
    png_image image = {.version = PNG_IMAGE_VERSION};
    png_color black = {0};
    Picture *picture = NULL;
    Span span = bytes_span(arena, source->path);
    if (png_image_begin_read_from_memory(&image, source->text, source->size)) {
        bool color = (image.format & PNG_FORMAT_FLAG_COLOR) != 0;
        int64_t c = color ? 3 : 1, count = (int64_t)image.width * image.height * c;
        picture = new_picture(arena, diag, span, image.height, image.width, c);
        if (picture) {
            unsigned char *bytes = arena_alloc(arena, (size_t)count);
            image.format = color ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY;
            png_image_finish_read(&image, &black, bytes, 0, NULL);
            for (int64_t i = 0; i < count; i++)
                picture->values[i] = (float)bytes[i] / 255.0f;
        }
    }
    if (PNG_IMAGE_FAILED(image)) {
        diag_error(diag, span, "damaged PNG: %s", image.message);
        picture = NULL;
    }
    png_image_free(&image);
    return picture;
}

typedef struct {
    const char *at, *end;
} Cursor;

/* The next number of a PGM header, behind spaces and comments; -1 when there is none. */
static int64_t next_number(Cursor *cursor)
{
    int64_t value = 0;
    while (cursor->at < cursor->end && (strchr(" \t\r\n\v\f#", *cursor->at) && *cursor->at))
        if (*cursor->at++ == '#')
            while (cursor->at < cursor->end && *cursor->at != '\n')
                cursor->at++;
    const char *start = cursor->at;
    while (cursor->at < cursor->end && *cursor->at >= '0' && *cursor->at <= '9' &&
           value < 100000000)
        value = value * 10 + *cursor->at++ - '0';
    return cursor->at > start ? value : -1;
}

/* Fills in the values that follow the header; false when there are too few or one is too large. */
static bool read_pnm_values(Picture *picture, Cursor cursor, int64_t most, bool plain)
{
    int64_t count = picture->h * picture->w * picture->c, size = most > 255 ? 2 : 1;
    if (!plain && cursor.end - cursor.at < 1 + count * size)
        return false;
    cursor.at += !plain; /* one white space ends the header */
    for (int64_t i = 0; i < count; i++) {
        int64_t value = plain ? next_number(&cursor) : (int64_t)bytes_big(cursor.at, (int)size);
        if (value < 0 || value > most)
            return false;
        cursor.at += plain ? 0 : size;
        picture->values[i] = (float)value / (float)most;
    }
    return true;
}

/* P2 and P5 are grey, P3 and P6 have three channels; P2 and P3 are written in decimal. */
static Picture *decode_pnm(Arena *arena, Diag *diag, const Source *source)
{
    Span span = bytes_span(arena, source->path);
    Cursor cursor = {source->text + 2, source->text + source->size};
    bool plain = source->text[1] < '4', color = source->text[1] == '3' || source->text[1] == '6';
    int64_t w = next_number(&cursor), h = next_number(&cursor), most = next_number(&cursor);
    if (w < 0 || h < 0 || most < 1 || most > 65535) {
        diag_error(diag, span, "the PGM/PPM header cannot be read");
        return NULL;
    }
    /* Every value takes a byte or more: no memory is asked for that the file cannot fill. */
    if (w > 0 && h > (int64_t)source->size / w) {
        diag_error(diag, span, "truncated: %lldx%lld pixels in a file of %zu bytes", (long long)h,
                   (long long)w, source->size);
        return NULL;
    }
    Picture *picture = new_picture(arena, diag, span, h, w, color ? 3 : 1);
    if (picture && !read_pnm_values(picture, cursor, most, plain)) {
        diag_error(diag, span, "the values are truncated or larger than %lld", (long long)most);
        return NULL;
    }
    return picture;
}

Picture *picture_decode(Arena *arena, Diag *diag, const Source *source)
{
    const char *text = source->text;
    if (source->size >= 8 && memcmp(text, "\x89PNG\r\n\x1a\n", 8) == 0)
        return decode_png(arena, diag, source);
    if (source->size >= 3 && text[0] == 'P' && text[1] && strchr("2356", text[1]))
        return decode_pnm(arena, diag, source);
    diag_error(diag, bytes_span(arena, source->path), "not a PNG, PGM or PPM picture");
    return NULL;
}

Picture *picture_read(Arena *arena, Diag *diag, const char *path)
{
    const Source *source = host_read(arena, diag, path, 0);
    return source ? picture_decode(arena, diag, source) : NULL;
}

typedef struct {
    float least, most;
} Range;

static Range map_range(const float *map, int64_t count, int64_t stride)
{
    Range range = {INFINITY, -INFINITY};
    for (int64_t i = 0; i < count; i++) {
        float value = map[i * stride];
        if (!isfinite(value))
            continue;
        range.least = value < range.least ? value : range.least;
        range.most = value > range.most ? value : range.most;
    }
    return range;
}

/* 0..255; a map of one value is black when that is 0 or less, else white. */
static unsigned char grey(Range range, float value)
{
    if (!isfinite(value))
        return 0;
    if (!(range.most > range.least))
        return value > 0 ? 255 : 0;
    double part =
        ((double)value - (double)range.least) / ((double)range.most - (double)range.least);
    return (unsigned char)(part * 255 + 0.5);
}

typedef struct {
    unsigned char *pixels;
    int64_t h, w;
} Canvas;

static void paint_map(Canvas *canvas, int64_t top, int64_t left, const float *map, int64_t h,
                      int64_t w, int64_t stride, int64_t zoom)
{
    Range range = map_range(map, h * w, stride);
    for (int64_t i = 0; i < h * zoom; i++)
        for (int64_t j = 0; j < w * zoom; j++)
            canvas->pixels[(top + i) * canvas->w + left + j] =
                grey(range, map[(i / zoom * w + j / zoom) * stride]);
}

static bool write_png(Arena *arena, Diag *diag, const char *path, const Canvas *canvas)
{
    png_image image = {.version = PNG_IMAGE_VERSION, .format = PNG_FORMAT_GRAY};
    png_alloc_size_t size = 0;
    image.width = (png_uint_32)canvas->w;
    image.height = (png_uint_32)canvas->h;
    size = PNG_IMAGE_PNG_SIZE_MAX(image);
    void *bytes = arena_alloc(arena, size);
    if (!png_image_write_to_memory(&image, bytes, &size, 0, canvas->pixels, 0, NULL))
        return diag_system(diag, "%s: the picture could not be made: %s", path, image.message);
    return host_write(diag, path, bytes, size);
}

bool picture_maps(Arena *arena, Diag *diag, const char *path, const float *maps, int64_t h,
                  int64_t w, int64_t count, int64_t stride, int64_t zoom)
{
    int64_t columns = (int64_t)ceil(sqrt((double)count)), rows = (count + columns - 1) / columns;
    Canvas canvas = {.h = rows * (h * zoom + 1) - 1, .w = columns * (w * zoom + 1) - 1};
    if (canvas.h > SIDE_MOST || canvas.w > SIDE_MOST)
        return diag_error(diag, bytes_span(arena, path),
                          "%lld maps of %lldx%lld make a picture of %lldx%lld, above %d",
                          (long long)count, (long long)h, (long long)w, (long long)canvas.h,
                          (long long)canvas.w, SIDE_MOST);
    canvas.pixels = arena_alloc(arena, (size_t)(canvas.h * canvas.w));
    memset(canvas.pixels, 96, (size_t)(canvas.h * canvas.w));
    for (int64_t m = 0; m < count; m++)
        paint_map(&canvas, m / columns * (h * zoom + 1), m % columns * (w * zoom + 1), maps + m, h,
                  w, stride, zoom);
    return write_png(arena, diag, path, &canvas);
}

/* The 24 greys of a 256-colour terminal are 232..255. */
static int terminal_grey(unsigned char value)
{
    return 232 + value * 23 / 255;
}

static void draw_blocks(FILE *file, Range range, const float *map, int64_t h, int64_t w,
                        int64_t stride)
{
    for (int64_t i = 0; i < h; i += 2) {
        for (int64_t j = 0; j < w; j++) {
            fprintf(file, "\033[38;5;%dm", terminal_grey(grey(range, map[(i * w + j) * stride])));
            if (i + 1 < h)
                fprintf(file, "\033[48;5;%dm",
                        terminal_grey(grey(range, map[((i + 1) * w + j) * stride])));
            fputs("\xe2\x96\x80", file); /* upper half block */
        }
        fputs("\033[0m\n", file);
    }
}

/* Two letters a value, as a letter is twice as high as wide. */
static void draw_letters(FILE *file, Range range, const float *map, int64_t h, int64_t w,
                         int64_t stride)
{
    static const char ink[] = " .:-=+*#%@";
    for (int64_t i = 0; i < h; i++) {
        for (int64_t j = 0; j < w; j++) {
            char letter = ink[(grey(range, map[(i * w + j) * stride]) * 9 + 127) / 255];
            fputc(letter, file);
            fputc(letter, file);
        }
        fputc('\n', file);
    }
}

void picture_terminal(FILE *file, const float *map, int64_t h, int64_t w, int64_t stride)
{
    Range range = map_range(map, h * w, stride);
    if (isatty(fileno(file)) && !getenv("NO_COLOR"))
        draw_blocks(file, range, map, h, w, stride);
    else
        draw_letters(file, range, map, h, w, stride);
}
