/* Array files: round trips, every type and order that is read, and files that lie. */
#include "npy.h"

#include <string.h>

#include "test.h"

static Arena *arena;
static Diag diag;

static void begin(void)
{
    arena = arena_new();
    diag = (Diag){.arena = arena};
}

static void end(void)
{
    arena_free(arena);
}

/* A version 1 file with that header and those values. */
static Npy *decode(const char *header, const void *values, size_t size)
{
    Text text = {.arena = arena};
    char length[2] = {(char)(strlen(header) & 0xff), (char)(strlen(header) >> 8)};
    text_add(&text, "\x93NUMPY\x01\x00", 8);
    text_add(&text, length, 2);
    text_string(&text, header);
    text_add(&text, values, size);
    Source source = {.path = "x.npy", .text = text.data, .size = text.size};
    return npy_decode(arena, &diag, &source);
}

TEST(round_trip)
{
    const float values[6] = {0, 1, -2.5f, 1e-30f, 3e38f, 0.1f};
    const int64_t dims[2] = {2, 3};
    begin();
    Text text = {.arena = arena};
    npy_encode(&text, values, dims, 2);
    Source source = {.path = "x.npy", .text = text.data, .size = text.size};
    Npy *array = npy_decode(arena, &diag, &source);
    CHECK((text.size - sizeof values) % 64 == 0);
    CHECK(array && array->rank == 2 && array->dims[0] == 2 && array->dims[1] == 3);
    CHECK(array && memcmp(array->values, values, sizeof values) == 0);
    CHECK(array && !array->integer && !array->bytes);
    for (source.size = 0; source.size < text.size; source.size++)
        CHECK(npy_decode(arena, &diag, &source) == NULL);
    end();
}

TEST(ranks)
{
    for (int rank = 0; rank <= 3; rank++) {
        const int64_t dims[3] = {1, 1, 1};
        const float value = 7;
        begin();
        Text text = {.arena = arena};
        npy_encode(&text, &value, dims, rank);
        Source source = {.path = "x.npy", .text = text.data, .size = text.size};
        Npy *array = npy_decode(arena, &diag, &source);
        CHECK(array && array->rank == rank && array->count == 1);
        end();
    }
}

TEST(types)
{
    static const struct {
        const char *descr;
        const char *bytes;
        size_t size;
        float value;
    } cases[] = {{"<f4", "\0\0\x80\xbf", 4, -1},
                 {"<f8", "\0\0\0\0\0\0\xe0\x3f", 8, 0.5f},
                 {"|u1", "\xff", 1, 255},
                 {"|i1", "\xff", 1, -1},
                 {"|i1", "\x80", 1, -128},
                 {"<i4", "\xfe\xff\xff\xff", 4, -2},
                 {"<i4", "\0\0\0\x80", 4, -2147483648.0f},
                 {"<i8", "\x09\0\0\0\0\0\0\0", 8, 9},
                 {"<i8", "\0\0\0\0\0\0\0\x80", 8, -9223372036854775808.0f}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        begin();
        char *header = arena_printf(
            arena, "{'descr': '%s', 'fortran_order': False, 'shape': (1,), }\n", cases[i].descr);
        Npy *array = decode(header, cases[i].bytes, cases[i].size);
        CHECK(array && array->values[0] == cases[i].value);
        CHECK(array && array->integer == (cases[i].descr[1] != 'f'));
        CHECK(array && array->bytes == (cases[i].descr[1] == 'u'));
        end();
    }
}

TEST(fortran_order_is_turned)
{
    begin();
    Npy *array = decode("{'descr': '|i1', 'fortran_order': True, 'shape': (2, 3), }",
                        "\x00\x03\x01\x04\x02\x05", 6);
    for (int i = 0; i < 6; i++)
        CHECK(array && array->values[i] == (float)i);
    array = decode("{'descr': '|i1', 'fortran_order': True, 'shape': (2, 2, 2), }",
                   "\x00\x04\x02\x06\x01\x05\x03\x07", 8);
    for (int i = 0; i < 8; i++)
        CHECK(array && array->values[i] == (float)i);
    end();
}

TEST(header_spellings)
{
    begin();
    CHECK(decode("{\"shape\":(1,1),\"descr\":\"<u1\",\"fortran_order\":False}", "a", 1) != NULL);
    CHECK(decode(" { 'fortran_order' : False , 'shape' : ( ) , 'descr' : '|u1' } \n", "a", 1));
    CHECK(decode("{'descr': '|u1', 'fortran_order': False, 'shape': (0, 3), }", "", 0) != NULL);
    CHECK(diag.errors == 0);
    end();
}

TEST(wrong_headers)
{
    static const char *const headers[] = {
        "",
        "{",
        "{}",
        "{'descr': '|u1', 'fortran_order': False}",
        "{'descr': '|u1', 'shape': (1,)}",
        "{'descr': '|u1', 'fortran_order': Maybe, 'shape': (1,)}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (1,), 'more': 1}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (1,)} x",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (1, -1)}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (1",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (1 1)}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (1,1,1,1,1,1,1,1,1)}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (99999999999999999999,)}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (4294967296,4294967296)}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (2305843009213693952,)}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (2,)}",
        "{'descr': '>f4', 'fortran_order': False, 'shape': (1,)}",
        "{'descr': '<c8', 'fortran_order': False, 'shape': (1,)}",
        "{'descr': '|O', 'fortran_order': False, 'shape': (1,)}",
        "{'descr': 'a very long type', 'fortran_order': False, 'shape': (1,)}",
        "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}"};
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
        begin();
        CHECK(decode(headers[i], "a", 1) == NULL);
        CHECK(diag.errors == 1 && diag.status == STATUS_WRONG);
        end();
    }
}

TEST(wrong_magic_and_version)
{
    static const char *const files[] = {"", "\x93NUMPY", "PK\x03\x04 is a zip file, not an array",
                                        "\x93NUMPY\x04\x00\x02\x00{}", "\x93NUMPY\x01\x00\xff\xff"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        begin();
        Source source = {.path = "x.npy", .text = files[i], .size = i == 3 ? 12 : strlen(files[i])};
        CHECK(npy_decode(arena, &diag, &source) == NULL && diag.errors == 1);
        end();
    }
}

int main(void)
{
    RUN(round_trip);
    RUN(ranks);
    RUN(types);
    RUN(fortran_order_is_turned);
    RUN(header_spellings);
    RUN(wrong_headers);
    RUN(wrong_magic_and_version);
    return test_end();
}
