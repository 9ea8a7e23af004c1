/* Two matrices side by side, and how they differ. */
#include "teach/check/beside.h"

#include <math.h>
#include <string.h>

enum { MOST_SHOWN = 6 };

static bool is_same_shape(matrix x, matrix y) {
    return x.rows == y.rows && x.cols == y.cols;
}

static bool differs_at(matrix x, matrix y, size_t i, size_t j) {
    if (!is_same_shape(x, y)) return false;
    double a = x.at[i * x.cols + j], b = y.at[i * x.cols + j];
    return !(fabs(a - b) <= 1e-7 * matrix_largest(y));
}

/* One entry more: how far apart they are, the quotient of both. */
static void look_at(beside *x, matrix found, matrix right, size_t k) {
    double a = found.at[k], b = right.at[k], far = fabs(a - b);
    if (differs_at(found, right, k / right.cols, k % right.cols)) x->n_differ++;
    if (!(far <= x->largest)) {
        x->largest = far;
        x->row = k / right.cols;
        x->col = k % right.cols;
    }
    if (fabs(b) <= 1e-12 * matrix_largest(right)) {
        x->constant = x->constant && fabs(a) <= 1e-9 * matrix_largest(right);
        return;
    }
    x->least = fmin(x->least, a / b);
    x->most = fmax(x->most, a / b);
}

beside beside_of(matrix found, matrix right) {
    beside x = {.same_shape = is_same_shape(found, right),
                .constant = true,
                .least = INFINITY,
                .most = -INFINITY};
    double own = 0, other = 0, both = 0;
    x.n = x.same_shape ? right.rows * right.cols : 0;
    for (size_t k = 0; k < x.n; k++) {
        look_at(&x, found, right, k);
        own += found.at[k] * found.at[k];
        other += right.at[k] * right.at[k];
        both += found.at[k] * right.at[k];
    }
    x.cosine = own > 0 && other > 0 ? both / sqrt(own * other) : 0;
    x.constant = x.constant && isfinite(x.least) && x.most - x.least <= 1e-7 * fabs(x.most);
    return x;
}

/* ----------------------------------------------------------------------- text */

static void put_entry(matrix x, size_t i, size_t j, bool differs, buf *out) {
    size_t from = out->len;
    buf_printf(out, "%s%.4g", differs ? "*" : " ", x.at[i * x.cols + j]);
    if (out->len - from < 12) buf_repeat(out, ' ', 12 - (out->len - from));
}

static void put_row(matrix x, matrix y, size_t i, buf *out) {
    for (size_t j = 0; j < MOST_SHOWN && j < x.cols; j++) {
        if (i < x.rows) put_entry(x, i, j, differs_at(x, y, i, j), out);
        else buf_repeat(out, ' ', 12);
    }
    if (x.cols > MOST_SHOWN) buf_puts(out, i < x.rows ? " .. " : "    ");
}

static void put_numbers(const beside *x, buf *out) {
    if (!x->same_shape) return;
    if (x->constant) buf_printf(out, "each entry is %.7g times the right one", x->most);
    else if (isfinite(x->least))
        buf_printf(out, "the ratio is not the same everywhere: from %.4g to %.4g; cosine %.3f", x->least,
                   x->most, x->cosine);
    else buf_puts(out, "the right one is 0 everywhere");
    buf_printf(out, "; the largest difference is %.4g, at [%zu, %zu]\n", x->largest, x->row + 1, x->col + 1);
}

void beside_put(const char *name, const char *what, matrix found, matrix right, buf *out) {
    const beside x = beside_of(found, right);
    const bool   all = x.n_differ == x.n;
    size_t       rows = found.rows > right.rows ? found.rows : right.rows;
    size_t       shown = rows < MOST_SHOWN ? rows : MOST_SHOWN;
    buf_printf(out, "%s (%zu, %zu), and %s (%zu, %zu)", name, found.rows, found.cols, what, right.rows,
               right.cols);
    buf_puts(out, all ? "\n" : "; * differs\n");
    for (size_t i = 0; i < shown; i++) {
        put_row(found, all ? found : right, i, out);
        buf_puts(out, " | ");
        put_row(right, all ? right : found, i, out);
        while (out->len && out->text[out->len - 1] == ' ') out->len--;
        buf_puts(out, "\n");
    }
    if (rows > shown) buf_printf(out, ".. (%zu rows in all)\n", rows);
    put_numbers(&x, out);
}

/* ----------------------------------------------------------------------- json */

static void put_matrix(const char *name, matrix x, buf *out) {
    buf_printf(out, "\"%s\": [", name);
    for (size_t i = 0; i < x.rows; i++) {
        buf_puts(out, i ? ", [" : "[");
        for (size_t j = 0; j < x.cols; j++) {
            if (j) buf_puts(out, ", ");
            json_number(out, x.at[i * x.cols + j]);
        }
        buf_puts(out, "]");
    }
    buf_puts(out, "]");
}

static void put_number(const char *name, double value, buf *out) {
    buf_printf(out, ", \"%s\": ", name);
    json_number(out, value);
}

void beside_put_json(matrix found, matrix right, buf *out) {
    const beside x = beside_of(found, right);
    buf_puts(out, "{");
    put_matrix("found", found, out);
    buf_puts(out, ", ");
    put_matrix("right", right, out);
    if (x.same_shape) {
        buf_printf(out, ", \"constant\": %s", x.constant ? "true" : "false");
        put_number("least_ratio", x.least, out);
        put_number("largest_ratio", x.most, out);
        put_number("cosine", x.cosine, out);
        put_number("largest_difference", x.largest, out);
        buf_printf(out, ", \"row\": %zu, \"column\": %zu, \"differ\": %zu", x.row + 1, x.col + 1, x.n_differ);
    }
    buf_puts(out, "}");
}
