/* locate.re - finds every table constructor of a Lua source, who is called with it, and where its fields stand.
 *
 * One pass with a stack of open brackets and blocks. A field starts behind `{`, `,` or `;` at the depth of its table; it is a named one when
 * it starts with `name =` or `["name"] =`. The source may be wrong Lua: then some places are missing, and messages fall back to lines. */
#include "locate.h"

#include <string.h>

/*!re2c
    re2c:define:YYCTYPE = "unsigned char";
    re2c:yyfill:enable = 0;

    word = [a-zA-Z_][a-zA-Z0-9_]*;
    escape = "\\z" [ \t\r\n\v\f]* | "\\\r\n" | "\\" [^\x00];
    string = ["] ([^"\\\n\x00] | escape)* ["]
           | ['] ([^'\\\n\x00] | escape)* ['];
    number = [0-9] [0-9a-zA-Z_.]* | "." [0-9] [0-9a-zA-Z_.]*;
    longopen = "[" "="* "[";
*/

typedef enum { TOKEN_END, TOKEN_WORD, TOKEN_OPEN_BRACE, TOKEN_CLOSE_BRACE, TOKEN_OPEN, TOKEN_CLOSE, TOKEN_SEPARATOR,
               TOKEN_EQUALS, TOKEN_STRING, TOKEN_OTHER } TokenType;

typedef struct {
    TokenType type;
    const unsigned char *start, *end;
} Token;

/* Behind the ]] (or ]==]) that closes the long bracket which `open` starts; the end of the text when there is none. */
static const unsigned char *skip_long(const unsigned char *open)
{
    const unsigned char *c = open + 1;
    size_t level = 0;
    while (*c == '=') {
        c++;
        level++;
    }
    for (c++; *c; c++) {
        if (*c != ']')
            continue;
        size_t equals = 0;
        while (c[1 + equals] == '=')
            equals++;
        if (equals == level && c[1 + equals] == ']')
            return c + equals + 2;
    }
    return c;
}

static Token next_token(const unsigned char *at)
{
    const unsigned char *YYCURSOR = at, *YYMARKER, *start;
    for (;;) {
        start = YYCURSOR;
        /*!re2c
            [ \t\r\n\v\f]+      { continue; }
            "--" longopen       { YYCURSOR = skip_long(start + 2); continue; }
            "--"                { YYCURSOR += strcspn((const char *)YYCURSOR, "\n"); continue; }
            longopen            { return (Token){TOKEN_OTHER, start, skip_long(start)}; }
            string              { return (Token){TOKEN_STRING, start, YYCURSOR}; }
            number              { return (Token){TOKEN_OTHER, start, YYCURSOR}; }
            word                { return (Token){TOKEN_WORD, start, YYCURSOR}; }
            "{"                 { return (Token){TOKEN_OPEN_BRACE, start, YYCURSOR}; }
            "}"                 { return (Token){TOKEN_CLOSE_BRACE, start, YYCURSOR}; }
            "(" | "["           { return (Token){TOKEN_OPEN, start, YYCURSOR}; }
            ")" | "]"           { return (Token){TOKEN_CLOSE, start, YYCURSOR}; }
            "," | ";"           { return (Token){TOKEN_SEPARATOR, start, YYCURSOR}; }
            "==" | "~=" | "<=" | ">=" { return (Token){TOKEN_OTHER, start, YYCURSOR}; }
            "="                 { return (Token){TOKEN_EQUALS, start, YYCURSOR}; }
            "\x00"              { return (Token){TOKEN_END, start, start}; }
            *                   { return (Token){TOKEN_OTHER, start, YYCURSOR}; }
        */
    }
}

enum { DEPTH_MOST = 256 };

/* An open bracket: a table constructor (site 0 or more), or a round or square one or a block of statements (-1). */
typedef struct {
    int site, items;
    bool field_next;
} Open;

typedef struct {
    Arena *arena;
    const Source *source;
    CallIndex *index;
    Open stack[DEPTH_MOST];
    int depth;
    const unsigned char *line_start, *counted; /* lines are counted up to `counted` */
    int line;
} Locator;

static Span span_at(Locator *l, const unsigned char *at)
{
    for (; l->counted < at; l->counted++)
        if (*l->counted == '\n') {
            l->line++;
            l->line_start = l->counted + 1;
        }
    return (Span){l->source, l->line, (int)(at - l->line_start) + 1};
}

static char *copy_token(Locator *l, const Token *token)
{
    return arena_copy(l->arena, (const char *)token->start, (size_t)(token->end - token->start));
}

/* The place of a token ahead of the loop, which will count the lines up to it again. */
static Span span_ahead(Locator *l, const unsigned char *at)
{
    const Locator now = {.counted = l->counted, .line_start = l->line_start, .line = l->line};
    const Span span = span_at(l, at);
    l->counted = now.counted;
    l->line_start = now.line_start;
    l->line = now.line;
    return span;
}

static void keep_place(Locator *l, const Open *open, Place place)
{
    CallSite *site = &l->index->sites[open->site];
    site->places = arena_grow(l->arena, site->places, (size_t)site->place_count, (size_t)site->place_count + 1,
                              sizeof *site->places);
    site->places[site->place_count++] = place;
}

