/* match.c - tensors of a file and tensors of the network find each other.
 *
 * A name is a layer's and a tensor's. The layer has the name the spec gives it, or the one Keras
 * gives by itself, where only the order of the numbers counts: the second network of a program
 * starts with "conv2d_5". By order, a layer takes the first that is left in the file and whose
 * tensors all fit; where shapes repeat, the order of the file decides. */
#include "match.h"

#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "host.h"
#include "layer.h"

typedef enum { LEAF_OTHER, LEAF_OURS, LEAF_TORCH } LeafKind;

/* What the last part of the name says about tensor i of the node. */
static LeafKind leaf_kind(const StoredTensor *entry, const Node *node, int i)
{
    const char *name = node->tensors[i].name, *torch = naming_torch(name);
    const char number[] = {(char)('0' + i), '\0'};
    if (strcmp(entry->leaf, name) == 0 || (entry->group && strcmp(entry->leaf, number) == 0))
        return LEAF_OURS;
    if (strcmp(name, "kernel") == 0 && strcmp(entry->leaf, "depthwise_kernel") == 0)
        return LEAF_OURS;
    return torch && strcmp(entry->leaf, torch) == 0 ? LEAF_TORCH : LEAF_OTHER;
}

static bool has_dims(const StoredTensor *entry, Names names, const Node *node, const Tensor *tensor)
{
    int64_t dims[STORED_RANK_MOST];
    const int rank = naming_dims(names, node, tensor, dims);
    return entry->rank == rank && memcmp(entry->dims, dims, (size_t)rank * sizeof *dims) == 0;
}

static bool fits(const StoredTensor *entry, const Node *node, int i)
{
    const Tensor *tensor = &node->tensors[i];
    switch (leaf_kind(entry, node, i)) {
    case LEAF_TORCH:
        return has_dims(entry, NAMES_TORCH, node, tensor);
    case LEAF_OURS:
        return has_dims(entry, NAMES_CNNGEN, node, tensor) ||
               has_dims(entry, NAMES_KERAS, node, tensor);
    default:
        return has_dims(entry, NAMES_CNNGEN, node, tensor) ||
               has_dims(entry, NAMES_KERAS, node, tensor) ||
               has_dims(entry, NAMES_TORCH, node, tensor);
    }
}

static bool is_torch_file(const TensorFile *file)
{
    for (int i = 0; i < file->count; i++)
        if (strcmp(file->entries[i].leaf, "weight") == 0)
            return true;
    return false;
}

/* A name that says nothing leaves it to the dims; where both orders have them, to the other names.
 */
bool match_is_torch(const Match *match, const StoredTensor *entry, const Node *node,
                    const Tensor *tensor)
{
    const LeafKind kind = leaf_kind(entry, node, (int)(tensor - node->tensors));
    if (kind != LEAF_OTHER)
        return kind == LEAF_TORCH;
    return has_dims(entry, NAMES_TORCH, node, tensor) &&
           (!has_dims(entry, NAMES_CNNGEN, node, tensor) || is_torch_file(match->file));
}

static StoredTensor **slot(const Match *match, const Node *node, int i)
{
    return &match->chosen[match->first[node - match->graph->nodes] + i];
}

static void take(Match *match, const Node *node, int i, StoredTensor *entry)
{
    *slot(match, node, i) = entry;
    entry->used = true;
}

static StoredTensor *find_named(const Match *match, const char *layer, const Node *node, int i,
                                LeafKind kind)
{
    for (int n = 0; n < match->file->count; n++) {
        StoredTensor *entry = &match->file->entries[n];
        if (!entry->used && strcmp(entry->layer, layer) == 0 && leaf_kind(entry, node, i) == kind)
            return entry;
    }
    return NULL;
}

/* A layer whose name is in the file is not one that Keras numbered, but its groups are. */
static StoredTensor *find_automatic(const Match *match, const bool *named, const Node *node, int i)
{
    const Graph *graph = match->graph;
    const char *grouped = naming_keras(match->file->arena, graph, node, NULL);
    const char *other = naming_keras(match->file->arena, graph, node, named);
    for (int n = 0; n < match->file->count; n++) {
        StoredTensor *entry = &match->file->entries[n];
        if (!entry->used && strcmp(entry->automatic, entry->grouped ? grouped : other) == 0 &&
            leaf_kind(entry, node, i) == LEAF_OURS)
            return entry;
    }
    return NULL;
}

