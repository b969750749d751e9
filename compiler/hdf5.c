/* hdf5.c - Keras' .weights.h5 and .h5: the floating-point datasets of an HDF5 file.
 *
 * The format is large, and a file that lies can crash its library, let it run for ever or make it
 * open other files. So a process of its own reads, from memory, with limits of time and memory, and
 * sends what it finds through a pipe; when it dies, that is a message about the file. Links to
 * other files are not followed, data outside of the file are refused, plugins are never loaded.
 *
 * Keras 3 has layers/conv2d_1/vars/0 with the layer's own name as an attribute of "vars"; the older
 * .h5 has conv1/conv1/kernel:0, often below "model_weights". */
#define H5_USE_110_API
#include <errno.h>
#include <fcntl.h>
#include <hdf5.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bytes.h"
#include "host.h"
#include "tensors.h"

enum {
    TENSORS_MOST = 10000,
    TEXT_MOST = 4096,  /* of a name */
    RATIO_MOST = 1032, /* deflate packs no better */
    SECONDS_LEAST = 3,
    BYTES_A_SECOND = 10000000,
    MEMORY_LEAST = 2000000000
};

/* What the reading process works on. */
typedef struct {
    Arena *arena;
    hid_t file;
    int pipe, count;
} Child;

static void send_bytes(const Child *child, const void *data, size_t size)
{
    for (const char *at = data; size > 0;) {
        const ssize_t done = write(child->pipe, at, size);
        if (done <= 0)
            _exit(1);
        at += done;
        size -= (size_t)done;
    }
}

static void send_number(const Child *child, uint64_t value)
{
    char bytes[8];
    bytes_put_little(bytes, value, 8);
    send_bytes(child, bytes, 8);
}

static void send_text(const Child *child, const char *text)
{
    size_t size = strlen(text);
    size = size < TEXT_MOST ? size : TEXT_MOST;
    send_number(child, size);
    send_bytes(child, text, size);
}

/* A message about the tensor, and the end of everything. */
static herr_t fail(const Child *child, const char *path, const char *text)
{
    send_bytes(child, "E", 1);
    send_text(child, *path ? arena_printf(child->arena, "tensor %s: %s",
                                          bytes_shown(child->arena, path), text)
                           : text);
    return -1;
}

/* The attribute `name` of the group `path`; NULL when it has no such text. */
static const char *text_attribute(const Child *child, const char *path, const char *name)
{
    const char *found = NULL;
    const hid_t attribute = H5Aexists_by_name(child->file, path, name, H5P_DEFAULT) > 0
                                ? H5Aopen_by_name(child->file, path, name, H5P_DEFAULT, H5P_DEFAULT)
                                : -1;
    const hid_t type = attribute < 0 ? -1 : H5Aget_type(attribute);
    const hid_t space = attribute < 0 ? -1 : H5Aget_space(attribute);
    if (type < 0 || H5Tget_class(type) != H5T_STRING || H5Sget_simple_extent_npoints(space) != 1)
        return NULL;
    const size_t size = H5Tget_size(type);
    if (H5Tis_variable_str(type) > 0) {
        char *text = NULL;
        if (H5Aread(attribute, type, &text) >= 0 && text)
            found = arena_copy(child->arena, text, strlen(text));
    } else if (size <= TEXT_MOST) {
        char *text = arena_alloc(child->arena, size + 1);
        if (H5Aread(attribute, type, text) >= 0)
            found = text;
    }
    return found;
}

/* The bytes of a dataset in *size; false after a message. */
static bool check_extent(const Child *child, const char *path, hid_t set, const hsize_t *dims,
                         int rank, int64_t *size)
{
    const hid_t how = H5Dget_create_plist(set);
    const int64_t there = (int64_t)H5Dget_storage_size(set);
    if (H5Pget_layout(how) == H5D_VIRTUAL ||
        (H5Pget_layout(how) == H5D_CONTIGUOUS && H5Pget_external_count(how) != 0))
        return fail(child, path, "its values are in another file") >= 0;
    for (int i = 0; i < rank; i++)
        if (dims[i] > INT64_MAX || !size_mul(*size, (int64_t)dims[i], size))
            return fail(child, path, "it is too large") >= 0;
    if (there < 0 || there > INT64_MAX / RATIO_MOST || *size > RATIO_MOST * there)
        return fail(child, path, "the file does not hold its values") >= 0;
    return true;
}

