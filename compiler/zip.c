/* zip.c - reading goes by the directory at the end of the file, which is what counts; of the copy
 * in front of each member only its length is used. No encryption, no archive of several files, no
 * zip64. */
#include "zip.h"

#include <string.h>
#include <zlib.h>

#include "bytes.h"

enum {
    END_SIZE = 22,
    ENTRY_SIZE = 46,
    LOCAL_SIZE = 30,
    MEMBERS_MOST = 65535,
    RATIO_MOST = 1032, /* deflate packs no better */
    STORED = 0,
    DEFLATED = 8,
    DATE_1980 = 1 << 5 | 1
};

typedef struct {
    Arena *arena;
    Diag *diag;
    const Source *source;
    Span span;
} Zip;

typedef struct {
    const char *shown;
    int method, flags;
    uint64_t packed, size, offset;
    uint32_t sum;
} Entry;

/* Where the record at the end starts; the largest offset when there is none. */
static size_t find_end(const Source *source)
{
    if (source->size < END_SIZE)
        return SIZE_MAX;
    const size_t last = source->size - END_SIZE, first = last > 65535 ? last - 65535 : 0;
    for (size_t at = last + 1; at > first; at--)
        if (memcmp(source->text + at - 1, "PK\5\6", 4) == 0)
            return at - 1;
    return SIZE_MAX;
}

static bool unpack(const Zip *zip, const Entry *entry, const char *from, char *to)
{
    z_stream stream = {0};
    if (entry->method == STORED) {
        memcpy(to, from, entry->size);
        return true;
    }
    if (inflateInit2(&stream, -MAX_WBITS) != Z_OK)
        return diag_system(zip->diag, "not enough memory");
    stream.next_in = (Bytef *)(uintptr_t)from;
    stream.avail_in = (uInt)entry->packed;
    stream.next_out = (Bytef *)to;
    stream.avail_out = (uInt)entry->size;
    const bool good = inflate(&stream, Z_FINISH) == Z_STREAM_END && stream.avail_out == 0;
    inflateEnd(&stream);
    return good || diag_error(zip->diag, zip->span, "member %s cannot be unpacked", entry->shown);
}

static bool check_entry(const Zip *zip, const Entry *entry)
{
    if (entry->flags & 1)
        return diag_error(zip->diag, zip->span, "member %s is encrypted", entry->shown);
    if (entry->method != STORED && entry->method != DEFLATED)
        return diag_error(
            zip->diag, zip->span,
            "member %s is packed by method %d, only stored and deflated ones are read",
            entry->shown, entry->method);
    if (entry->packed == UINT32_MAX || entry->size == UINT32_MAX || entry->offset == UINT32_MAX)
        return diag_error(zip->diag, zip->span, "member %s has 4 GiB or more", entry->shown);
    if (entry->method == STORED ? entry->size != entry->packed
                                : entry->size > RATIO_MOST * entry->packed + 64)
        return diag_error(zip->diag, zip->span, "member %s: %llu bytes are not packed in %llu",
                          entry->shown, (unsigned long long)entry->size,
                          (unsigned long long)entry->packed);
    return true;
}

static bool read_member(const Zip *zip, const Entry *entry, ZipMember *out)
{
    const size_t all = zip->source->size;
    const char *local = zip->source->text + entry->offset;
    if (!check_entry(zip, entry))
        return false;
    if (entry->offset > all - LOCAL_SIZE || memcmp(local, "PK\3\4", 4) != 0)
        return diag_error(zip->diag, zip->span, "member %s is not where the directory says",
                          entry->shown);
    const uint64_t start =
        entry->offset + LOCAL_SIZE + bytes_little(local + 26, 2) + bytes_little(local + 28, 2);
    if (start > all || entry->packed > all - start)
        return diag_error(zip->diag, zip->span, "member %s is truncated", entry->shown);
    char *data = arena_alloc(zip->arena, entry->size + 1);
    if (!unpack(zip, entry, zip->source->text + start, data))
        return false;
    if (crc32(0, (const Bytef *)data, (uInt)entry->size) != entry->sum)
        return diag_error(zip->diag, zip->span, "member %s is damaged: its sum does not agree",
                          entry->shown);
    out->data = data;
    out->size = entry->size;
    return true;
}

