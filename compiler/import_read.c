/* import_read.c - tensors and attributes of an ONNX file, of which nothing can be trusted. */
#include "import_graph.h"

#include <string.h>

#include "bytes.h"

enum { TYPE_FLOAT = 1, TYPE_INT32 = 6, TYPE_INT64 = 7, TYPE_BOOL = 9, TYPE_DOUBLE = 11 };

/* The bytes of one number in raw_data; 0: a type that is not read. */
static size_t type_size(int32_t type)
{
    return type == TYPE_FLOAT || type == TYPE_INT32    ? 4
           : type == TYPE_INT64 || type == TYPE_DOUBLE ? 8
           : type == TYPE_BOOL                         ? 1
                                                       : 0;
}

static const char *type_name(Arena *arena, int32_t type)
{
    static const char *const names[] = {"undefined",  "float",   "uint8",  "int8",   "uint16",
                                        "int16",      "int32",   "int64",  "string", "bool",
                                        "float16",    "double",  "uint32", "uint64", "complex64",
                                        "complex128", "bfloat16"};
    return type >= 0 && (size_t)type < sizeof names / sizeof *names
               ? names[type]
               : arena_printf(arena, "type %d", (int)type);
}

Constant *import_constant(Arena *arena, int rank, const int64_t *dims)
{
    Constant *constant = ARENA_NEW(arena, Constant);
    constant->rank = rank;
    constant->count = 1;
    for (int i = 0; i < rank; i++) {
        constant->dims[i] = dims[i];
        if (dims[i] < 0 || !size_mul(constant->count, dims[i], &constant->count) ||
            constant->count > INT32_MAX)
            return NULL;
    }
    constant->values = ARENA_ARRAY(arena, constant->count, double);
    return constant;
}

static double raw_number(int32_t type, const uint8_t *at)
{
    if (type == TYPE_FLOAT)
        return (double)bytes_f32(at);
    if (type == TYPE_DOUBLE)
        return bytes_f64(at);
    if (type == TYPE_BOOL)
        return *at;
    const uint64_t bits = bytes_little(at, type == TYPE_INT32 ? 4 : 8);
    return type == TYPE_INT32 ? (double)(int32_t)bits : (double)(int64_t)bits;
}

/* Numbers in the list of their own type. */
static size_t listed(const Onnx__Tensor *t)
{
    return t->data_type == TYPE_FLOAT    ? t->n_float_data
           : t->data_type == TYPE_DOUBLE ? t->n_double_data
           : t->data_type == TYPE_INT64  ? t->n_int64_data
                                         : t->n_int32_data;
}

static double listed_number(const Onnx__Tensor *t, size_t i)
{
    return t->data_type == TYPE_FLOAT    ? (double)t->float_data[i]
           : t->data_type == TYPE_DOUBLE ? t->double_data[i]
           : t->data_type == TYPE_INT64  ? (double)t->int64_data[i]
                                         : (double)t->int32_data[i];
}

static Constant *refuse(Import *import, const char *shown, const char *what)
{
    diag_error(import->diag, bytes_span(import->arena, import->path), "tensor %s: %s", shown, what);
    return NULL;
}

Constant *import_tensor(Import *import, const Onnx__Tensor *t, const char *shown)
{
    Arena *arena = import->arena;
    const size_t size = type_size(t->data_type);
    int64_t count = 1;
    if (t->data_location != 0)
        return refuse(import, shown, "its numbers are in another file; save the model as one file");
    if (size == 0)
        return refuse(import, shown,
                      arena_printf(arena,
                                   "it holds %s numbers; import reads float, double, int32, "
                                   "int64 and bool",
                                   type_name(arena, t->data_type)));
    if (t->n_dims > RANK_MOST)
        return refuse(import, shown,
                      arena_printf(arena, "%zu axes; at most %d", t->n_dims, RANK_MOST));
    for (size_t i = 0; i < t->n_dims; i++)
        if (t->dims[i] < 0 || !size_mul(count, t->dims[i], &count) || count > INT32_MAX)
            return refuse(import, shown, "its shape makes no sense");
    const bool raw = t->raw_data.len > 0;
    const size_t there = raw ? t->raw_data.len / size : listed(t);
    if (there != (size_t)count || (raw && t->raw_data.len % size != 0))
        return refuse(import, shown,
                      arena_printf(arena, "%s has %lld numbers, the file %zu of them",
                                   bytes_dims(arena, t->dims, (int)t->n_dims), (long long)count,
                                   there));
    Constant *constant = import_constant(arena, (int)t->n_dims, t->dims);
    for (size_t i = 0; i < there; i++)
        constant->values[i] =
            raw ? raw_number(t->data_type, t->raw_data.data + i * size) : listed_number(t, i);
    return constant;
}

const Onnx__Attribute *import_attribute(const Op *op, const char *name)
{
    for (size_t i = 0; i < op->node->n_attribute; i++)
        if (strcmp(op->node->attribute[i]->name, name) == 0)
            return op->node->attribute[i];
    return NULL;
}

int64_t import_int(const Op *op, const char *name, int64_t otherwise)
{
    const Onnx__Attribute *a = import_attribute(op, name);
    return a ? a->i : otherwise;
}

double import_float(const Op *op, const char *name, double otherwise)
{
    const Onnx__Attribute *a = import_attribute(op, name);
    return a ? (double)a->f : otherwise;
}

const char *import_string(const Op *op, const char *name, const char *otherwise)
{
    const Onnx__Attribute *a = import_attribute(op, name);
    return a ? bytes_shown(op->arena, arena_copy(op->arena, (const char *)a->s.data, a->s.len))
             : otherwise;
}

bool import_has_input(const Op *op, int index)
{
    return index < op->input_count && op->inputs[index] != NULL;
}

const Constant *import_input_constant(const Op *op, int index)
{
    return import_has_input(op, index) ? op->inputs[index]->constant : NULL;
}

int import_ints(const Op *op, const char *name, int index, int64_t *out, int most)
{
    const Onnx__Attribute *a = name ? import_attribute(op, name) : NULL;
    const Constant *constant = index >= 0 ? import_input_constant(op, index) : NULL;
    if (!a && !constant)
        return -1;
    const int64_t count = a ? (int64_t)a->n_ints : constant->count;
    if (count > most)
        return most + 1;
    for (int i = 0; i < (int)count; i++) {
        const double number = a ? 0 : constant->values[i];
        out[i] = a                                   ? a->ints[i]
                 : number >= -9e15 && number <= 9e15 ? (int64_t)number
                 : number > 0                        ? INT64_MAX
                                                     : INT64_MIN;
    }
    return (int)count;
}
