/* hdf5_write.c - the file that Keras 3's load_weights() reads: layers/conv2d_1/vars/0, counted by
 * kind in the order of the network, with the layer's own name as an attribute of "vars". It is made
 * in memory and without times. */
#define H5_USE_110_API
#include <hdf5.h>

#include "weights.h"

/* What is open while a file is made. */
typedef struct {
    hid_t file, group_options, set_options, text_type, one;
    bool failed;
} Maker;

static hid_t make_group(Maker *maker, hid_t parent, const char *name)
{
    const hid_t group = H5Gcreate2(parent, name, H5P_DEFAULT, maker->group_options, H5P_DEFAULT);
    maker->failed = maker->failed || group < 0;
    return group;
}

static void make_text(Maker *maker, hid_t parent, const char *name, const char *text)
{
    const hid_t attribute =
        H5Acreate2(parent, name, maker->text_type, maker->one, H5P_DEFAULT, H5P_DEFAULT);
    maker->failed =
        maker->failed || attribute < 0 || H5Awrite(attribute, maker->text_type, &text) < 0;
    H5Aclose(attribute);
}

static void make_set(Maker *maker, hid_t parent, const Node *node, int i, const float *values)
{
    int64_t dims[4];
    hsize_t sizes[4];
    const char name[] = {(char)('0' + i), '\0'};
    const int rank = naming_dims(NAMES_KERAS, node, &node->tensors[i], dims);
    for (int n = 0; n < rank; n++)
        sizes[n] = (hsize_t)dims[n];
    const hid_t space = H5Screate_simple(rank, sizes, NULL);
    const hid_t set = H5Dcreate2(parent, name, H5T_IEEE_F32LE, space, H5P_DEFAULT,
                                 maker->set_options, H5P_DEFAULT);
    maker->failed = maker->failed || set < 0 ||
                    H5Dwrite(set, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) < 0;
    H5Dclose(set);
    H5Sclose(space);
}

static void make_layers(Maker *maker, Arena *arena, const Graph *graph, const float *values)
{
    const hid_t layers = make_group(maker, maker->file, "layers");
    for (int n = 0; n < graph->node_count && !maker->failed; n++) {
        const Node *node = &graph->nodes[n];
        if (node->tensor_count == 0)
            continue;
        const hid_t layer = make_group(maker, layers, naming_keras(arena, graph, node, NULL));
        const hid_t vars = make_group(maker, layer, "vars");
        make_text(maker, vars, "name", node->tensors[0].layer);
        for (int i = 0; i < node->tensor_count; i++) {
            make_set(maker, vars, node, i, values);
            values += node->tensors[i].count;
        }
        H5Gclose(vars);
        H5Gclose(layer);
    }
    H5Gclose(layers);
}

/* The bytes of the open file. */
static bool take_image(Text *out, hid_t file)
{
    const bool flushed = H5Fflush(file, H5F_SCOPE_GLOBAL) >= 0;
    const ssize_t size = flushed ? H5Fget_file_image(file, NULL, 0) : -1;
    if (size <= 0)
        return false;
    char *bytes = arena_alloc(out->arena, (size_t)size);
    if (H5Fget_file_image(file, bytes, (size_t)size) != size)
        return false;
    text_add(out, bytes, (size_t)size);
    return true;
}

bool hdf5_encode(Text *out, const Graph *graph, const float *values)
{
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    H5Pset_fapl_core(access, 1 << 16, 0);
    Maker maker = {
        .file = H5Fcreate("weights", H5F_ACC_TRUNC, H5P_DEFAULT, access),
        .group_options = H5Pcreate(H5P_GROUP_CREATE),
        .set_options = H5Pcreate(H5P_DATASET_CREATE),
        .text_type = H5Tcopy(H5T_C_S1),
        .one = H5Screate(H5S_SCALAR),
    };
    H5Tset_size(maker.text_type, H5T_VARIABLE);
    H5Tset_cset(maker.text_type, H5T_CSET_UTF8);
    H5Pset_obj_track_times(maker.group_options, false);
    H5Pset_obj_track_times(maker.set_options, false);
    maker.failed = maker.file < 0;
    if (!maker.failed)
        make_layers(&maker, out->arena, graph, values);
    const bool good = !maker.failed && take_image(out, maker.file);
    H5Fclose(maker.file);
    H5close();
    return good;
}
