/* test.h - unit tests in plain C: TAP lines on standard output, the exit status is the verdict.
 *
 *     TEST(size_rule_rounds_down) { CHECK(size_floor_div(-1, 2) == -1); }
 *     int main(void) { RUN(size_rule_rounds_down); return test_end(); }
 */
#ifndef TEST_H
#define TEST_H

#include <stdio.h>

static int test_failures, test_checks, test_failed_now;

#define TEST(name) static void test_##name(void)
#define CHECK(condition)                                                                           \
    do {                                                                                           \
        test_checks++;                                                                             \
        if (!(condition)) {                                                                        \
            test_failed_now = 1;                                                                   \
            printf("# %s:%d: %s\n", __FILE__, __LINE__, #condition);                               \
        }                                                                                          \
    } while (0)
#define RUN(name)                                                                                  \
    do {                                                                                           \
        test_failed_now = 0;                                                                       \
        test_##name();                                                                             \
        printf("%s - %s\n", test_failed_now ? "not ok" : "ok", #name);                             \
        fflush(stdout);                                                                            \
        test_failures += test_failed_now;                                                          \
    } while (0)

static inline int test_end(void)
{
    printf("# %d checks\n", test_checks);
    return test_failures ? 1 : 0;
}

#endif
