/* Python's signs: numbers, texts and lists here, arrays by numpy's rules. */
#include "teach/python/operators.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static const char *sign_text(int op) {
    static const struct {
        char        op;
        const char *text;
    } list[] = {{PY_SIGN_POWER, "** or pow()"},
                {PY_SIGN_FLOOR, "//"},
                {PY_SIGN_SAME, "=="},
                {PY_SIGN_OTHER, "!="},
                {PY_SIGN_AT_LEAST, ">="},
                {PY_SIGN_AT_MOST, "<="},
                {'+', "+"},
                {'-', "-"},
                {'*', "*"},
                {'/', "/"},
                {'%', "%"},
                {'@', "@"},
                {'<', "<"},
                {'>', ">"},
                {'&', "&"},
                {'|', "|"},
                {'^', "^"}};
    for (size_t i = 0; i < sizeof list / sizeof *list; i++)
        if (list[i].op == op) return list[i].text;
    return "this sign";
}

static py_value unsupported(py_run *r, int op, py_value x, py_value y) {
    return py_raise(r, "TypeError", "unsupported operand type(s) for %s: '%s' and '%s'", sign_text(op),
                    py_type_name(x), py_type_name(y));
}

/* -------------------------------------------------------- Python's numbers */

static py_value too_large(py_run *r) {
    return py_stop(r, "whole numbers of more than 64 bits are not known here");
}

static py_value whole_power(py_run *r, int64_t x, int64_t y) {
    int64_t z = 1;
    if (x >= -1 && x <= 1) return py_int(y == 0 ? 1 : x == -1 && y % 2 == 0 ? 1 : x);
    for (; y > 0; y--)
        if (__builtin_mul_overflow(z, x, &z)) return too_large(r);
    return py_int(z);
}

static py_value whole_quotient(py_run *r, int op, int64_t x, int64_t y) {
    const char *words = op == '%' ? "integer modulo by zero" : "integer division or modulo by zero";
    if (y == 0) return py_raise(r, "ZeroDivisionError", "%s", words);
    if (x == INT64_MIN && y == -1) return too_large(r);
    int64_t z = x / y - (x % y && (x < 0) != (y < 0));
    return py_int(op == '%' ? x - z * y : z);
}

static py_value whole_numbers(py_run *r, int op, int64_t x, int64_t y) {
    int64_t z = 0;
    bool    over = false;
    switch (op) {
    case '+':
        over = __builtin_add_overflow(x, y, &z);
        break;
    case '-':
        over = __builtin_sub_overflow(x, y, &z);
        break;
    case '*':
        over = __builtin_mul_overflow(x, y, &z);
        break;
    case '&':
        z = x & y;
        break;
    case '|':
        z = x | y;
        break;
    case '^':
        z = x ^ y;
        break;
    case PY_SIGN_POWER:
        return whole_power(r, x, y);
    default:
        return whole_quotient(r, op, x, y);
    }
    return over ? too_large(r) : py_int(z);
}

static py_value fraction_power(py_run *r, double x, double y) {
    if (x < 0 && y != floor(y)) return py_stop(r, "complex numbers are not known here");
    if (x == 0 && y < 0) return py_raise(r, "ZeroDivisionError", "0.0 cannot be raised to a negative power");
    double z = pow(x, y);
    if (isinf(z) && isfinite(x) && isfinite(y))
        return py_raise(r, "OverflowError", "(34, 'Numerical result out of range')");
    return py_float(z);
}

static py_value fractions(py_run *r, int op, double x, double y) {
    static const struct {
        char        op;
        const char *words;
    } by_zero[] = {{'/', "float division by zero"},
                   {PY_SIGN_FLOOR, "float floor division by zero"},
                   {'%', "float modulo"}};
    if (op == '&' || op == '|' || op == '^') return unsupported(r, op, py_float(x), py_float(y));
    if (op == PY_SIGN_POWER) return fraction_power(r, x, y);
    for (size_t i = 0; i < sizeof by_zero / sizeof *by_zero; i++)
        if (y == 0 && op == by_zero[i].op) return py_raise(r, "ZeroDivisionError", "%s", by_zero[i].words);
    return py_float(py_binary_number(op, x, y, false));
}

