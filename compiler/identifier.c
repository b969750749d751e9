/* identifier.c - which names can be part of the generated C. */
#include "identifier.h"

#include <ctype.h>
#include <string.h>

/* Words that cannot name a struct's field in C or C++. */
static bool is_keyword(const char *name)
{
    static const char *const words[] = {
        "alignas",   "alignof",   "and",      "asm",      "auto",     "bool",     "break",
        "case",      "catch",     "char",     "class",    "compl",    "const",    "constexpr",
        "continue",  "decltype",  "default",  "delete",   "do",       "double",   "else",
        "enum",      "explicit",  "export",   "extern",   "false",    "float",    "for",
        "friend",    "goto",      "if",       "inline",   "int",      "long",     "mutable",
        "namespace", "new",       "noexcept", "not",      "nullptr",  "operator", "or",
        "private",   "protected", "public",   "register", "restrict", "return",   "short",
        "signed",    "sizeof",    "static",   "struct",   "switch",   "template", "this",
        "throw",     "true",      "try",      "typedef",  "typeid",   "typename", "union",
        "unsigned",  "using",     "virtual",  "void",     "volatile", "while",    "xor",
        NULL};
    for (int i = 0; words[i]; i++)
        if (strcmp(words[i], name) == 0)
            return true;
    return false;
}

/* Macros of the headers that the generated code includes, and those that compilers define. */
static bool is_macro(const char *name)
{
    static const char *const words[] = {"NULL", "EOF",      "NAN",   "INFINITY", "DECIMAL_DIG",
                                        "I",    "offsetof", "linux", "unix",     NULL};
    static const char *const starts[] = {"INT",      "UINT",   "FLT_",  "DBL_", "LDBL_", "SIZE_",
                                         "PTRDIFF_", "WCHAR_", "WINT_", "SIG_", NULL};
    for (int i = 0; words[i]; i++)
        if (strcmp(words[i], name) == 0)
            return true;
    for (int i = 0; starts[i]; i++)
        if (strncmp(starts[i], name, strlen(starts[i])) == 0 && strchr(name, '_'))
            return true;
    return false;
}

bool is_identifier(const char *name)
{
    if (!isalpha((unsigned char)name[0]))
        return false;
    for (const char *c = name; *c; c++)
        if (!isalnum((unsigned char)*c) && *c != '_')
            return false;
    return strlen(name) <= 64 && !is_keyword(name) && !is_macro(name);
}
