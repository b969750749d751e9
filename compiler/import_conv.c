/* import_conv.c - convolutions and pools: windows that move over an image or a sequence. */
#include "import_graph.h"

#include <string.h>

/* One axis of a window. */
typedef struct {
    int64_t in, kernel, stride, dilation, before, after, extra; /* extra: output_padding */
} Axis;

typedef struct {
    Axis axes[2]; /* rows, columns; a sequence has one row */
    bool flat, same, count_padding;
} Frame;

enum { SIZE_MOST = 1 << 20 };

static bool read_axes(Op *op, Frame *f, const char *name, size_t offset, int spatial)
{
    int64_t list[2] = {1, 1};
    const int count = import_ints(op, name, -1, list, 2);
    if (count < 0)
        return true;
    if (count != spatial)
        return import_fail(op, "%s must have %d numbers", name, spatial);
    for (int i = 0; i < spatial; i++) {
        if (list[i] < 1 || list[i] > SIZE_MOST)
            return import_fail(op, "%s has %lld in it", name, (long long)list[i]);
        memcpy((char *)&f->axes[2 - spatial + i] + offset, &list[i], sizeof list[i]);
    }
    return true;
}

/* SAME_UPPER and SAME_LOWER: as many outputs as strides; the odd cell after, or before. */
static void pad_same(Axis *a, bool lower, bool transposed)
{
    const int64_t reach = a->dilation * (a->kernel - 1) + 1, out = (a->in - 1) / a->stride + 1;
    const int64_t total = transposed ? reach - a->stride : (out - 1) * a->stride + reach - a->in;
    const int64_t pad = total > 0 ? total : 0;
    a->before = lower ? pad - pad / 2 : pad / 2;
    a->after = pad - a->before;
    a->extra = transposed && total < 0 ? -total : a->extra;
}

/* Whether the padding is that of "same". */
static bool is_same(const Axis *a)
{
    Axis same = *a;
    pad_same(&same, false, false);
    return same.before == a->before && same.after == a->after;
}

static bool read_frame(Op *op, Shape in, const int64_t *kernel, bool transposed, Frame *f)
{
    int64_t pads[4] = {0};
    const int spatial = in.rank - 1;
    const char *automatic = import_string(op, "auto_pad", "NOTSET");
    *f =
        (Frame){.axes = {{in.h, 1, 1, 1, 0, 0, 0}, {in.w, 1, 1, 1, 0, 0, 0}}, .flat = spatial == 1};
    for (int i = 0; kernel && i < spatial; i++)
        f->axes[2 - spatial + i].kernel = kernel[i];
    if (!read_axes(op, f, "kernel_shape", offsetof(Axis, kernel), spatial) ||
        !read_axes(op, f, "strides", offsetof(Axis, stride), spatial) ||
        !read_axes(op, f, "dilations", offsetof(Axis, dilation), spatial))
        return false;
    for (int i = 0; kernel && i < spatial; i++)
        if (f->axes[2 - spatial + i].kernel != kernel[i])
            return import_fail(op, "kernel_shape is not that of its weights");
    const int count = import_ints(op, "pads", -1, pads, 4);
    if (count >= 0 && count != 2 * spatial)
        return import_fail(op, "pads must have %d numbers", 2 * spatial);
    for (int i = 0; i < spatial; i++) {
        Axis *a = &f->axes[2 - spatial + i];
        a->before = pads[i];
        a->after = pads[i + spatial];
        if (a->before < 0 || a->after < 0 || a->before > SIZE_MOST || a->after > SIZE_MOST)
            return import_fail(op, "negative or huge padding");
        if (strcmp(automatic, "SAME_UPPER") == 0 || strcmp(automatic, "SAME_LOWER") == 0)
            pad_same(a, strcmp(automatic, "SAME_LOWER") == 0, transposed);
    }
    f->same = !transposed && is_same(&f->axes[0]) && is_same(&f->axes[1]);
    return true;
}

static int64_t out_size(const Axis *a)
{
    return size_floor_div(a->in + a->before + a->after - a->dilation * (a->kernel - 1) - 1,
                          a->stride) +
           1;
}

