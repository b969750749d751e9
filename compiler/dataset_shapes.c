/* dataset_shapes.c - squares and circles, drawn by the program.
 *
 * Outlines on a dark ground, 28x28, of varying size, place, stroke and brightness. Coverage of a
 * pixel is counted on a grid of 8x8 points, in integers: the same pictures on every machine. */
#include "dataset_sets.h"

#include "bytes.h"
#include "random.h"

enum { SIDE = 28, GRID = 8, TRAIN = 3200, TEST = 800, NOISE = 16, SHIFT = 3 * GRID };

/* Lengths count grid points; the outline lies between `inner` and `outer`. */
typedef struct {
    bool circle;
    int64_t y, x, outer, inner, light;
} Figure;

static Figure choose_figure(Random *random, bool circle)
{
    Figure figure = {.circle = circle};
    figure.outer = random_between(random, 7 * GRID, 11 * GRID);
    figure.inner = figure.outer - random_between(random, GRID + GRID / 2, 2 * GRID + GRID / 2);
    figure.y = SIDE * GRID / 2 + random_between(random, -SHIFT, SHIFT);
    figure.x = SIDE * GRID / 2 + random_between(random, -SHIFT, SHIFT);
    figure.light = random_between(random, 192, 255);
    return figure;
}

static bool inside(bool circle, int64_t dy, int64_t dx, int64_t radius)
{
    if (circle)
        return dy * dy + dx * dx <= radius * radius;
    return dy >= -radius && dy <= radius && dx >= -radius && dx <= radius;
}

/* How many of the pixel's GRID x GRID points lie on the outline. */
static int64_t coverage(const Figure *figure, int64_t row, int64_t column)
{
    int64_t points = 0;
    for (int64_t i = 0; i < GRID; i++)
        for (int64_t j = 0; j < GRID; j++) {
            int64_t dy = row * GRID + i - figure->y, dx = column * GRID + j - figure->x;
            points += inside(figure->circle, dy, dx, figure->outer) &&
                      !inside(figure->circle, dy, dx, figure->inner);
        }
    return points;
}

static void draw(Random *random, const Figure *figure, float *pixels)
{
    for (int64_t row = 0; row < SIDE; row++)
        for (int64_t column = 0; column < SIDE; column++) {
            int64_t light = figure->light * coverage(figure, row, column) / (GRID * GRID);
            light += random_between(random, 0, NOISE);
            pixels[row * SIDE + column] = (float)(light < 255 ? light : 255) / 255.0f;
        }
}

static Samples make(const DatasetTask *task, Random *random, int64_t count)
{
    Samples samples = dataset_samples(task, count);
    for (int64_t i = 0; i < count; i++) {
        bool circle = i % 2 == 1;
        Figure figure = choose_figure(random, circle);
        draw(random, &figure, samples.inputs + i * SIDE * SIDE);
        dataset_set_class(task, &samples, i, circle);
    }
    return samples;
}

bool dataset_shapes(DatasetTask *task)
{
    Shape shape = {.h = SIDE, .w = SIDE, .c = 1, .rank = 3};
    Random random = {task->seed};
    if (!dataset_check_input(task, "shapes", shape))
        return false;
    if (dataset_classes(task) != 2)
        return diag_error(task->diag, bytes_span(task->arena, "shapes"),
                          "squares and circles need 1 or 2 outputs, the network has %lld",
                          (long long)task->data->output_size);
    task->data->train = make(task, &random, TRAIN);
    task->data->test = make(task, &random, TEST);
    task->data->classes = task->data->output_size;
    return true;
}
