/* report_image.c - pictures inside a page: PNG in base 64. */
#include <png.h>

#include "report.h"

static const char *base64(Arena *arena, const unsigned char *bytes, size_t size)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char *out = arena_alloc(arena, size / 3 * 4 + 5), *at = out;
    for (size_t i = 0; i < size; i += 3) {
        const unsigned word = (unsigned)bytes[i] << 16 |
                              (i + 1 < size ? (unsigned)bytes[i + 1] << 8 : 0) |
                              (i + 2 < size ? bytes[i + 2] : 0u);
        *at++ = letters[word >> 18];
        *at++ = letters[word >> 12 & 63];
        *at++ = i + 1 < size ? letters[word >> 6 & 63] : '=';
        *at++ = i + 2 < size ? letters[word & 63] : '=';
    }
    return out;
}

const char *report_image(Arena *arena, const unsigned char *colours, int64_t h, int64_t w)
{
    png_image image = {.version = PNG_IMAGE_VERSION, .format = PNG_FORMAT_RGBA};
    png_alloc_size_t size = 0;
    image.width = (png_uint_32)w;
    image.height = (png_uint_32)h;
    size = PNG_IMAGE_PNG_SIZE_MAX(image);
    unsigned char *bytes = arena_alloc(arena, size);
    if (!png_image_write_to_memory(&image, bytes, &size, 0, colours, 0, NULL))
        return "";
    return arena_printf(arena, "data:image/png;base64,%s", base64(arena, bytes, size));
}
