/* tile_text.c - the choices of tile.c and winograd.c in words, for `summary --tiles`. */
#include <inttypes.h>
#include <string.h>

#include "summary.h"
#include "tile.h"
#include "winograd.h"

static int64_t integer(const Value *table, const char *name, int64_t otherwise)
{
    const Value *value = value_get(table, name);
    return value ? value->integer : otherwise;
}

/* "2x6 2x5 | 1x12": vectors x pixels, a bar where fewer vectors take over. `cells`: pixels of a
 * pool's window, all in registers. */
static void add_variants(Text *out, const Value *variants, int64_t cells)
{
    for (int i = 0; variants && i < variants->item_count; i++) {
        const Value *variant = variants->items[i], *runs = value_get(variant, "runs");
        const int64_t v = integer(variant, "v", 1);
        text_string(out, i > 0 ? " |" : "");
        if (!runs)
            text_printf(out, " %" PRId64 "x%" PRId64, v, integer(variant, "p", 1));
        for (int r = 0; runs && r < runs->item_count; r++)
            text_printf(out, " %" PRId64 "x%" PRId64, v,
                        cells * integer(variant, "rows", 1) * integer(runs->items[r], "p", 1));
    }
}

static void add_winograd(Text *out, const Value *winograd)
{
    const int64_t side = integer(winograd, "side", 2);
    text_printf(out, " F(%" PRId64 "x%" PRId64 ", 3x3)", side, side);
    add_variants(out, value_get(winograd, "tiles"), 1);
    text_printf(out, ", %" PRId64 " block%s of %" PRId64 " tiles", integer(winograd, "blocks", 1),
                integer(winograd, "blocks", 1) > 1 ? "s" : "", integer(winograd, "block", 1));
}

static void add_forward(Text *out, const Plan *plan, const Step *step, const Value *tiles)
{
    const char *form = step->forward_pass.templates;
    const Size pool = step->pool ? step->pool->window.kernel : (Size){1, 1};
    if (strcmp(form, "conv_winograd") == 0)
        add_winograd(out, value_get(tiles, "winograd"));
    else if (strcmp(form, "conv_narrow") == 0)
        text_string(out, " lanes are columns");
    else if (strcmp(form, "conv_clipped") == 0)
        text_printf(out, " %dx1%s", tile_clipped(plan, step).v, step->over ? " in place" : "");
    else if (strcmp(form, "conv_depthwise") == 0)
        text_printf(out, " 1x%" PRId64, step->yv.shape.w < 6 ? step->yv.shape.w : 6);
    else if (value_get(tiles, "scatter"))
        add_variants(out, value_get(value_get(tiles, "scatter"), "variants"), 1);
    else if (step->recipe->whole_batch)
        add_variants(out, value_get(tiles, step->batched ? "batch" : "single"), 1);
    else
        add_variants(out, value_get(tiles, "forward"), pool.h * pool.w);
}

static void add_backward(Text *out, const Step *step, const Value *tiles)
{
    const char *form = step->backward_pass.templates;
    if (strcmp(form, "conv_sparse") == 0) {
        text_printf(out, " where the pool's maximum was: %" PRId64 " rows x %" PRId64 " vectors",
                    step->node->window.kernel.h, integer(tiles, "sparse", 1));
        return;
    }
    if (strcmp(form, "conv_narrow") == 0) {
        text_string(out, " lanes are columns");
        return;
    }
    if (strcmp(form, "conv_depthwise") == 0) {
        text_string(out, " lanes are outputs");
        return;
    }
    if (step->trainable) {
        text_string(out, " dw");
        add_variants(out, value_get(tiles, "dw"), 1);
    }
    if (!step->wants_dx)
        return;
    text_string(out, step->trainable ? "; dx" : " dx");
    if (value_get(tiles, "winograd_dx"))
        add_winograd(out, value_get(tiles, "winograd_dx"));
    else if (value_get(tiles, "dx"))
        add_variants(out, value_get(tiles, "dx"), 1);
    else
        text_printf(out, " %d rows", TILE_DX_ROWS);
}

/* Of the lanes of vectors of `lanes` floats, how many hold a channel (or a column). */
static double used(const Step *step, int64_t lanes)
{
    const char *form = step->forward_pass.templates;
    const Size k = step->node->window.kernel;
    const bool all = strcmp(form, "conv_depthwise") == 0;
    const int64_t filters = step->node->filters / (all ? 1 : step->node->groups);
    const int64_t channels = strcmp(form, "conv_narrow") == 0    ? step->yv.shape.w
                             : strcmp(form, "conv_scatter") == 0 ? k.h * k.w * filters
                                                                 : filters;
    const int64_t width = tile_lanes(channels) < lanes ? tile_lanes(channels) : lanes;
    return 100.0 * (double)channels / (double)((channels + width - 1) / width * width);
}

static void add_schedule(Text *out, const Plan *plan, const Schedule *schedule, bool training)
{
    for (int i = 0; i < schedule->count; i++) {
        const Step *step = &schedule->steps[i];
        if (!step->recipe->linear)
            continue;
        const Value *tiles = tile_value(out->arena, plan, schedule, step);
        text_printf(out, "  %-16s %-8s %3.0f %3.0f %3.0f %% ", step->name,
                    training ? "forward" : "predict", used(step, 16), used(step, 8), used(step, 4));
        add_forward(out, plan, step, tiles);
        text_string(out, "\n");
        if (!step->backward || (!step->trainable && !step->wants_dx))
            continue;
        text_printf(out, "  %-16s %-8s              ", "", "backward");
        add_backward(out, step, tiles);
        text_string(out, "\n");
    }
}

static void add_words(Arena *arena, Value *rows, const Step *step, const char *pass,
                      const char *form, const char *text)
{
    Value *row = value_table(arena);
    value_set_string(arena, row, "step", step->name);
    value_set_string(arena, row, "pass", pass);
    value_set_string(arena, row, "form", form);
    value_set_string(arena, row, "tiles", text && *text ? text + 1 : "");
    for (int lanes = 4; lanes <= 16; lanes *= 2)
        value_set(arena, row, arena_printf(arena, "used%d", lanes),
                  value_int(arena, (int64_t)used(step, lanes)));
    value_add(arena, rows, row);
}

void tile_words(Arena *arena, Value *rows, const Plan *plan, const Schedule *schedule,
                bool training)
{
    for (int i = 0; i < schedule->count; i++) {
        const Step *step = &schedule->steps[i];
        if (!step->recipe->linear)
            continue;
        const Value *tiles = tile_value(arena, plan, schedule, step);
        Text forward = {.arena = arena}, backward = {.arena = arena};
        add_forward(&forward, plan, step, tiles);
        add_words(arena, rows, step, training ? "forward" : "predict", step->forward_pass.templates,
                  forward.data);
        if (!step->backward || (!step->trainable && !step->wants_dx))
            continue;
        add_backward(&backward, step, tiles);
        add_words(arena, rows, step, "backward", step->backward_pass.templates, backward.data);
    }
}

void summary_tiles(Text *out, const Plan *plan)
{
    if (plan->options.unroll != UNROLL_AUTO) {
        text_string(out, "\ntiles: none with this --unroll\n");
        return;
    }
    text_printf(out,
                "\ntiles: %s of channels x pixels; lanes that hold a channel, of 16, 8 and 4\n",
                plan->options.portable ? "blocks" : "vectors");
    add_schedule(out, plan, &plan->predict, false);
    if (plan->train.count > 0)
        add_schedule(out, plan, &plan->train, true);
}
