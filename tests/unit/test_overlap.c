/* Outputs over their inputs: every read and write of a step is played through, value by value, at
 * the distance that overlap.c allows, and at one value less. */
#include "schedule.h"

#include <string.h>

#include "test.h"
#include "tile.h"

static uint32_t state = 1;

static int random_below(int n)
{
    state = state * 1664525u + 1013904223u;
    return (int)((state >> 8) % (uint32_t)n);
}

enum { BASE = 40000, SIZE = 2 * BASE };

typedef struct {
    Node node, pool;
    Step step;
    Plan plan;
} Case;

static View plain(Shape s)
{
    return (View){.shape = s, .row = s.w * s.c, .pixel = s.c};
}

/* A convolution, depthwise in half of the cases, some with a pool; false when nothing comes out. */
static bool make(Case *c)
{
    static const int channels[] = {1, 2, 3, 4, 5, 8, 16, 17, 19, 32};
    static const Recipe recipe = {.templates = "conv"};
    Node *node = &c->node;
    const bool depthwise = random_below(2) == 0;
    *c = (Case){.plan.options = {.portable = random_below(2) == 0,
                                 .unroll = random_below(3) == 0 ? UNROLL_NONE : UNROLL_AUTO}};
    node->in = (Shape){1 + random_below(8), 1 + random_below(8), channels[random_below(10)], 3};
    node->filters = depthwise ? node->in.c : channels[random_below(10)];
    node->groups = depthwise ? node->in.c : 1;
    Window *w = &node->window;
    w->kernel = (Size){1 + random_below(4), 1 + random_below(4)};
    w->stride = (Size){1 + random_below(3), 1 + random_below(3)};
    w->dilation = (Size){1 + random_below(2), 1 + random_below(2)};
    w->padding = (Padding){random_below(4), random_below(4), random_below(4), random_below(4)};
    const int64_t h = node->in.h + w->padding.top + w->padding.bottom;
    const int64_t v = node->in.w + w->padding.left + w->padding.right;
    const int64_t down = w->dilation.h * (w->kernel.h - 1),
                  across = w->dilation.w * (w->kernel.w - 1);
    if (h <= down || v <= across)
        return false;
    Shape out = {(h - down - 1) / w->stride.h + 1, (v - across - 1) / w->stride.w + 1,
                 node->filters, 3};
    c->step = (Step){
        .node = node, .recipe = &recipe, .clips = true, .x = 0, .y = 1, .z = STEP_NONE};
    c->step.xv = plain(node->in);
    c->step.conv = plain(out);
    if (random_below(4) == 0) {
        c->pool.window.kernel = (Size){1 + random_below(2), 2};
        out.h /= c->pool.window.kernel.h;
        out.w /= c->pool.window.kernel.w;
        c->step.pool = &c->pool;
    }
    c->step.yv = plain(out);
    return out.h > 0 && out.w > 0;
}

/* Whether all that output pixel (i, j) reads of x is still there; of channel `own` only, if that is
 * not negative. */
static bool is_there(const Case *c, const bool *written, int64_t x, int64_t i, int64_t j,
                     int64_t own)
{
    const Window *w = &c->node.window;
    const Size pool = c->step.pool ? c->pool.window.kernel : (Size){1, 1};
    const Shape in = c->node.in;
    for (int64_t a = 0; a < pool.h * w->kernel.h; a++)
        for (int64_t b = 0; b < pool.w * w->kernel.w; b++) {
            const int64_t row = (i * pool.h + a / w->kernel.h) * w->stride.h +
                                a % w->kernel.h * w->dilation.h - w->padding.top;
            const int64_t column = (j * pool.w + b / w->kernel.w) * w->stride.w +
                                   b % w->kernel.w * w->dilation.w - w->padding.left;
            if (row < 0 || row >= in.h || column < 0 || column >= in.w)
                continue;
            for (int64_t ch = own < 0 ? 0 : own; ch < (own < 0 ? in.c : own + 1); ch++)
                if (written[x + (row * in.w + column) * in.c + ch])
                    return false;
        }
    return true;
}

/* The step with y at `y` and x at `x`: whether it reads no value that it has written. */
static bool runs(const Case *c, int64_t x, int64_t y, bool reversed)
{
    static bool written[SIZE];
    const Shape out = c->step.yv.shape;
    const bool own = tile_clipped(&c->plan, &c->step).own && !reversed;
    const int64_t pixels = out.h * out.w;
    memset(written, 0, sizeof written);
    for (int64_t n = 0; n < pixels; n++) {
        const int64_t p = reversed ? pixels - 1 - n : n, i = p / out.w, j = p % out.w;
        for (int64_t k = 0; k < out.c; k++) {
            if (own && !is_there(c, written, x, i, j, k))
                return false;
            written[y + p * out.c + k] = true;
        }
        if (!own && !is_there(c, written, x, i, j, -1))
            return false;
    }
    return true;
}

