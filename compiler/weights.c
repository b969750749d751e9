/* weights.c - the tensors of a file against those of a Graph: what is missing, surplus or otherwise
 * is reported at once. */
#include "weights.h"

#include <string.h>

#include "bytes.h"
#include "match.h"

enum { SURPLUS_SHOWN = 20 };

/* Slopes below zero, which Keras keeps as (1, 1, channels), and PyTorch may have one of. */
static bool is_slope(const StoredTensor *entry, const Tensor *tensor)
{
    if (strcmp(tensor->name, "alpha") != 0 || entry->rank == 0)
        return false;
    const int64_t last = entry->dims[entry->rank - 1];
    for (int i = 0; i + 1 < entry->rank; i++)
        if (entry->dims[i] != 1)
            return false;
    return last == tensor->count || (last == 1 && entry->rank == 1);
}

/* The values of one tensor; one value may stand for all, as PyTorch's slopes below zero do by
 * default. */
static bool copy_values(const Match *match, const Node *node, const Tensor *tensor,
                        StoredTensor *entry, float *to)
{
    TensorFile *file = match->file;
    int64_t dims[STORED_RANK_MOST];
    const bool torch = match_is_torch(match, entry, node, tensor);
    const int rank = naming_dims(torch ? NAMES_TORCH : NAMES_CNNGEN, node, tensor, dims);
    if ((entry->rank != rank || memcmp(entry->dims, dims, (size_t)rank * sizeof *dims) != 0) &&
        !is_slope(entry, tensor))
        return diag_error(file->diag, file->span, "tensor %s is %s, the network needs %s",
                          entry->shown, bytes_dims(file->arena, entry->dims, entry->rank),
                          bytes_dims(file->arena, dims, rank));
    if (!tensors_is_float(entry))
        return diag_error(file->diag, file->span, "tensor %s holds %s, the network needs F32 (%s)",
                          entry->shown, entry->dtype, bytes_dims(file->arena, dims, rank));
    const bool one = tensors_count(entry) == 1;
    const TorchOrder order = naming_torch_order(match->graph, node, tensor);
    for (int64_t i = 0; i < tensor->count; i++)
        to[i] = tensors_value(entry, one ? 0 : torch ? naming_torch_place(&order, i) : i);
    return true;
}

static void take_tensors(const Match *match, float *to)
{
    TensorFile *file = match->file;
    StoredTensor *const *chosen = match->chosen;
    for (int n = 0; n < match->graph->node_count; n++) {
        const Node *node = &match->graph->nodes[n];
        for (int i = 0; i < node->tensor_count; i++, chosen++) {
            const Tensor *tensor = &node->tensors[i];
            if (*chosen)
                copy_values(match, node, tensor, *chosen, to);
            else
                diag_error(file->diag, file->span, "missing tensor %s.%s (%s)", tensor->layer,
                           tensor->name, bytes_dims(file->arena, tensor->dims, tensor->rank));
            to += tensor->count;
        }
    }
}

static void report_surplus(TensorFile *file)
{
    int surplus = 0;
    for (int i = 0; i < file->count; i++) {
        const StoredTensor *entry = &file->entries[i];
        if (entry->used || entry->aside || ++surplus > SURPLUS_SHOWN)
            continue;
        diag_error(file->diag, file->span, "surplus tensor %s (%s): the network has none of it",
                   entry->shown, bytes_dims(file->arena, entry->dims, entry->rank));
    }
    if (surplus > SURPLUS_SHOWN)
        diag_error(file->diag, file->span, "and %d more surplus tensors", surplus - SURPLUS_SHOWN);
}

/* Whether a tensor is missing while one of the file is left. */
static bool names_differ(const Match *match)
{
    bool missing = false, left = false;
    for (int i = 0; i < match->first[match->graph->node_count]; i++)
        missing = missing || !match->chosen[i];
    for (int i = 0; i < match->file->count; i++)
        left = left || (!match->file->entries[i].used && !match->file->entries[i].aside);
    return missing && left;
}

/* One array of everything. */
static float *take_array(TensorFile *file, const Graph *graph, const char *map)
{
    const StoredTensor *entry = &file->entries[0];
    float *values = ARENA_ARRAY(file->arena, graph->param_count, float);
    if (map) {
        diag_usage(file->diag, "--map is for files with several tensors, not for .npy");
        return NULL;
    }
    if (!entry->data || entry->rank != 1 || entry->dims[0] != graph->param_count) {
        diag_error(file->diag, file->span,
                   "the array holds %s (%s); an .npy file of weights holds all %lld values of the "
                   "network one behind the other, layers in order",
                   entry->data ? "floats" : entry->dtype,
                   bytes_dims(file->arena, entry->dims, entry->rank),
                   (long long)graph->param_count);
        return NULL;
    }
    for (int64_t i = 0; i < graph->param_count; i++)
        values[i] = tensors_value(entry, i);
    return values;
}

float *weights_load(Arena *arena, Diag *diag, const Graph *graph, const char *path, const char *map,
                    Text *found)
{
    TensorFile file;
    Match match = {.file = &file, .graph = graph};
    int errors = diag->errors;
    if (!tensors_read(arena, diag, path, &file))
        return NULL;
    if (file.flat)
        return take_array(&file, graph, map);
    if (!match_tensors(&match, map))
        return NULL;
    float *values = ARENA_ARRAY(arena, graph->param_count, float);
    take_tensors(&match, values);
    report_surplus(&file);
    if (diag->errors > errors) {
        if (!map && names_differ(&match))
            diag_note(diag, "where only names differ: --map order takes layers in their order, "
                            "--map FILE by lines `theirs = ours`");
        return NULL;
    }
    if (found)
        match_print(found, &match);
    return values;
}