/* What no other way has found. */
static void match_names(Match *match)
{
    const Graph *graph = match->graph;
    bool *named = ARENA_ARRAY(match->file->arena, graph->node_count, bool);
    for (int n = 0; n < graph->node_count; n++)
        for (int i = 0; i < graph->nodes[n].tensor_count; i++) {
            const Node *node = &graph->nodes[n];
            const char *layer = node->tensors[i].layer;
            StoredTensor *entry = NULL;
            if (!*slot(match, node, i) && ((entry = find_named(match, layer, node, i, LEAF_OURS)) ||
                                           (entry = find_named(match, layer, node, i, LEAF_TORCH))))
                take(match, node, i, entry);
            named[n] = named[n] || *slot(match, node, i);
        }
    for (int n = 0; n < graph->node_count; n++)
        for (int i = 0; i < graph->nodes[n].tensor_count; i++) {
            const Node *node = &graph->nodes[n];
            StoredTensor *entry =
                *slot(match, node, i) ? NULL : find_automatic(match, named, node, i);
            if (entry)
                take(match, node, i, entry);
        }
}

/* "layer.10" behind "layer.2". */
static int compare_natural(const char *a, const char *b)
{
    for (; *a && *b; a++, b++) {
        const size_t x = strspn(a, "0123456789"), y = strspn(b, "0123456789");
        if (x != y && x > 0 && y > 0)
            return x < y ? -1 : 1;
        if (*a != *b)
            return (unsigned char)*a < (unsigned char)*b ? -1 : 1;
    }
    return (*a != '\0') - (*b != '\0');
}

static int by_name(const void *a, const void *b)
{
    const StoredTensor *x = *(const StoredTensor *const *)a, *y = *(const StoredTensor *const *)b;
    const int layers = compare_natural(x->layer, y->layer);
    return layers != 0 ? layers : compare_natural(x->name, y->name);
}

/* Tensors of the network's own; a file that is sorted by name says nothing about their order, so
 * the numbers in the names do. Returns their count. */
static int in_order(const TensorFile *file, StoredTensor **out)
{
    int count = 0;
    bool sorted = true;
    for (int i = 0; i < file->count; i++) {
        if (file->entries[i].aside || file->entries[i].used)
            continue;
        sorted = sorted && (count == 0 || strcmp(out[count - 1]->name, file->entries[i].name) < 0);
        out[count++] = &file->entries[i];
    }
    if (sorted && count > 1)
        qsort(out, (size_t)count, sizeof *out, by_name);
    return count;
}

/* The entry of a layer's `count` that is tensor i: by its name, else by its place. */
static StoredTensor *find_in_layer(StoredTensor **layer, int count, const Node *node, int i)
{
    for (int n = 0; n < count; n++)
        if (!layer[n]->used && leaf_kind(layer[n], node, i) != LEAF_OTHER)
            return layer[n];
    if (i >= count || layer[i]->used)
        return NULL;
    for (int t = 0; t < node->tensor_count; t++)
        if (leaf_kind(layer[i], node, t) != LEAF_OTHER)
            return NULL;
    return layer[i];
}

static bool take_layer(Match *match, const Node *node, StoredTensor **layer, int count)
{
    StoredTensor *found[NODE_TENSORS];
    if (count != node->tensor_count || *layer[0]->layer == '\0')
        return false;
    for (int i = 0; i < count; i++)
        if (!(found[i] = find_in_layer(layer, count, node, i)) || !fits(found[i], node, i))
            return false;
    for (int i = 0; i < count; i++)
        take(match, node, i, found[i]);
    return true;
}

/* Arrays without names of layers, one by one. */
static void take_loose(Match *match, const Node *node, StoredTensor **order, int count)
{
    for (int i = 0; i < node->tensor_count; i++)
        for (int n = 0; n < count; n++)
            if (!order[n]->used && *order[n]->layer == '\0' && fits(order[n], node, i)) {
                take(match, node, i, order[n]);
                break;
            }
}

static void match_order(Match *match)
{
    StoredTensor **order = ARENA_ARRAY(match->file->arena, match->file->count, StoredTensor *);
    const int count = in_order(match->file, order);
    for (int n = 0; n < match->graph->node_count; n++) {
        const Node *node = &match->graph->nodes[n];
        bool taken = node->tensor_count == 0;
        for (int i = 0, next; i < count && !taken; i = next) {
            for (next = i + 1; next < count && strcmp(order[i]->layer, order[next]->layer) == 0;)
                next++;
            taken = take_layer(match, node, order + i, next - i);
        }
        if (!taken)
            take_loose(match, node, order, count);
    }
}

/* A line of a map, and where it stands. */
typedef struct {
    const char *theirs, *ours;
    Span span;
} Line;

/* The entries whose layer, or own name, is `theirs`; returns their count. */
static int find_theirs(const TensorFile *file, const char *theirs, StoredTensor **out)
{
    int count = 0;
    for (int i = 0; i < file->count; i++)
        if (strcmp(file->entries[i].name, theirs) == 0) {
            out[0] = &file->entries[i];
            return 1;
        }
    for (int i = 0; i < file->count; i++)
        if (!file->entries[i].aside && *theirs && strcmp(file->entries[i].layer, theirs) == 0)
            out[count++] = &file->entries[i];
    return count;
}