/* The entry of the directory at `at`; returns where the next one starts, 0 after a message. */
static size_t read_entry(const Zip *zip, size_t at, size_t end, ZipMember *out)
{
    const char *text = zip->source->text + at;
    const size_t room = end > at ? end - at : 0;
    const size_t name = room < ENTRY_SIZE ? 0 : bytes_little(text + 28, 2);
    const size_t more =
        room < ENTRY_SIZE ? 0 : bytes_little(text + 30, 2) + bytes_little(text + 32, 2);
    if (room < ENTRY_SIZE || memcmp(text, "PK\1\2", 4) != 0 || room - ENTRY_SIZE < name + more) {
        diag_error(zip->diag, zip->span, "the directory of the zip archive is damaged");
        return 0;
    }
    out->name = arena_copy(zip->arena, text + ENTRY_SIZE, name);
    const Entry entry = {.shown = bytes_shown(zip->arena, out->name),
                         .flags = (int)bytes_little(text + 8, 2),
                         .method = (int)bytes_little(text + 10, 2),
                         .sum = (uint32_t)bytes_little(text + 16, 4),
                         .packed = bytes_little(text + 20, 4),
                         .size = bytes_little(text + 24, 4),
                         .offset = bytes_little(text + 42, 4)};
    return read_member(zip, &entry, out) ? at + ENTRY_SIZE + name + more : 0;
}

bool zip_read(Arena *arena, Diag *diag, const Source *source, ZipMember **out, int *count)
{
    const Zip zip = {arena, diag, source, {.source = source}};
    const size_t end = find_end(source);
    if (end == SIZE_MAX)
        return diag_error(diag, zip.span, "is a zip archive without an end: truncated?");
    const int members = (int)bytes_little(source->text + end + 10, 2);
    size_t at = bytes_little(source->text + end + 16, 4);
    if (members == MEMBERS_MOST || at == UINT32_MAX)
        return diag_error(diag, zip.span, "is a zip64 archive, which is not read");
    *out = ARENA_ARRAY(arena, members, ZipMember);
    *count = members;
    uint64_t sum = 0;
    for (int i = 0; i < members; i++) {
        at = read_entry(&zip, at, end, &(*out)[i]);
        if (at == 0)
            return false;
        /* a directory that names the same bytes again and again is an attack */
        sum += (*out)[i].size;
        if (sum > (uint64_t)RATIO_MOST * source->size + 64)
            return diag_error(diag, zip.span, "its members overlap");
    }
    return true;
}

/* What stands in front of a member and, from `version` on, in the directory too. */
static void add_common(Text *out, const ZipMember *member)
{
    char bytes[26] = {20};
    const uLong sum = crc32(0, (const Bytef *)member->data, (uInt)member->size);
    bytes_put_little(bytes + 8, DATE_1980, 2);
    bytes_put_little(bytes + 10, sum, 4);
    bytes_put_little(bytes + 14, member->size, 4);
    bytes_put_little(bytes + 18, member->size, 4);
    bytes_put_little(bytes + 22, strlen(member->name), 2);
    text_add(out, bytes, sizeof bytes);
}

bool zip_encode(Text *out, const ZipMember *members, int count)
{
    Text directory = {.arena = out->arena};
    char bytes[END_SIZE] = "PK\5\6";
    for (int i = 0; i < count; i++) {
        char rest[14] = {0};
        if (members[i].size >= UINT32_MAX || out->size + members[i].size >= UINT32_MAX - 65536)
            return false;
        text_add(&directory, "PK\1\2\x14\0", 6);
        add_common(&directory, &members[i]);
        bytes_put_little(rest + 10, out->size, 4);
        text_add(&directory, rest, sizeof rest);
        text_string(&directory, members[i].name);
        text_add(out, "PK\3\4", 4);
        add_common(out, &members[i]);
        text_string(out, members[i].name);
        text_add(out, members[i].data, members[i].size);
    }
    bytes_put_little(bytes + 8, (uint64_t)count, 2);
    bytes_put_little(bytes + 10, (uint64_t)count, 2);
    bytes_put_little(bytes + 12, directory.size, 4);
    bytes_put_little(bytes + 16, out->size, 4);
    text_add(out, directory.data, directory.size);
    text_add(out, bytes, sizeof bytes);
    return true;
}