static py_value numbers(py_run *r, int op, py_value x, py_value y) {
    if (op == '@') return unsupported(r, op, x, y);
    if (x.kind == PY_FLOAT || y.kind == PY_FLOAT) return fractions(r, op, py_as_double(x), py_as_double(y));
    int64_t a, b;
    if (!py_as_index(r, x, &a) || !py_as_index(r, y, &b)) return py_none();
    if (op == '/') {
        if (b == 0) return py_raise(r, "ZeroDivisionError", "division by zero");
        return py_float((double)a / (double)b);
    }
    if (op == PY_SIGN_POWER && b < 0) return fractions(r, op, (double)a, (double)b);
    bool     logical = x.kind == PY_BOOL && y.kind == PY_BOOL && (op == '&' || op == '|' || op == '^');
    py_value z = whole_numbers(r, op, a, b);
    return logical ? py_bool(z.whole != 0) : z;
}

/* ------------------------------------------------------- texts and lists */

static py_value repeated(py_run *r, py_value x, int64_t times) {
    py_value out = py_new_list(r, (py_kind)x.kind, NULL, 0);
    for (int64_t k = 0; k < times && !r->failed; k++)
        for (uint32_t i = 0; i < x.list->items.n && !r->failed; i++)
            py_push(r, out.list, x.list->items.at[i]);
    return out;
}

static py_value repeated_text(py_run *r, py_value x, int64_t times) {
    buf out;
    buf_init(&out, r->a.mem);
    for (int64_t k = 0; k < times && py_step(r, 1 + x.text->len / 16); k++)
        buf_put(&out, x.text->at, x.text->len);
    return py_string_from(r, &out);
}

static py_value joined(py_run *r, py_value x, py_value y) {
    py_value out = py_new_list(r, (py_kind)x.kind, x.list->items.at, x.list->items.n);
    for (uint32_t i = 0; i < y.list->items.n; i++) py_push(r, out.list, y.list->items.at[i]);
    return out;
}

static py_value joined_texts(py_run *r, py_value x, py_value y) {
    buf out;
    if (y.kind != PY_STRING)
        return py_raise(r, "TypeError", "can only concatenate str (not \"%s\") to str", py_type_name(y));
    buf_init(&out, r->a.mem);
    buf_put(&out, x.text->at, x.text->len);
    buf_put(&out, y.text->at, y.text->len);
    py_step(r, out.len / 16);
    return py_string_from(r, &out);
}

static bool is_list(py_value x) {
    return x.kind == PY_LIST || x.kind == PY_TUPLE;
}

/* many * times, the other way round as well. */
static py_value many_times(py_run *r, py_value many, py_value count) {
    int64_t times = 0;
    if (count.kind != PY_INT && count.kind != PY_BOOL) return unsupported(r, '*', many, count);
    py_as_index(r, count, &times);
    if (many.kind == PY_STRING) return repeated_text(r, many, times);
    return is_list(many) ? repeated(r, many, times) : unsupported(r, '*', many, count);
}

static py_value others(py_run *r, int op, py_value x, py_value y) {
    if (x.kind == PY_STRING && op == '+') return joined_texts(r, x, y);
    if (x.kind == PY_STRING && op == '%') return py_percent(r, x, y);
    if (is_list(x) && x.kind == y.kind && op == '+') return joined(r, x, y);
    if (op != '*') return unsupported(r, op, x, y);
    bool first = x.kind == PY_INT || x.kind == PY_BOOL;
    return first ? many_times(r, y, x) : many_times(r, x, y);
}

/* ------------------------------------------------------------------ arrays */

