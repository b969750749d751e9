/* Draws a disc and a square and asks the network which is which. */
#include <stdio.h>

#include "shapes.h"

static shapes_scratch scratch;
static float image[SHAPES_INPUT_SIZE];

static float ask(int round)
{
    float circle;
    for (int i = 0; i < SHAPES_INPUT_HEIGHT; i++)
        for (int j = 0; j < SHAPES_INPUT_WIDTH; j++) {
            const int y = i - SHAPES_INPUT_HEIGHT / 2, x = j - SHAPES_INPUT_WIDTH / 2;
            const int inside = round ? x * x + y * y <= 64 : x >= -8 && x <= 8 && y >= -8 && y <= 8;
            image[i * SHAPES_INPUT_WIDTH + j] = inside ? 1.0f : 0.0f;
        }
    shapes_predict(&shapes_weights, image, &circle, &scratch);
    return circle;
}

int main(void)
{
    const float disc = ask(1), square = ask(0);
    printf("a disc is a circle with %.3f, a square with %.3f\n", (double)disc, (double)square);
    return disc > square ? 0 : 1;
}