static void add_sizes(Text *text, const char *name, int64_t h, int64_t w, bool flat)
{
    if (h != 1 || w != 1)
        text_printf(text, ", %s = %s", name, import_sizes(text->arena, h, w, flat));
}

/* The padding as a person writes it: nothing, "same", one number, or each side. */
static void add_padding(Text *text, const Frame *f)
{
    const Axis *r = &f->axes[0], *c = &f->axes[1];
    const bool even = r->before == r->after && c->before == c->after;
    if (r->before + r->after + c->before + c->after == 0)
        return;
    if (f->same && (!even || r->stride > 1 || c->stride > 1))
        text_string(text, ", padding = \"same\"");
    else if (even && (f->flat || r->before == c->before))
        text_printf(text, ", padding = %lld", (long long)c->before);
    else if (even)
        text_printf(text, ", padding = \"%lldx%lld\"", (long long)r->before, (long long)c->before);
    else if (f->flat)
        text_printf(text, ", padding = { %lld, %lld }", (long long)c->before, (long long)c->after);
    else
        text_printf(text, ", padding = { %lld, %lld, %lld, %lld }", (long long)r->before,
                    (long long)r->after, (long long)c->before, (long long)c->after);
}

/* Kernel, stride, padding, dilation behind the first value. */
static void add_frame(Text *text, const Frame *f)
{
    const Axis *r = &f->axes[0], *c = &f->axes[1];
    text_printf(text, ", kernel = %s", import_sizes(text->arena, r->kernel, c->kernel, f->flat));
    add_sizes(text, "stride", r->stride, c->stride, f->flat);
    add_padding(text, f);
    if (r->extra + c->extra > 0)
        text_printf(text, ", output_padding = %s",
                    import_sizes(text->arena, r->extra, c->extra, f->flat));
    add_sizes(text, "dilation", r->dilation, c->dilation, f->flat);
}

static bool check_out(Op *op, Shape out)
{
    int64_t size;
    if (out.h < 1 || out.w < 1 || out.c < 1)
        return import_fail(op, "its output is %s: the window does not fit",
                           shape_text(op->arena, out));
    return (size_mul(out.h, out.w, &size) && size_mul(size, out.c, &size) && size <= VALUES_MOST) ||
           import_fail(op, "its output is too large");
}

/* The kernel of ONNX, (out, in, spatial), or of a transposed convolution (in, out, spatial). */
static const Constant *kernel_of(Op *op, Shape in, Placed *x)
{
    const Constant *w = import_input_constant(op, 1);
    if (!w)
        import_fail(op, "its weights are computed, or an input; they must be in the file");
    else if (w->rank != in.rank + 1 || w->count == 0)
        import_fail(op, "its weights have %d axes, its input %d", w->rank, x->rank);
    else
        return w;
    return NULL;
}

static bool add_bias(Op *op, int layer, int64_t filters)
{
    const Constant *b = import_input_constant(op, 2);
    op->import->layers[layer].takes_bias = true;
    if (!b)
        return !import_has_input(op, 2) || import_fail(op, "its bias is computed");
    if (b->count != filters)
        return import_fail(op, "its bias has %lld numbers, not %lld", (long long)b->count,
                           (long long)filters);
    double *values = ARENA_ARRAY(op->arena, filters, double);
    memcpy(values, b->values, (size_t)filters * sizeof *values);
    import_weights(op->import, layer, "bias", values, filters);
    return true;
}

/* (a, b, spatial) to (spatial, b, a). With one input a group b is 1, and a is (in, multiplier). */
static double *turn_kernel(Op *op, const Constant *w)
{
    const int64_t a = w->dims[0], b = w->dims[1], spatial = w->count / (a * b);
    double *out = ARENA_ARRAY(op->arena, w->count, double);
    for (int64_t i = 0; i < a; i++)
        for (int64_t j = 0; j < b; j++)
            for (int64_t s = 0; s < spatial; s++)
                out[(s * b + j) * a + i] = w->values[(i * b + j) * spatial + s];
    return out;
}