static bool by_numpy(py_value x, py_value y) {
    bool can_x = x.kind == PY_ARRAY || is_list(x) || py_is_number(x),
         can_y = y.kind == PY_ARRAY || is_list(y) || py_is_number(y);
    return can_x && can_y && (x.kind == PY_ARRAY || y.kind == PY_ARRAY || x.numpy || y.numpy);
}

static py_value arrays(py_run *r, int op, py_value x, py_value y) {
    const py_array *a = py_as_array(r, x), *b = a ? py_as_array(r, y) : NULL;
    if (!b) return py_none();
    return py_result(op == '@' ? py_array_dot(r, a, b, true) : py_array_binary(r, op, a, b, NULL));
}

py_value py_binary(py_run *r, int op, py_value x, py_value y) {
    if (!py_step(r, 1)) return py_none();
    if (x.kind == PY_OPAQUE) return x;
    if (y.kind == PY_OPAQUE && x.kind != PY_STRING) return y;
    if (by_numpy(x, y)) return arrays(r, op, x, y);
    if (py_is_number(x) && py_is_number(y)) return numbers(r, op, x, y);
    return others(r, op, x, y);
}

py_value py_augmented(py_run *r, int op, py_value x, py_value y) {
    if (x.kind == PY_LIST && op == '+' && y.kind != PY_OPAQUE) {
        const py_list *more = py_items(r, y);
        for (uint32_t i = 0; i < more->items.n; i++) py_push(r, x.list, more->items.at[i]);
        return x;
    }
    if (x.kind != PY_ARRAY || op == '@' || y.kind == PY_OPAQUE || !py_step(r, 1))
        return py_binary(r, op, x, y);
    const py_array *b = py_as_array(r, y);
    return b ? py_of_array(py_array_binary(r, op, x.array, b, x.array)) : py_none();
}

static double negated(double x) {
    return -x;
}

static double not_bits(double x) {
    return -x - 1;
}

static double is_zero(double x) {
    return x == 0;
}

static double itself(double x) {
    return x;
}

static py_value unary_array(py_run *r, int op, const py_array *x) {
    if (op == '~' && x->type == PY_OF_BOOL) return py_result(py_array_map(r, x, is_zero, PY_OF_BOOL));
    if (op == '~' && x->type == PY_OF_FLOAT)
        return py_raise(
            r, "TypeError",
            "ufunc 'invert' not supported for the input types, and the inputs could not be safely "
            "coerced to any supported types according to the casting rule ''safe''");
    if (op == '-' && x->type == PY_OF_BOOL)
        return py_raise(
            r, "TypeError",
            "The numpy boolean negative, the `-` operator, is not supported, use the `~` operator or "
            "the logical_not function instead.");
    return py_result(py_array_map(r, x,
                                  op == '-'   ? negated
                                  : op == '~' ? not_bits
                                              : itself,
                                  (py_type)x->type));
}

py_value py_unary(py_run *r, int op, py_value x) {
    if (x.kind == PY_OPAQUE) return x;
    if (x.kind == PY_ARRAY || (x.numpy && py_is_number(x))) {
        const py_array *a = py_as_array(r, x);
        return a ? unary_array(r, op, a) : py_none();
    }
    if (x.kind == PY_FLOAT && op != '~') return py_float(op == '-' ? -x.number : x.number);
    if (x.kind != PY_INT && x.kind != PY_BOOL)
        return py_raise(r, "TypeError", "bad operand type for unary %c: '%s'", op, py_type_name(x));
    int64_t whole;
    py_as_index(r, x, &whole);
    if (op == '-' && whole == INT64_MIN) return too_large(r);
    return py_int(op == '-' ? -whole : op == '~' ? ~whole : whole);
}

/* ------------------------------------------------------------- comparisons */

static bool identical(py_run *r, py_value x, py_value y) {
    if (x.kind != y.kind) return false;
    if (x.kind == PY_NONE || x.kind == PY_ELLIPSIS) return true;
    if (x.kind <= PY_STRING) return py_equal(r, x, y);
    return x.object == y.object;
}