/* `name = value`, whose name may be a string in brackets. */
static void add_field(Locator *l, const Open *open, const Token *name, const Token *equals)
{
    const bool quoted = name->type == TOKEN_STRING;
    const Token inner = {name->type, name->start + quoted, name->end - quoted};
    keep_place(l, open, (Place){.name = copy_token(l, &inner),
                                .key = span_ahead(l, name->start),
                                .value = span_ahead(l, next_token(equals->end).start)});
}

/* A field or item of the innermost table starts with `token`. A computed key is neither. */
static void add_place(Locator *l, Open *open, const Token *token)
{
    const Token second = next_token(token->end);
    open->field_next = false;
    if (token->type == TOKEN_WORD && second.type == TOKEN_EQUALS) {
        add_field(l, open, token, &second);
    } else if (token->type == TOKEN_OPEN && *token->start == '[') {
        const Token third = next_token(second.end), fourth = next_token(third.end);
        if (second.type == TOKEN_STRING && third.type == TOKEN_CLOSE && fourth.type == TOKEN_EQUALS)
            add_field(l, open, &second, &fourth);
    } else {
        const Span start = span_at(l, token->start);
        keep_place(l, open, (Place){.item = ++open->items, .key = start, .value = start});
    }
}

static void push(Locator *l, Open open)
{
    if (l->depth < DEPTH_MOST)
        l->stack[l->depth] = open;
    l->depth++;
}

static void open_table(Locator *l, const Token *name, Span name_span, const Token *brace)
{
    CallIndex *index = l->index;
    index->sites = arena_grow(l->arena, index->sites, (size_t)index->count, (size_t)index->count + 1,
                              sizeof *index->sites);
    index->sites[index->count] = (CallSite){.name = name->type == TOKEN_WORD ? copy_token(l, name) : "",
                                            .name_span = name_span,
                                            .brace = span_at(l, brace->start)};
    push(l, (Open){.site = index->count++, .field_next = true});
}

static Open *innermost(Locator *l)
{
    return l->depth > 0 && l->depth <= DEPTH_MOST ? &l->stack[l->depth - 1] : NULL;
}

static bool is_one_of(const Token *token, const char *const *words)
{
    const size_t size = (size_t)(token->end - token->start);
    for (; *words; words++)
        if (strlen(*words) == size && memcmp(token->start, *words, size) == 0)
            return true;
    return false;
}

/* Commas in the body of a function belong to its statements, not to the table around it. */
static bool opens(const Token *token)
{
    static const char *const words[] = {"function", "if", "do", "repeat", NULL};
    return token->type == TOKEN_OPEN || (token->type == TOKEN_WORD && is_one_of(token, words));
}

static bool closes(const Token *token)
{
    static const char *const words[] = {"end", "until", NULL};
    return token->type == TOKEN_CLOSE || token->type == TOKEN_CLOSE_BRACE ||
           (token->type == TOKEN_WORD && is_one_of(token, words));
}

/* One token: `before` is the one in front of it, the name of a call, with or without a ( behind it. */
static void read_token(Locator *l, const Token *token, const Token *before, Span before_span)
{
    Open *open = innermost(l);
    if (open && open->site >= 0 && open->field_next && token->type != TOKEN_CLOSE_BRACE &&
        token->type != TOKEN_SEPARATOR)
        add_place(l, open, token);
    if (token->type == TOKEN_OPEN_BRACE)
        open_table(l, before, before_span, token);
    else if (opens(token))
        push(l, (Open){.site = -1});
    else if (closes(token) && l->depth > 0)
        l->depth--;
    else if (token->type == TOKEN_SEPARATOR && open)
        open->field_next = true;
}

CallIndex *locate_index(Arena *arena, const Source *source)
{
    const unsigned char *text = (const unsigned char *)source->text;
    Locator *l = ARENA_NEW(arena, Locator);
    *l = (Locator){.arena = arena, .source = source, .index = ARENA_NEW(arena, CallIndex), .line_start = text,
                   .counted = text, .line = 1};
    Token before = {TOKEN_OTHER, text, text};
    Span before_span = {source, 1, 1};
    for (Token token = next_token(text); token.type != TOKEN_END; token = next_token(token.end)) {
        read_token(l, &token, &before, before_span);
        if (token.type == TOKEN_OPEN && *token.start == '(' && before.type == TOKEN_WORD)
            continue;
        before = token;
        before_span = span_at(l, token.start);
    }
    return l->index;
}

/* The first site whose brace stands at the place or behind it. */
static int first_site(const CallIndex *index, int line, int column)
{
    int low = 0, high = index->count;
    while (low < high) {
        const int middle = low + (high - low) / 2;
        const Span brace = index->sites[middle].brace;
        if (brace.line < line || (brace.line == line && brace.column < column))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const CallSite *locate_call(const CallIndex *index, const char *name, int line, int n)
{
    const int first = first_site(index, line, 0), end = first_site(index, line + 1, 0);
    int count = 0;
    for (int i = first; i < end; i++)
        count += strcmp(index->sites[i].name, name) == 0;
    for (int i = first, seen = 0; i < end; i++)
        if (strcmp(index->sites[i].name, name) == 0 && seen++ == n % count)
            return &index->sites[i];
    return NULL;
}

const CallSite *locate_table(const CallIndex *index, Span at)
{
    const int i = first_site(index, at.line, at.column);
    const bool there = i < index->count && index->sites[i].brace.line == at.line &&
                       index->sites[i].brace.column == at.column;
    return there ? &index->sites[i] : NULL;
}
