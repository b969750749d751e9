/* diff_match.c - which layer of one network is which of another.
 *
 * Most layers have no name of their own: a convolution put in front makes conv2 of what was conv1.
 * So layers are aligned as texts are, by the pairing in order that keeps most: the same kind, name
 * and options count, and options most of all. */
#include "diff.h"

#include <inttypes.h>
#include <string.h>

enum {
    CELLS_MOST = 1 << 22, /* above that, what differs in the middle is not paired */
    SAME_KIND = 2,
    SAME_NAME = 1,
    SAME_OPTIONS = 3,
    ALIKE = SAME_KIND + SAME_NAME + SAME_OPTIONS
};

static const char *const init_names[] = {"glorot_uniform", "he_normal", "he_uniform", "constant",
                                         "fixed"};

static void add_size(Text *out, const char *name, Size size)
{
    text_printf(out, "%s=%" PRId64 "x%" PRId64 "\n", name, size.h, size.w);
}

static void add_count(Text *out, const char *name, int64_t count)
{
    text_printf(out, "%s=%" PRId64 "\n", name, count);
}

static void add_init(Text *out, const Init *init)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    const unsigned char *bytes = (const unsigned char *)init->values;
    text_printf(out, "init=%s", init_names[init->kind]);
    if (init->kind == INIT_CONSTANT)
        text_printf(out, " %.9g", init->constant);
    for (size_t i = 0; init->kind == INIT_FIXED && i < (size_t)init->value_count * sizeof(double);
         i++)
        hash = (hash ^ bytes[i]) * UINT64_C(1099511628211);
    if (init->kind == INIT_FIXED)
        text_printf(out, " %08" PRIx64, hash >> 32);
    text_string(out, "\n");
}

char *diff_options(Arena *arena, const Node *node)
{
    Text out = {.arena = arena};
    const Window *w = &node->window;
    text_printf(&out, "kind=%s\nactivation=%s\n", node->kind->name, node->activation->name);
    text_printf(&out, "alpha=%.9g\n", node->alpha);
    add_count(&out, strcmp(node->kind->prefix, "dense") == 0 ? "units" : "filters", node->filters);
    add_size(&out, "kernel", w->kernel);
    add_size(&out, "stride", w->stride);
    add_size(&out, "dilation", w->dilation);
    if (w->same)
        text_string(&out, "padding=same\n");
    else
        text_printf(&out,
                    "padding=%" PRId64 " %" PRId64 " %" PRId64 " %" PRId64
                    "\n", /* top bottom left right */
                    w->padding.top, w->padding.bottom, w->padding.left, w->padding.right);
    add_size(&out, "output_padding", node->output_padding);
    add_count(&out, "groups", node->groups);
    add_count(&out, "multiplier", node->multiplier);
    add_size(&out, "factor", node->factor);
    text_printf(&out, "interpolation=%s\n", node->bilinear ? "bilinear" : "nearest");
    add_count(&out, "block", node->block);
    text_printf(&out, "target=%s\n", node->target.rank ? shape_text(arena, node->target) : "");
    text_printf(&out, "rate=%.9g\nmomentum=%.9g\nepsilon=%.9g\n", node->rate, node->momentum,
                node->epsilon);
    text_printf(&out, "bias=%d\ncenter=%d\nscale=%d\nkeepdims=%d\ncount_padding=%d\n", node->bias,
                node->center, node->scale, node->keepdims, node->count_padding);
    text_printf(&out, "trainable=%d\n", node->trainable);
    add_init(&out, &node->init);
    return out.data;
}

typedef struct {
    const Node *node;
    const char *options;
} Layer;

static int likeness(const Layer *a, const Layer *b)
{
    const bool name = strcmp(a->node->name, b->node->name) == 0;
    if (a->node->kind != b->node->kind)
        return name ? SAME_NAME : 0;
    return SAME_KIND + (name ? SAME_NAME : 0) +
           (strcmp(a->options, b->options) == 0 ? SAME_OPTIONS : 0);
}

static Layer *read_layers(Arena *arena, const Graph *graph)
{
    Layer *layers = ARENA_ARRAY(arena, graph->node_count, Layer);
    for (int i = 1; i < graph->node_count; i++) /* node 0 is the input */
        layers[i - 1] = (Layer){&graph->nodes[i], diff_options(arena, &graph->nodes[i])};
    return layers;
}

static void add_pair(LayerDiff *pairs, int *count, const Layer *a, const Layer *b)
{
    pairs[(*count)++] = (LayerDiff){.change = a && b ? LAYER_SAME
                                              : a    ? LAYER_REMOVED
                                                     : LAYER_ADDED,
                                    .a = a ? a->node : NULL,
                                    .b = b ? b->node : NULL};
}

/* best[i*(m+1) + j]: the most that the layers from a[i] and b[j] on can keep. */
static void match_middle(Arena *arena, const Layer *a, int n, const Layer *b, int m,
                         LayerDiff *pairs, int *count)
{
    const bool pairing = (int64_t)(n + 1) * (m + 1) <= CELLS_MOST;
    int *best = ARENA_ARRAY(arena, pairing ? (n + 1) * (m + 1) : 1, int);
    const int row = m + 1;
    for (int i = n - 1; pairing && i >= 0; i--)
        for (int j = m - 1; j >= 0; j--) {
            const int both = likeness(&a[i], &b[j]);
            const int kept = both > 0 ? both + best[(i + 1) * row + j + 1] : 0;
            const int skip = best[(i + 1) * row + j], skip2 = best[i * row + j + 1];
            const int other = skip > skip2 ? skip : skip2;
            best[i * row + j] = kept > other ? kept : other;
        }
    int i = 0, j = 0;
    while (pairing && i < n && j < m) {
        const int both = likeness(&a[i], &b[j]), here = best[i * row + j];
        if (both > 0 && here == both + best[(i + 1) * row + j + 1])
            add_pair(pairs, count, &a[i++], &b[j++]);
        else if (here == best[(i + 1) * row + j])
            add_pair(pairs, count, &a[i++], NULL);
        else
            add_pair(pairs, count, NULL, &b[j++]);
    }
    while (i < n)
        add_pair(pairs, count, &a[i++], NULL);
    while (j < m)
        add_pair(pairs, count, NULL, &b[j++]);
}

int diff_match(Arena *arena, const Graph *a, const Graph *b, LayerDiff **out)
{
    const Layer *x = read_layers(arena, a), *y = read_layers(arena, b);
    int n = a->node_count - 1, m = b->node_count - 1, count = 0, first = 0, last = 0;
    LayerDiff *pairs = *out = ARENA_ARRAY(arena, n + m, LayerDiff);
    while (first < n && first < m && likeness(&x[first], &y[first]) == ALIKE) {
        add_pair(pairs, &count, &x[first], &y[first]);
        first++;
    }
    while (last < n - first && last < m - first &&
           likeness(&x[n - 1 - last], &y[m - 1 - last]) == ALIKE)
        last++;
    match_middle(arena, x + first, n - first - last, y + first, m - first - last, pairs, &count);
    for (int i = last; i > 0; i--)
        add_pair(pairs, &count, &x[n - i], &y[m - i]);
    return count;
}