static bool contains(py_run *r, py_value in, py_value x) {
    if (in.kind == PY_DICT) return py_dict_find(r, in.dict, x) != NULL;
    if (in.kind == PY_STRING) {
        if (x.kind != PY_STRING)
            py_raise(r, "TypeError", "'in <string>' requires string as left operand, not %s",
                     py_type_name(x));
        return !r->failed && strstr(in.text->at, x.text->at) != NULL;
    }
    bool more = true;
    for (int64_t i = 0; py_step(r, 1); i++) {
        py_value item = py_item(r, in, i, &more);
        if (!more) break;
        if (item.kind == PY_ARRAY ? py_truth(r, py_comparison(r, PY_SIGN_SAME, item, x))
                                  : py_equal(r, item, x))
            return true;
    }
    return false;
}

static int order(py_run *r, int op, py_value x, py_value y);

/* By the first items that differ. */
static int order_lists(py_run *r, int op, const py_list *x, const py_list *y) {
    for (uint32_t i = 0; i < x->items.n && i < y->items.n && py_step(r, 1); i++) {
        if (py_equal(r, x->items.at[i], y->items.at[i])) continue;
        if (++r->depth > 100) py_stop(r, "the lists are nested too deeply");
        int way = r->failed ? 0 : order(r, op, x->items.at[i], y->items.at[i]);
        r->depth--;
        return way;
    }
    return x->items.n < y->items.n ? -1 : x->items.n > y->items.n;
}

/* -1, 0 or 1; numbers, texts, and lists of them. */
static int order(py_run *r, int op, py_value x, py_value y) {
    if (py_is_number(x) && py_is_number(y)) {
        double a = py_as_double(x), b = py_as_double(y);
        return a < b ? -1 : a > b;
    }
    if (x.kind == PY_STRING && y.kind == PY_STRING) {
        int way = strcmp(x.text->at, y.text->at);
        return way < 0 ? -1 : way > 0;
    }
    if (is_list(x) && x.kind == y.kind) return order_lists(r, op, x.list, y.list);
    py_raise(r, "TypeError", "'%s' not supported between instances of '%s' and '%s'", sign_text(op),
             py_type_name(x), py_type_name(y));
    return 0;
}

bool py_before(py_run *r, py_value x, py_value y) {
    return order(r, '<', x, y) < 0;
}

static py_value plain_comparison(py_run *r, int op, py_value x, py_value y) {
    if (op == PY_SIGN_SAME || op == PY_SIGN_OTHER) return py_bool(py_equal(r, x, y) == (op == PY_SIGN_SAME));
    int way = order(r, op, x, y);
    if (py_is_number(x) && py_is_number(y) && (isnan(py_as_double(x)) || isnan(py_as_double(y))))
        return py_bool(false);
    return py_bool(op == '<' ? way < 0 : op == '>' ? way > 0 : op == PY_SIGN_AT_LEAST ? way >= 0 : way <= 0);
}

py_value py_comparison(py_run *r, int op, py_value x, py_value y) {
    if (!py_step(r, 1)) return py_none();
    if (op == PY_SIGN_IS || op == PY_SIGN_IS_NOT) return py_bool(identical(r, x, y) == (op == PY_SIGN_IS));
    if (x.kind == PY_OPAQUE) return x;
    if (y.kind == PY_OPAQUE) return y;
    if (op == PY_SIGN_IN || op == PY_SIGN_NOT_IN) return py_bool(contains(r, y, x) == (op == PY_SIGN_IN));
    if (by_numpy(x, y)) {
        const py_array *a = py_as_array(r, x), *b = a ? py_as_array(r, y) : NULL;
        return b ? py_result(py_array_binary(r, op, a, b, NULL)) : py_none();
    }
    return plain_comparison(r, op, x, y);
}