/* Every value between the first and the last that a window reaches is read. */
static bool is_dense(const Window *w)
{
    const Padding p = w->padding;
    const Size k = w->kernel;
    return w->dilation.h == 1 && w->dilation.w == 1 && w->stride.h <= k.h && w->stride.w <= k.w &&
           p.top < k.h && p.bottom < k.h && p.left < k.w && p.right < k.w;
}

TEST(no_step_reads_what_it_has_written)
{
    int tight[2] = {0, 0}, tried = 0;
    for (int round = 0; round < 4000; round++) {
        Case c;
        if (!make(&c))
            continue;
        const Overlap o = overlap_of(&c.plan, &c.step);
        const int64_t x = shape_count(c.step.xv.shape), y = shape_count(c.step.yv.shape);
        CHECK(o.before <= y && o.behind <= x);
        CHECK(runs(&c, BASE, BASE - o.before, false));
        CHECK(runs(&c, BASE, BASE + o.behind, true));
        const int64_t further = random_below(40);
        CHECK(runs(&c, BASE, BASE - o.before - further, false));
        CHECK(runs(&c, BASE, BASE + o.behind + further, true));
        if (!is_dense(&c.node.window))
            continue;
        tried++;
        tight[0] += o.before == y || !runs(&c, BASE, BASE - o.before + 1, false);
        tight[1] += o.behind == x || !runs(&c, BASE, BASE + o.behind - 1, true);
    }
    CHECK(tried > 50 && tight[0] == tried && tight[1] == tried);
}

TEST(a_chain_of_images_takes_little_more_than_one)
{
    Arena *arena = arena_new();
    Buffer buffers[8];
    Overlap overlaps[7];
    Schedule schedule = {.buffers = buffers, .buffer_count = 8, .overlaps = overlaps};
    for (int i = 0; i < 8; i++)
        buffers[i] = (Buffer){"b", HOME_ARENA, 8000, 1, i, i + 1, 0, false};
    for (int i = 0; i < 7; i++)
        overlaps[schedule.overlap_count++] =
            i % 2 ? (Overlap){i, i + 1, 64, 64} : (Overlap){i, i + 1, 384, 384};
    memory_assign(arena, &schedule, 1, 0);
    CHECK(schedule.lower_bound == 8384);
    CHECK(schedule.arena == 8384);
    arena_free(arena);
}

TEST(overlaps_keep_their_distance)
{
    for (int round = 0; round < 300; round++) {
        Arena *arena = arena_new();
        Buffer b[20];
        Overlap overlaps[20];
        const int count = 2 + random_below(18);
        Schedule schedule = {.buffers = b, .buffer_count = count, .overlaps = overlaps};
        for (int i = 0; i < count; i++) {
            const bool chained = i < count * 2 / 3;
            const int first = chained ? i : random_below(count);
            b[i] = (Buffer){"b", HOME_ARENA, 1 + random_below(500),
                            1,   first,      chained ? i + 1 : first + random_below(3),
                            0,   false};
            if (chained && i > 0 && random_below(3) > 0)
                overlaps[schedule.overlap_count++] =
                    (Overlap){i - 1, i, random_below((int)b[i].count + 10) - 10,
                              random_below((int)b[i - 1].count + 10) - 10};
        }
        memory_assign(arena, &schedule, 1, 0);
        for (int i = 0; i < count; i++)
            for (int k = 0; k < i; k++) {
                bool ok = b[i].last < b[k].first || b[k].last < b[i].first ||
                          b[i].offset + b[i].count <= b[k].offset ||
                          b[k].offset + b[k].count <= b[i].offset;
                for (int o = 0; o < schedule.overlap_count; o++)
                    if (overlaps[o].x == k && overlaps[o].y == i)
                        ok = b[i].offset <= b[k].offset - overlaps[o].before ||
                             b[i].offset >= b[k].offset + overlaps[o].behind;
                CHECK(ok);
            }
        CHECK(schedule.arena >= schedule.lower_bound);
        arena_free(arena);
    }
}

int main(void)
{
    RUN(no_step_reads_what_it_has_written);
    RUN(a_chain_of_images_takes_little_more_than_one);
    RUN(overlaps_keep_their_distance);
    return test_end();
}
