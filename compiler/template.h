/* template.h - a template's text → the Lua that writes it.
 *
 * Three rules: a line whose first non-blank character is % is Lua (`%%` writes a line starting with
 * %); ${...} becomes an integer or a string; everything else is copied. One line of template is one
 * line of Lua, so Lua's messages carry the template's line. */
#ifndef TEMPLATE_H
#define TEMPLATE_H

#include "base.h"

/* The Lua text calls `_t(string)` for copied text and `_v(value)` for holes. NULL when a ${ is not
 * closed on its line (*line says where). */
char *template_to_lua(Arena *arena, const char *text, size_t size, int *line);

#endif
