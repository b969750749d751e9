/* sarif.c - SARIF 2.1.0 (OASIS), what GitHub and others take for code scanning.
 *
 * Columns of SARIF count characters here ("unicodeCodePoints"), ours count bytes. Paths become URI
 * references: relative to where cnngen ran, as they were given. */
#include "sarif.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "version.h"

static const struct {
    const char *id, *text;
} rules[] = {
    {RULE_FILE, "A file cannot be read"},
    {RULE_SPEC, "The spec is no Lua, or calls what a spec cannot"},
    {RULE_NETWORK, "Layers, options or shapes do not make a network"},
    {RULE_PLAN, "The network cannot be laid out in memory as asked"},
    {RULE_BUDGET, "The network is over a limit for parameters, multiply-adds or memory"},
};
enum { RULES = sizeof rules / sizeof *rules };

static int rule_index(const Message *m)
{
    for (int i = 0; i < RULES; i++)
        if (m->rule && strcmp(m->rule, rules[i].id) == 0)
            return i;
    return 0;
}

/* What may not stand in a URI becomes %XX; an absolute path gets its scheme. */
static char *uri_text(Arena *arena, const char *path)
{
    Text out = {.arena = arena};
    text_string(&out, path[0] == '/' ? "file://" : "");
    for (const char *c = path; *c; c++) {
        const unsigned char byte = (unsigned char)*c;
        const bool plain = (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
                           (byte >= 'a' && byte <= 'z') || strchr("-._~/", byte);
        text_printf(&out, plain ? "%c" : "%%%02X", byte);
    }
    return out.data;
}

/* The column in characters: bytes that go on with a character do not count. */
static int column_of(Span span)
{
    const char *at = span.source->text, *end = at + span.source->size;
    for (int line = 1; at && line < span.line; line++) {
        at = memchr(at, '\n', (size_t)(end - at));
        at = at ? at + 1 : NULL;
    }
    int column = 1;
    for (int i = 1; at && i < span.column; i++, at++)
        column += at >= end || ((unsigned char)*at & 0xc0) != 0x80;
    return column;
}

static json_t *location_json(Arena *arena, Span span)
{
    json_t *place = json_pack(
        "{s:{s:s}}", "artifactLocation", "uri",
        uri_text(arena, strcmp(span.source->path, "-") == 0 ? "stdin" : span.source->path));
    json_t *region = json_pack("{s:i}", "startLine", span.line > 0 ? span.line : 1);
    if (span.line > 0 && span.column > 0)
        json_object_set_new(region, "startColumn", json_integer(column_of(span)));
    json_object_set_new(place, "region", region);
    return json_pack("{s:o}", "physicalLocation", place);
}

/* A result; a message without a place is not about a spec but about the run, and has only a level
 * and a text. */
static json_t *message_json(Arena *arena, const Message *m)
{
    Text text = {.arena = arena};
    text_string(&text, m->text);
    for (int i = 0; i < m->note_count; i++)
        text_printf(&text, "\n%s", m->notes[i]);
    json_t *json =
        json_pack("{s:s,s:{s:s}}", "level", m->severity == SEVERITY_ERROR ? "error" : "warning",
                  "message", "text", text.data);
    if (!m->span.source)
        return json;
    json_object_set_new(json, "ruleId", json_string(rules[rule_index(m)].id));
    json_object_set_new(json, "ruleIndex", json_integer(rule_index(m)));
    json_object_set_new(json, "locations", json_pack("[o]", location_json(arena, m->span)));
    return json;
}

void sarif_report(Text *out, const Diag *diag)
{
    json_t *rules_json = json_array(), *results = json_array(), *notifications = json_array();
    for (int i = 0; i < RULES; i++)
        json_array_append_new(rules_json, json_pack("{s:s,s:{s:s}}", "id", rules[i].id,
                                                    "shortDescription", "text", rules[i].text));
    for (int i = 0; i < diag->count; i++)
        json_array_append_new(diag->messages[i].span.source ? results : notifications,
                              message_json(out->arena, &diag->messages[i]));
    json_t *json = json_pack("{s:s,s:s,s:[{s:{s:{s:s,s:s,s:o}},s:s,s:[{s:b,s:o}],s:o}]}", "$schema",
                             "https://json.schemastore.org/sarif-2.1.0.json", "version", "2.1.0",
                             "runs", "tool", "driver", "name", "cnngen", "version", CNNGEN_VERSION,
                             "rules", rules_json, "columnKind", "unicodeCodePoints", "invocations",
                             "executionSuccessful", diag->status < STATUS_USAGE,
                             "toolExecutionNotifications", notifications, "results", results);
    char *text = json_dumps(json, JSON_INDENT(2));
    text_printf(out, "%s\n", text ? text : "null");
    free(text);
    json_decref(json);
}