/* 'T', name, layer, leaf, group, dtype, rank, dims, size, data */
static void send_head(const Child *child, const char *path, const char *layer, const char *leaf,
                      const char *group, const char *dtype)
{
    send_bytes(child, "T", 1);
    send_text(child, path);
    send_text(child, layer);
    send_text(child, leaf);
    send_text(child, group);
    send_text(child, dtype);
}

static void send_names(const Child *child, const char *path, const char *dtype)
{
    const char *slash = strrchr(path, '/'), *leaf = slash ? slash + 1 : path;
    char *parent = arena_copy(child->arena, path, slash ? (size_t)(slash - path) : 0);
    char *base = strrchr(parent, '/') ? strrchr(parent, '/') + 1 : parent;
    if (!slash || strcmp(base, "vars") != 0 || base == parent) {
        const size_t size = strlen(leaf);
        const bool old = size > 2 && strcmp(leaf + size - 2, ":0") == 0;
        send_head(child, path, base, arena_copy(child->arena, leaf, old ? size - 2 : size), "",
                  dtype);
        return;
    }
    const char *name = text_attribute(child, parent, "name");
    base[-1] = '\0';
    const char *group = strrchr(parent, '/') ? strrchr(parent, '/') + 1 : parent;
    send_head(child, path, name ? name : group, leaf, group, dtype);
}

static herr_t send_set(Child *child, const char *path, hid_t set)
{
    hsize_t dims[H5S_MAX_RANK] = {0};
    const hid_t type = H5Dget_type(set), space = H5Dget_space(set);
    const bool wide = H5Tget_size(type) > 4, real = H5Tget_class(type) == H5T_FLOAT;
    const int rank = H5Sget_simple_extent_ndims(space);
    int64_t size = wide ? 8 : 4;
    if (rank < 0 || rank > STORED_RANK_MOST || H5Sget_simple_extent_dims(space, dims, NULL) != rank)
        return fail(child, path, "its shape is not a list of at most 8 sizes");
    if (++child->count > TENSORS_MOST)
        return fail(child, "", "the file has more than 10000 tensors");
    if (real && H5Sget_simple_extent_type(space) == H5S_NULL)
        return fail(child, path, "it is empty");
    if (real && !check_extent(child, path, set, dims, rank, &size))
        return -1;
    void *data = real ? malloc((size_t)size + 1) : NULL;
    if (real && (!data || H5Dread(set, wide ? H5T_IEEE_F64LE : H5T_IEEE_F32LE, H5S_ALL, H5S_ALL,
                                  H5P_DEFAULT, data) < 0))
        return fail(child, path, "its values cannot be read: damaged or truncated");
    const char *other = H5Tget_class(type) == H5T_INTEGER ? "whole numbers" : "no numbers";
    send_names(child, path, !real ? other : wide ? "F64" : "F32");
    send_number(child, (uint64_t)rank);
    for (int i = 0; i < rank; i++)
        send_number(child, dims[i]);
    send_number(child, real ? (uint64_t)size : 0);
    if (real)
        send_bytes(child, data, (size_t)size);
    free(data);
    return 0;
}

static herr_t visit(hid_t root, const char *path, const H5O_info_t *info, void *context)
{
    Child *child = context;
    if (info->type != H5O_TYPE_DATASET)
        return 0;
    const hid_t set = H5Dopen2(root, path, H5P_DEFAULT);
    if (set < 0)
        return fail(child, path, "it cannot be read: damaged or truncated");
    const herr_t result = send_set(child, path, set);
    H5Dclose(set);
    return result;
}

/* No time, memory, output or core dump without end. A sanitizer needs more memory than any limit.
 */
static void set_limits(size_t size)
{
    const rlim_t seconds = SECONDS_LEAST + size / BYTES_A_SECOND;
    const struct rlimit none = {0, 0}, time = {seconds, seconds + 1},
                        memory = {MEMORY_LEAST + 8 * (rlim_t)size, MEMORY_LEAST + 8 * (rlim_t)size};
    const int nowhere = open("/dev/null", O_WRONLY);
    setrlimit(RLIMIT_CORE, &none);
    setrlimit(RLIMIT_CPU, &time);
#if !defined(__SANITIZE_ADDRESS__)
    setrlimit(RLIMIT_DATA, &memory);
#else
    (void)memory;
#endif
    dup2(nowhere, 1);
    dup2(nowhere, 2);
}

