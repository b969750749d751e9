/* runtime_text.c - copies single functions of the runtime for --standalone.
 *
 * A section of a runtime file starts with a line "name, colon, what it needs" in a marker comment
 * and ends at the next one. Sections are taken by need and written in the order of the files, so
 * that nothing is used before it stands there. */
#include "runtime_text.h"

#include <assert.h>
#include <string.h>

#include "embed.h"

typedef struct {
    const char *name, *needs; /* `needs` runs to the end of the marker */
    size_t name_size, needs_size;
    const char *text;
    size_t size;
    bool taken;
} Section;

typedef struct {
    Section *sections;
    int count;
} Sections;

static const char marker[] = "/*@ ";

static void add_sections(Arena *arena, Sections *all, const char *text)
{
    for (const char *at = strstr(text, marker); at; at = strstr(at + 1, marker)) {
        const char *name = at + sizeof marker - 1, *colon = strchr(name, ':'),
                   *end = strstr(colon, "*/");
        const char *body = strchr(end, '\n') + 1, *next = strstr(body, marker);
        all->sections = arena_grow(arena, all->sections, (size_t)all->count, (size_t)all->count + 1,
                                   sizeof *all->sections);
        all->sections[all->count++] =
            (Section){.name = name,
                      .name_size = (size_t)(colon - name),
                      .needs = colon + 1,
                      .needs_size = (size_t)(end - colon - 1),
                      .text = body,
                      .size = next ? (size_t)(next - body) : strlen(body)};
    }
}

/* Takes the section of that name and what it needs. A name may end in "/32" or "/64". */
static void take(Sections *all, const char *name, size_t size, bool real64)
{
    const char *slash = memchr(name, '/', size);
    if (slash && (slash[1] == '6') != real64)
        return;
    size = slash ? (size_t)(slash - name) : size;
    for (int i = 0; i < all->count; i++) {
        Section *s = &all->sections[i];
        if (s->name_size != size || memcmp(s->name, name, size) != 0)
            continue;
        if (s->taken)
            return;
        s->taken = true;
        for (const char *need = s->needs, *end = need + s->needs_size; need < end;) {
            const size_t skip = strspn(need, " "), length = strcspn(need + skip, " *");
            if (length > 0)
                take(all, need + skip, length, real64);
            need += skip + (length > 0 ? length : 1);
        }
        return;
    }
    assert(false && "a template calls a runtime function that is not there");
}

/* Whether the line starts with `word`. */
static bool starts(const char *line, size_t size, const char *word)
{
    return size >= strlen(word) && memcmp(line, word, strlen(word)) == 0;
}

/* One line; the marker of a public function becomes `static`. */
static void add_line(Text *out, const char *line, size_t size)
{
    static const char api[] = "CNN_API ";
    if (starts(line, size, api)) {
        text_string(out, "static ");
        line += sizeof api - 1;
        size -= sizeof api - 1;
    }
    text_add(out, line, size);
}

/* A section without what only the library needs: prototypes, and the other one of float and double.
 */
static void add_section(Text *out, const Section *section, bool real64)
{
    const char *at = section->text, *end = at + section->size;
    bool inside = false, wanted = true; /* of #ifdef CNN_DOUBLE */
    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        const size_t size = newline ? (size_t)(newline - at) + 1 : (size_t)(end - at);
        const bool prototype =
            starts(at, size, "CNN_API") && size > 3 && memcmp(at + size - 3, ");\n", 3) == 0;
        if (starts(at, size, "#ifdef CNN_DOUBLE")) {
            inside = true;
            wanted = real64;
        } else if (inside && starts(at, size, "#else")) {
            wanted = !wanted;
        } else if (inside && starts(at, size, "#endif")) {
            inside = false;
            wanted = true;
        } else if (wanted && !prototype) {
            add_line(out, at, size);
        }
        at += size;
    }
}

char *runtime_standalone(Arena *arena, const char *const *names, int count, bool real64)
{
    static const char *const files[] = {"runtime/cnn_math.c", "runtime/cnn_activation.c",
                                        "runtime/cnn_loss.c", "runtime/cnn_random.c",
                                        "runtime/cnn_optimizer.c"};
    Sections all = {0};
    Text out = {.arena = arena};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        add_sections(arena, &all, embedded_find(files[i])->text);
    for (int i = 0; i < count; i++)
        take(&all, names[i], strlen(names[i]), real64);
    text_printf(
        &out,
        "/* From the runtime of cnngen: what this network calls. */\ntypedef %s cnn_real;\n\n",
        real64 ? "double" : "float");
    for (int i = 0; i < all.count; i++)
        if (all.sections[i].taken)
            add_section(&out, &all.sections[i], real64);
    return out.data;
}
