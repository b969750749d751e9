/* The tests of test_runtime.c for the runtime in double, and the derivatives against difference
 * quotients. */
#define CNN_DOUBLE
#include "test_runtime.c"