static void read_in_child(Arena *arena, const void *data, size_t size, int out)
{
    Child child = {.arena = arena, .pipe = out};
    set_limits(size);
    H5dont_atexit();
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    H5PLset_loading_state(0);
    const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    H5Pset_fapl_core(access, 1 << 16, 0);
    H5Pset_file_image(access, (void *)(uintptr_t)data, size);
    child.file = H5Fopen("weights", H5F_ACC_RDONLY, access);
    if (child.file < 0)
        fail(&child, "",
             "is an HDF5 file that cannot be opened: damaged, truncated or of a newer format");
    else if (H5Ovisit(child.file, H5_INDEX_NAME, H5_ITER_INC, visit, &child) < 0)
        fail(&child, "",
             "is an HDF5 file with parts that cannot be read: damaged, truncated or of a newer "
             "format");
    send_bytes(&child, ".", 1);
    _exit(0);
}

/* What came through the pipe; a process that was led astray may have sent anything. */
typedef struct {
    TensorFile *file;
    const char *at, *end;
} Records;

static bool take_number(Records *records, uint64_t *out)
{
    if (records->end - records->at < 8)
        return false;
    *out = bytes_little(records->at, 8);
    records->at += 8;
    return true;
}

static const char *take_text(Records *records)
{
    uint64_t size;
    if (!take_number(records, &size) || size > TEXT_MOST ||
        size > (uint64_t)(records->end - records->at))
        return NULL;
    records->at += size;
    return arena_copy(records->file->arena, records->at - size, size);
}

static bool take_tensor(Records *records)
{
    const char *texts[5];
    uint64_t rank, size;
    for (int i = 0; i < 5; i++)
        if (!(texts[i] = take_text(records)))
            return false;
    StoredTensor *entry = tensors_add(records->file, texts[0]);
    if (strchr(entry->name, '/')) {
        entry->layer = texts[1];
        entry->leaf = texts[2];
    }
    entry->group = *texts[3] ? texts[3] : NULL;
    entry->dtype = texts[4];
    entry->aside = entry->aside || strncmp(entry->name, "optimizer/", 10) == 0 ||
                   strncmp(entry->name, "optimizer_weights/", 18) == 0 ||
                   strstr(entry->name, "seed_generator/");
    if (!take_number(records, &rank) || rank > STORED_RANK_MOST)
        return false;
    entry->rank = (int)rank;
    int64_t need = strcmp(entry->dtype, "F64") == 0 ? 8 : 4;
    for (int i = 0; i < entry->rank; i++) {
        uint64_t dim;
        if (!take_number(records, &dim) || dim > INT64_MAX ||
            (tensors_is_float(entry) && !size_mul(need, (int64_t)dim, &need)))
            return false;
        entry->dims[i] = (int64_t)dim;
    }
    if (!take_number(records, &size) || size > (uint64_t)(records->end - records->at) ||
        size != (tensors_is_float(entry) ? (uint64_t)need : 0))
        return false;
    entry->data = size > 0 ? records->at : NULL;
    entry->size = (int64_t)size;
    records->at += size;
    return true;
}

static bool take_records(TensorFile *file, const Text *text, int status)
{
    Records records = {file, text->data, text->data + text->size};
    const bool late = WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU;
    while (records.at < records.end) {
        const char kind = *records.at++;
        if (kind == '.')
            return true;
        const char *message = kind == 'E' ? take_text(&records) : NULL;
        if (message)
            return diag_error(file->diag, file->span, "%s", bytes_shown(file->arena, message));
        if (kind != 'T' || !take_tensor(&records))
            break;
    }
    return diag_error(file->diag, file->span, "is a damaged HDF5 file: the HDF5 library %s",
                      late ? "did not come to an end with it" : "crashed with it");
}

bool hdf5_read(TensorFile *file, const void *data, size_t size)
{
    int ends[2], status = 0;
    Text text = {.arena = file->arena};
    if (pipe(ends) != 0)
        return diag_system(file->diag, "no pipe can be made");
    fflush(NULL);
    const pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        read_in_child(file->arena, data, size, ends[1]);
    }
    close(ends[1]);
    text_add(&text, "", 0);
    if (child > 0)
        host_drain(&text, ends[0]);
    close(ends[0]);
    if (child < 0)
        return diag_system(file->diag, "no process can be started");
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    return take_records(file, &text, status);
}