/* "conv1" or "conv1.kernel"; *tensor is -1 for a whole layer. */
static const Node *find_ours(const Graph *graph, const char *ours, int *tensor)
{
    for (int n = 0; n < graph->node_count; n++) {
        const Node *node = &graph->nodes[n];
        *tensor = -1;
        if (node->tensor_count > 0 && strcmp(node->tensors[0].layer, ours) == 0)
            return node;
        for (int i = 0; i < node->tensor_count; i++) {
            const size_t size = strlen(node->tensors[i].layer);
            *tensor = i;
            if (strncmp(node->tensors[i].layer, ours, size) == 0 && ours[size] == '.' &&
                strcmp(node->tensors[i].name, ours + size + 1) == 0)
                return node;
        }
    }
    return NULL;
}

static bool apply_line(Match *match, const Line *line, StoredTensor **found)
{
    Diag *diag = match->file->diag;
    Arena *arena = match->file->arena;
    const int count = find_theirs(match->file, line->theirs, found);
    int tensor;
    if (count == 0)
        return diag_error(diag, line->span, "the weights have no tensor or layer %s",
                          bytes_shown(arena, line->theirs));
    for (int i = 0; i < count && *line->ours == '\0'; i++)
        found[i]->aside = true;
    if (*line->ours == '\0')
        return true;
    const Node *node = find_ours(match->graph, line->ours, &tensor);
    if (!node)
        return diag_error(diag, line->span, "the network has no layer or tensor %s",
                          bytes_shown(arena, line->ours));
    if (tensor >= 0 && count > 1)
        return diag_error(diag, line->span, "%s is a layer of %d tensors, %s is one",
                          bytes_shown(arena, line->theirs), count, line->ours);
    for (int i = 0; i < node->tensor_count; i++) {
        if (tensor >= 0 && i != tensor)
            continue;
        StoredTensor *entry = tensor >= 0 ? found[0] : find_in_layer(found, count, node, i);
        if (entry && entry->used)
            return diag_error(diag, line->span, "tensor %s is named twice", entry->shown);
        if (entry && *slot(match, node, i))
            return diag_error(diag, line->span, "%s.%s has a tensor already", node->name,
                              node->tensors[i].name);
        if (entry)
            take(match, node, i, entry);
    }
    return true;
}

/* The text between two places without the spaces around it. */
static const char *trimmed(Arena *arena, const char *from, const char *to)
{
    while (from < to && strchr(" \t\r", *from))
        from++;
    while (to > from && strchr(" \t\r", to[-1]))
        to--;
    return arena_copy(arena, from, (size_t)(to - from));
}

static bool match_map(Match *match, const char *path)
{
    Arena *arena = match->file->arena;
    Diag *diag = match->file->diag;
    const Source *source = host_read(arena, diag, path, 1 << 24);
    StoredTensor **found = ARENA_ARRAY(arena, match->file->count + 1, StoredTensor *);
    const int errors = diag->errors;
    if (!source)
        return false;
    if (strlen(source->text) != source->size)
        return diag_error(diag, (Span){.source = source}, "is not a text");
    const char *at = source->text;
    for (int number = 1; *at; number++) {
        const char *end = at + strcspn(at, "\n"), *equals = end;
        while (equals > at && *equals != '=')
            equals--;
        Line line = {.span = {source, number, 1}, .theirs = trimmed(arena, at, equals)};
        const bool empty = *trimmed(arena, at, end) == '\0' || *trimmed(arena, at, end) == '#';
        if (!empty && *equals != '=')
            diag_error(diag, line.span, "is not a line `theirs = ours`");
        else if (!empty) {
            line.ours = trimmed(arena, equals + 1, end);
            apply_line(match, &line, found);
        }
        at = *end ? end + 1 : end;
    }
    return diag->errors == errors;
}

bool match_tensors(Match *match, const char *map)
{
    int *first = ARENA_ARRAY(match->file->arena, match->graph->node_count + 1, int);
    for (int n = 0; n < match->graph->node_count; n++)
        first[n + 1] = first[n] + match->graph->nodes[n].tensor_count;
    match->first = first;
    match->chosen =
        ARENA_ARRAY(match->file->arena, first[match->graph->node_count], StoredTensor *);
    if (map && strcmp(map, "order") == 0) {
        match_order(match);
        return true;
    }
    if (map && !match_map(match, map))
        return false;
    match_names(match);
    return true;
}

void match_print(Text *out, const Match *match)
{
    for (int n = 0; n < match->graph->node_count; n++)
        for (int i = 0; i < match->graph->nodes[n].tensor_count; i++) {
            const Tensor *tensor = &match->graph->nodes[n].tensors[i];
            text_printf(out, "%s = %s.%s\n", match->chosen[match->first[n] + i]->name,
                        tensor->layer, tensor->name);
        }
}
