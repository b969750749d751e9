/* What counts as a right answer. */
#include "measure.h"

#include <math.h>

#include "test.h"

TEST(the_largest_output_is_the_answer)
{
    const float first[] = {1, 0, 0}, second[] = {0, 1, 0};
    CHECK(measure_right((const float[]){0.5f, 0.2f, 0.3f}, first, 3));
    CHECK(!measure_right((const float[]){0.5f, 0.2f, 0.3f}, second, 3));
}

TEST(of_equal_outputs_the_first_is_the_answer)
{
    const float first[] = {1, 0, 0}, second[] = {0, 1, 0};
    CHECK(measure_right((const float[]){0.4f, 0.4f, 0.2f}, first, 3));
    CHECK(!measure_right((const float[]){0.4f, 0.4f, 0.2f}, second, 3));
}

TEST(one_output_is_on_a_side)
{
    CHECK(measure_right((const float[]){0.7f}, (const float[]){1}, 1));
    CHECK(!measure_right((const float[]){0.3f}, (const float[]){1}, 1));
    CHECK(measure_right((const float[]){0.5f}, (const float[]){0}, 1));
}

TEST(nan_is_never_right)
{
    CHECK(!measure_right((const float[]){NAN, 0}, (const float[]){1, 0}, 2));
    CHECK(!measure_right((const float[]){NAN}, (const float[]){0}, 1));
}

int main(void)
{
    RUN(the_largest_output_is_the_answer);
    RUN(of_equal_outputs_the_first_is_the_answer);
    RUN(one_output_is_on_a_side);
    RUN(nan_is_never_right);
    return test_end();
}