bool import_conv(Op *op)
{
    Placed x = *op->inputs[0];
    Shape in, out;
    Frame f;
    int layer;
    const Constant *w;
    Text text = {.arena = op->arena};
    const int64_t groups = import_int(op, "group", 1);
    if (!import_as_image(op, &x, &layer, &in) || !(w = kernel_of(op, in, &x)) ||
        !read_frame(op, in, w->dims + 2, false, &f))
        return false;
    const int64_t filters = w->dims[0];
    if (groups < 1 || in.c % groups != 0 || w->dims[1] != in.c / groups || filters % groups != 0)
        return import_fail(op,
                           "its weights are for %lld channels in %lld groups, its input has %lld",
                           (long long)w->dims[1], (long long)groups, (long long)in.c);
    out = (Shape){out_size(&f.axes[0]), out_size(&f.axes[1]), filters, in.rank};
    if (!check_out(op, out))
        return false;
    const bool depthwise = groups > 1 && groups == in.c;
    if (depthwise) {
        Text rest = {.arena = op->arena};
        add_frame(&rest, &f);
        text_string(&text, rest.data + strlen(", kernel = "));
        if (filters > in.c)
            text_printf(&text, ", multiplier = %lld", (long long)(filters / in.c));
    } else {
        text_printf(&text, "%lld", (long long)filters);
        add_frame(&text, &f);
        if (groups > 1)
            text_printf(&text, ", groups = %lld", (long long)groups);
    }
    const char *call = depthwise ? (f.flat ? "depthwise_conv1d" : "depthwise_conv2d")
                                 : (f.flat ? "conv1d" : "conv2d");
    layer = import_add(op->import, call, text.data, layer, out);
    import_weights(op->import, layer, "kernel", turn_kernel(op, w), w->count);
    import_image_out(op, &x, layer);
    return add_bias(op, layer, filters);
}

/* output_shape says the size and leaves the padding to be worked out; the odd cell as auto_pad
 * has it. */
static bool pad_to_shape(Op *op, Frame *f)
{
    int64_t wanted[4];
    const int spatial = f->flat ? 1 : 2, count = import_ints(op, "output_shape", -1, wanted, 4);
    const bool upper = strcmp(import_string(op, "auto_pad", "NOTSET"), "SAME_UPPER") == 0;
    if (count < 0)
        return true;
    if (count < spatial || count > 4)
        return import_fail(op, "output_shape must have %d numbers", spatial);
    for (int i = 0; i < spatial; i++) {
        Axis *a = &f->axes[2 - spatial + i];
        const int64_t full = (a->in - 1) * a->stride + a->extra + a->dilation * (a->kernel - 1) + 1;
        const int64_t size = wanted[count - spatial + i], total = full > size ? full - size : 0;
        if (size < 1 || size > SIZE_MOST)
            return import_fail(op, "output_shape has %lld in it", (long long)size);
        a->before = upper ? total / 2 : total - total / 2;
        a->after = total - a->before;
        a->extra += size > full ? size - full : 0;
    }
    return true;
}

/* A transposed convolution has no groups here: between them are zeros. */
static const Constant *ungrouped(Op *op, const Constant *w, int64_t groups)
{
    int64_t dims[RANK_MOST];
    memcpy(dims, w->dims, sizeof dims);
    if (groups < 1 || w->dims[0] % groups != 0 || !size_mul(w->dims[1], groups, &dims[1]))
        return NULL;
    Constant *out = import_constant(op->arena, w->rank, dims);
    const int64_t inside = w->dims[0] / groups, row = w->count / w->dims[0];
    for (int64_t i = 0; out && i < w->dims[0]; i++)
        memcpy(out->values + (i * groups + i / inside) * row, w->values + i * row,
               (size_t)row * sizeof *w->values);
    return out;
}

