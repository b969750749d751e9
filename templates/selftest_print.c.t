% -- What a program of --selftest says, without libc, and how it compares.
static int tests, failures;

static void put_text(const char *text)
{
    while (*text)
        SELFTEST_PUT(*text++);
}

static void put_whole(uint32_t n)
{
    char digits[11];
    int i = 10;
    digits[10] = 0;
    do
        digits[--i] = (char)('0' + n % 10);
    while ((n /= 10) > 0);
    put_text(digits + i);
}

/* 6 digits and an exponent. */
static void put_real(double x)
{
    int exponent = 0;
    if (x != x || x - x != 0) {
        put_text(x != x ? "nan" : "inf");
        return;
    }
    put_text(x < 0 ? "-" : "");
    x = x < 0 ? -x : x;
    for (; x >= 10; exponent++)
        x /= 10;
    for (; x > 0 && x < 1; exponent--)
        x *= 10;
    const uint32_t digits = (uint32_t)(x * 100000 + 0.5);
    put_whole(digits / 100000);
    put_text(".");
    for (uint32_t unit = 10000; unit > 0; unit /= 10)
        put_whole(digits / unit % 10);
    put_text(exponent < 0 ? "e-" : "e");
    put_whole((uint32_t)(exponent < 0 ? -exponent : exponent));
}

static int near(const char *what, double got, double expected, double allowed)
{
    const double far = got > expected ? got - expected : expected - got;
    if (far <= allowed)
        return 1;
    put_text("# ");
    put_text(what);
    put_text(" is ");
    put_real(got);
    put_text(", not ");
    put_real(expected);
    put_text("\n");
    return 0;
}

static void report(int ok, const char *what, const char *name, const char *note)
{
    failures += !ok;
    put_text(ok ? "ok " : "not ok ");
    put_whole((uint32_t)++tests);
    put_text(" - ");
    put_text(what);
    put_text(name);
    put_text(note);
    put_text("\n");
}

static int same_vector(const real *v, size_t n, const real *expected, double tolerance)
{
    const double largest = tolerance * expected[0], norm = tolerance * expected[1];
    double squares = 0, sum = 0;
    int ok = 1;
    for (size_t i = 0; i < n; i++) {
        squares += (double)v[i] * v[i];
        sum += value(0, i) < 0 ? -(double)v[i] : (double)v[i];
    }
    for (size_t i = 0; ok && i < n && i < PICKS; i++)
        ok = near("a value", v[picked(i, n)], expected[4 + i], largest);
    return ok && near("the signed sum", sum, expected[2], 4 * norm + 1e-30) &&
           near("the norm", root(squares), expected[3], 2 * norm);
}
