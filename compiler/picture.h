/* picture.h - pictures in and out: PNG and PGM/PPM as floats, maps as PNG or on a terminal.
 *
 * A map is one channel of a channels-last array: its pixel (i, j) is map[(i * w + j) * stride].
 * Maps are shown each from its own minimum (black) to its own maximum (white); what is not finite
 * is black. */
#ifndef PICTURE_H
#define PICTURE_H

#include <stdio.h>

#include "diag.h"

typedef struct {
    int64_t h, w, c; /* c: 1 grey, 3 red green blue */
    float *values;   /* (h, w, c), 0..1 */
} Picture;

/* Whether the name ends in .png, .pgm or .ppm. */
bool picture_is(const char *path);

/* Transparency is shown on black. NULL after a message. `picture_decode`: of a file in memory. */
Picture *picture_read(Arena *arena, Diag *diag, const char *path);
Picture *picture_decode(Arena *arena, Diag *diag, const Source *source);

/* Writes a PNG with `count` maps in a near-square grid, one pixel between them; map m starts at
 * maps[m], `stride` as above; each value becomes zoom x zoom pixels. */
bool picture_maps(Arena *arena, Diag *diag, const char *path, const float *maps, int64_t h,
                  int64_t w, int64_t count, int64_t stride, int64_t zoom);

/* Draws a map: half blocks in grey on a terminal, letters of growing ink elsewhere (and with
 * NO_COLOR). */
void picture_terminal(FILE *file, const float *map, int64_t h, int64_t w, int64_t stride);

#endif