bool import_conv_transpose(Op *op)
{
    Placed x = *op->inputs[0];
    Shape in, out;
    Frame f;
    int layer;
    const Constant *w;
    if (!import_as_image(op, &x, &layer, &in) || !(w = kernel_of(op, in, &x)) ||
        !read_frame(op, in, w->dims + 2, true, &f))
        return false;
    w = import_int(op, "group", 1) == 1 ? w : ungrouped(op, w, import_int(op, "group", 1));
    if (!w)
        return import_fail(op, "its weights are not those of so many groups");
    if (w->dims[0] != in.c)
        return import_fail(op, "its weights are for %lld channels, its input has %lld",
                           (long long)w->dims[0], (long long)in.c);
    int64_t extra[2] = {0};
    const int spatial = f.flat ? 1 : 2, count = import_ints(op, "output_padding", -1, extra, 2);
    if (count > spatial || extra[0] < 0 || extra[1] < 0 || extra[0] > SIZE_MOST ||
        extra[1] > SIZE_MOST)
        return import_fail(op, "output_padding must have %d numbers", spatial);
    for (int i = 0; i < count; i++)
        f.axes[2 - spatial + i].extra += extra[i];
    if (!pad_to_shape(op, &f))
        return false;
    int64_t sizes[2];
    for (int i = 0; i < 2; i++) {
        const Axis *a = &f.axes[i];
        sizes[i] = (a->in - 1) * a->stride - a->before - a->after + a->dilation * (a->kernel - 1) +
                   a->extra + 1;
    }
    out = (Shape){sizes[0], sizes[1], w->dims[1], in.rank};
    if (!check_out(op, out))
        return false;
    Text text = {.arena = op->arena};
    text_printf(&text, "%lld", (long long)out.c);
    add_frame(&text, &f);
    layer = import_add(op->import, f.flat ? "conv1d_transpose" : "conv2d_transpose", text.data,
                       layer, out);
    import_weights(op->import, layer, "kernel", turn_kernel(op, w), w->count);
    import_image_out(op, &x, layer);
    return add_bias(op, layer, out.c);
}

/* ceil_mode: one window more at the end, unless it would start in the end padding. */
static void round_up(Axis *a)
{
    const int64_t reach = a->kernel, span = a->in + a->before + a->after - reach;
    if (span < 0)
        return;
    int64_t out = (span + a->stride - 1) / a->stride + 1;
    if ((out - 1) * a->stride >= a->in + a->before)
        out--;
    const int64_t need = (out - 1) * a->stride + reach - a->in - a->before;
    a->after = need > a->after ? need : a->after;
}

bool import_pool(Op *op)
{
    const bool largest = strcmp(op->node->op_type, "MaxPool") == 0;
    const Placed *x = op->inputs[0];
    Shape in;
    Frame f;
    int layer;
    if (!import_as_image(op, x, &layer, &in) || !read_frame(op, in, NULL, false, &f))
        return false;
    if (!import_attribute(op, "kernel_shape"))
        return import_fail(op, "kernel_shape is missing");
    if (f.axes[0].dilation != 1 || f.axes[1].dilation != 1)
        return import_fail(
            op,
            "a pool with dilation; cnngen has none: use a stride, or for means a depthwise Conv");
    if (import_int(op, "ceil_mode", 0)) {
        const Frame before = f;
        round_up(&f.axes[0]);
        round_up(&f.axes[1]);
        f.same = f.same && memcmp(f.axes, before.axes, sizeof f.axes) == 0;
        if (!largest && import_int(op, "count_include_pad", 0) &&
            memcmp(f.axes, before.axes, sizeof f.axes) != 0)
            return import_fail(op, "a mean that counts its padding, but not what ceil_mode adds");
    }
    const Axis *r = &f.axes[0], *c = &f.axes[1];
    const Shape out = {out_size(r), out_size(c), in.c, in.rank};
    if (!check_out(op, out))
        return false;
    Text text = {.arena = op->arena};
    text_string(&text, import_sizes(op->arena, r->kernel, c->kernel, f.flat));
    if (r->stride != r->kernel || c->stride != c->kernel)
        text_printf(&text, ", stride = %s", import_sizes(op->arena, r->stride, c->stride, f.flat));
    add_padding(&text, &f);
    if (!largest && import_int(op, "count_include_pad", 0) &&
        r->before + r->after + c->before + c->after > 0)
        text_string(&text, ", count_padding = true");
    static const char *const calls[2][2] = {{"avgpool2d", "avgpool1d"}, {"maxpool2d", "maxpool1d"}};
    layer = import_add(op->import, calls[largest][f.flat], text.data, layer, out);
    import_image_out(op, x, layer);
    return true;
}
