/* options.c - decodes the fields of a call, `conv2d { 32, kernel = 3 }`, by a list of options into
 * a struct.
 *
 * Nothing is silently ignored: a key no option has, a value of the wrong type and a missing
 * required option are all reported, each at its own place. After a mistake the field keeps its
 * neutral value, so that checking can go on. */
#include <math.h>
#include <string.h>

#include "check.h"

char *names_text(Arena *arena, const char *const *names)
{
    Text text = {.arena = arena};
    for (int i = 0; names[i]; i++)
        text_printf(&text, "%s%s", i ? ", " : "", names[i]);
    return text.data;
}

typedef struct {
    Check *check;
    const char *who, *option;
    int dims;
    const char *wanted; /* what a size of this option looks like */
} Reading;

static bool wrong_type(const Reading *at, const Value *value, const char *wanted)
{
    const bool named = value->type == VALUE_TABLE && !value->call && value->field_count > 0;
    return diag_error(at->check->diag, value->span, "%s: %s must be %s, not %s%s", at->who,
                      at->option, wanted, value_type_name(value), named ? " with names" : "");
}

/* A string that is none of `names`: the nearest one, or all of them. */
static bool unknown_string(const Reading *at, const Value *value, const char *const *names)
{
    const char *near = nearest_name(value->string, names);
    diag_error(at->check->diag, value->span, "%s: unknown %s \"%s\"%s%s%s", at->who, at->option,
               value->string, near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
    if (!near)
        diag_note(at->check->diag, "there are: %s", names_text(at->check->arena, names));
    return false;
}

/* A whole number from `least` to 2^31 - 1; 2.0 counts as whole. */
static bool read_whole(const Reading *at, const Value *value, int64_t least, int64_t *out)
{
    if (value->type != VALUE_INT && value->type != VALUE_NUMBER)
        return wrong_type(at, value, "a whole number");
    if (isnan(value->number))
        return diag_error(at->check->diag, value->span, "%s: %s must be a whole number, not 0/0",
                          at->who, at->option);
    if (value->type == VALUE_NUMBER && value->number != floor(value->number))
        return diag_error(at->check->diag, value->span, "%s: %s must be a whole number, not %g",
                          at->who, at->option, value->number);
    if (value->number < (double)least)
        return diag_error(at->check->diag, value->span, "%s: %s must be %lld or more, not %.0f",
                          at->who, at->option, (long long)least, value->number);
    if (value->number > INT32_MAX)
        return diag_error(at->check->diag, value->span, "%s: %s is too large: at most %d", at->who,
                          at->option, INT32_MAX);
    *out = (int64_t)value->number;
    return true;
}

/* "3x5", {3, 5} or 3 (for all) into `most` numbers; how many were written goes to *count. */
static bool read_list(const Reading *at, const Value *value, int64_t least, int most, int64_t *out,
                      int *count)
{
    if (value->type == VALUE_STRING) {
        *count = notation_size(value->string, out, most, least == 0, NULL);
        return *count > 0 || diag_error(at->check->diag, value->span,
                                        "%s: %s \"%s\" is not a size such as %s of %lld or more",
                                        at->who, at->option, value->string,
                                        most == 1 ? "\"3\"" : "\"3x5\"", (long long)least);
    }
    if (value->type != VALUE_TABLE) {
        *count = 1;
        if (value->type != VALUE_INT && value->type != VALUE_NUMBER)
            return wrong_type(at, value, at->wanted);
        return read_whole(at, value, least, out);
    }
    if (value->call || value->field_count > 0)
        return wrong_type(at, value, "a list of numbers");
    if (value->item_count < 1 || value->item_count > most)
        return diag_error(at->check->diag, value->span, "%s: %s must have %s%d number%s, not %d",
                          at->who, at->option, most > 1 ? "1 to " : "", most, most > 1 ? "s" : "",
                          value->item_count);
    *count = value->item_count;
    for (int i = 0; i < value->item_count; i++)
        if (!read_whole(at, value->items[i], least, &out[i]))
            return false;
    return true;
}

static bool read_size(const Reading *at, const Value *value, int64_t least, Size *out)
{
    int64_t v[2] = {0};
    int count;
    if (!read_list(at, value, least, at->dims, v, &count))
        return false;
    *out = at->dims == 1 ? (Size){least, v[0]} : (Size){v[0], count == 2 ? v[1] : v[0]};
    return true;
}

/* Numbers: 1 (all sides); 2D: 2 (vertical, horizontal) or 4 (top, bottom, left, right); 1D: 2
 * (left, right). */
static bool read_sides(const Reading *at, const Value *value, Padding *out)
{
    int64_t v[4] = {0};
    int count;
    if (!read_list(at, value, 0, at->dims == 1 ? 2 : 4, v, &count))
        return false;
    if (count == 3)
        return diag_error(at->check->diag, value->span,
                          "%s: %s has 3 numbers; it takes 1, 2 (vertical, horizontal) or 4 "
                          "(top, bottom, left, "
                          "right)",
                          at->who, at->option);
    if (at->dims == 1)
        *out = (Padding){0, 0, v[0], count == 2 ? v[1] : v[0]};
    else if (count == 4)
        *out = (Padding){v[0], v[1], v[2], v[3]};
    else
        *out = (Padding){v[0], v[0], v[count - 1], v[count - 1]};
    return true;
}

static bool read_padding(const Reading *at, const Value *value, Window *out)
{
    int64_t v[2];
    if (value->type == VALUE_STRING &&
        (strcmp(value->string, "valid") == 0 || strcmp(value->string, "same") == 0)) {
        out->same = value->string[0] == 's';
        return true;
    }
    if (value->type == VALUE_STRING && notation_size(value->string, v, 2, true, NULL) == 0) {
        static const char *const known[] = {"valid", "same", NULL};
        return unknown_string(at, value, known);
    }
    return read_sides(at, value, &out->padding);
}

/* In 1D it is the same with another word. */
static bool read_interpolation(const Reading *at, const Value *value, bool *bilinear)
{
    const char *const names[] = {"nearest", at->dims == 1 ? "linear" : "bilinear", NULL};
    if (value->type != VALUE_STRING)
        return wrong_type(at, value, "a string such as \"nearest\"");
    for (int i = 0; names[i]; i++)
        if (strcmp(names[i], value->string) == 0) {
            *bilinear = i == 1;
            return true;
        }
    return unknown_string(at, value, names);
}

static bool read_number(const Reading *at, const Value *value, bool rate, double *out)
{
    if (value->type != VALUE_INT && value->type != VALUE_NUMBER)
        return wrong_type(at, value, "a number");
    const char *wanted = rate ? "0 or more and below 1" : "a finite number, 0 or more";
    if (isnan(value->number)) /* prints with a sign or without, by machine */
        return diag_error(at->check->diag, value->span, "%s: %s must be %s, not 0/0", at->who,
                          at->option, wanted);
    if (!isfinite(value->number) || value->number < 0 || (rate && value->number >= 1))
        return diag_error(at->check->diag, value->span, "%s: %s must be %s, not %g", at->who,
                          at->option, wanted, value->number);
    *out = value->number;
    return true;
}

static bool read_activation(const Reading *at, const Value *value, const Activation **out)
{
    if (value->type != VALUE_STRING)
        return wrong_type(at, value, "a string such as \"relu\"");
    const Activation *found = activation_find(value->string);
    if (!found)
        return unknown_string(at, value, activation_names());
    *out = found;
    return true;
}

/* Counts the numbers in a table of any depth; -1 after a message. */
static int64_t count_values(const Reading *at, const Value *table)
{
    int64_t count = 0;
    if (table->call || table->field_count > 0) {
        wrong_type(at, table, "a table of numbers");
        return -1;
    }
    for (int i = 0; i < table->item_count; i++) {
        const Value *item = table->items[i];
        if (item->type == VALUE_TABLE) {
            int64_t inner = count_values(at, item);
            if (inner < 0)
                return -1;
            count += inner;
        } else if ((item->type == VALUE_INT || item->type == VALUE_NUMBER) &&
                   isfinite(item->number) && fabs(item->number) <= 3.4e38) {
            count++;
        } else {
            diag_error(at->check->diag, item->span, "%s: %s must hold finite numbers only", at->who,
                       at->option);
            return -1;
        }
    }
    return count;
}

static double *copy_values(double *out, const Value *table)
{
    for (int i = 0; i < table->item_count; i++) {
        if (table->items[i]->type == VALUE_TABLE)
            out = copy_values(out, table->items[i]);
        else
            *out++ = table->items[i]->number;
    }
    return out;
}

static bool read_init(const Reading *at, const Value *value, Init *out)
{
    static const char *const names[] = {"glorot_uniform", "he_normal", "he_uniform", "zeros", NULL};
    static const InitKind kinds[] = {INIT_GLOROT_UNIFORM, INIT_HE_NORMAL, INIT_HE_UNIFORM,
                                     INIT_CONSTANT};
    if (value->type == VALUE_INT || value->type == VALUE_NUMBER) {
        if (!isfinite(value->number) || fabs(value->number) > 3.4e38)
            return diag_error(at->check->diag, value->span, "%s: init must be a finite number",
                              at->who);
        *out = (Init){.kind = INIT_CONSTANT, .constant = value->number};
        return true;
    }
    if (value->type == VALUE_TABLE && !value->call) {
        int64_t count = count_values(at, value);
        if (count < 0)
            return false;
        double *values = ARENA_ARRAY(at->check->arena, count, double);
        copy_values(values, value);
        *out = (Init){.kind = INIT_FIXED, .values = values, .value_count = count};
        return true;
    }
    if (value->type != VALUE_STRING)
        return wrong_type(at, value, "a name, a number or a table of numbers");
    for (int i = 0; names[i]; i++)
        if (strcmp(names[i], value->string) == 0) {
            *out = (Init){.kind = kinds[i]};
            return true;
        }
    return unknown_string(at, value, names);
}

static bool read_shape(const Reading *at, const Value *value, Shape *out)
{
    int64_t v[3] = {0};
    int count;
    if (value->type == VALUE_STRING) {
        count = notation_size(value->string, v, 3, false, NULL);
        if (count == 0)
            return diag_error(
                at->check->diag, value->span,
                "%s: %s \"%s\" is not a shape such as \"28x28x1\", \"100x8\" or \"640\"", at->who,
                at->option, value->string);
    } else if (!read_list(at, value, 1, 3, v, &count)) {
        return false;
    }
    *out = count == 3   ? (Shape){v[0], v[1], v[2], 3}
           : count == 2 ? (Shape){1, v[0], v[1], 2}
                        : (Shape){1, 1, v[0], 1};
    return true;
}

bool check_option(Check *check, const char *who, const Option *option, const Value *value,
                  void *base, int dims)
{
    const char *wanted = option->type == OPTION_SHAPE ? "a shape such as \"28x28x1\""
                         : option->type == OPTION_PADDING
                             ? "\"valid\", \"same\", a number or a list of numbers"
                         : option->type == OPTION_SIDES ? "a number or a list of numbers"
                         : dims == 1                    ? "a size (a number)"
                                     : "a size (a number, a list or a string such as \"3x5\")";
    const Reading at = {check, who, option->name, dims, wanted};
    void *field = (char *)base + option->offset;
    switch (option->type) {
    case OPTION_COUNT:
        return read_whole(&at, value, 1, field);
    case OPTION_SIZE:
        return read_size(&at, value, 1, field);
    case OPTION_EXTRA:
        return read_size(&at, value, 0, field);
    case OPTION_SIDES:
        return read_sides(&at, value, field);
    case OPTION_BILINEAR:
        return read_interpolation(&at, value, field);
    case OPTION_PADDING:
        return read_padding(&at, value, field);
    case OPTION_BOOL:
        if (value->type != VALUE_BOOL)
            return wrong_type(&at, value, "true or false");
        *(bool *)field = value->boolean;
        return true;
    case OPTION_NUMBER:
        return read_number(&at, value, false, field);
    case OPTION_RATE:
        return read_number(&at, value, true, field);
    case OPTION_ACTIVATION:
        return read_activation(&at, value, field);
    case OPTION_INIT:
        return read_init(&at, value, field);
    case OPTION_SHAPE:
        return read_shape(&at, value, field);
    case OPTION_BRANCH:
        return true;
    }
    return false;
}

static const Option *option_find(const Option *options, const char *name)
{
    for (; options->name; options++)
        if (strcmp(options->name, name) == 0)
            return options;
    return NULL;
}

static void unknown_option(Check *check, const char *who, const Option *options, const Field *field)
{
    const char *names[32];
    int count = 0;
    for (; options->name && count < 31; options++)
        names[count++] = options->name;
    names[count] = NULL;
    const char *near = nearest_name(field->name, names);
    diag_error(check->diag, field->key, "%s: unknown option '%s'%s%s%s", who, field->name,
               near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
    if (!near)
        diag_note(check->diag, "it takes: %s", count ? names_text(check->arena, names) : "nothing");
}

/* The one positional value is the layer's main one. */
static bool read_items(Check *check, const char *who, const Value *call, const Option *main,
                       void *base, int dims)
{
    if (call->item_count == 0 || (main && main->type == OPTION_BRANCH))
        return true;
    if (!main)
        return diag_error(check->diag, call->items[0]->span, "%s: takes no value without a name",
                          who);
    bool ok = check_option(check, who, main, call->items[0], base, dims);
    if (call->item_count > 1)
        ok = diag_error(check->diag, call->items[1]->span,
                        "%s: takes one value without a name (%s), not %d", who, main->name,
                        call->item_count);
    const Field *again = value_field(call, main->name);
    if (again)
        ok = diag_error(check->diag, again->key, "%s: %s is given twice", who, main->name);
    return ok;
}

bool check_options(Check *check, const char *who, const Value *call, const Option *options,
                   void *base, int dims)
{
    const Option *main = NULL;
    bool ok = true;
    for (const Option *option = options; option->name; option++)
        if (option->main)
            main = option;
    ok = read_items(check, who, call, main, base, dims);
    for (int i = 0; i < call->field_count; i++) {
        const Field *field = &call->fields[i];
        const Option *option = option_find(options, field->name);
        if (option)
            ok &= check_option(check, who, option, field->value, base, dims);
        else if ((strcmp(field->name, "name") != 0 && strcmp(field->name, "from") != 0) ||
                 !layer_find(call->call)) {
            unknown_option(check, who, options, field);
            ok = false;
        }
    }
    for (const Option *option = options; option->name; option++)
        if (option->need == REQUIRED && !value_field(call, option->name) &&
            !(option->main && call->item_count > 0))
            ok = diag_error(check->diag, call->span, "%s: %s is missing", who, option->name);
    return ok;
}
