/* What is said of one answer: no more than the hint level allows. */
#include <math.h>
#include <string.h>

#include "teach/diagnosis/inside.h"

const char *answer_word(const diagnosed *x) {
    bool given = x->verdict == ANSWER_GIVEN;
    if (x->other_convention) return given ? "right so far" : "right, other convention";
    switch ((answer_verdict)x->verdict) {
    case ANSWER_RIGHT: return "right";
    case ANSWER_GIVEN: return "right so far";
    case ANSWER_FOLLOWS: return "not judged";
    case ANSWER_UNKNOWN: return "unknown";
    default: return "wrong";
    }
}

/* ------------------------------------------------------------------- numbers */

static void put_factor(const diagnosis *d, const diagnosed *x, double factor, buf *out) {
    double size = fabs(factor);
    if (fabs(size - 1) < 1e-9) {
        buf_puts(out, factor < 0 ? "every entry has the wrong sign" : "");
        return;
    }
    buf_printf(out, "every entry is %.7g", size);
    if (x->size) buf_printf(out, " = %s%s", x->inverse ? "1/" : "", symbols_name(d->m->g.names, x->size));
    buf_printf(out, " times what it should be%s", factor < 0 ? ", and of the other sign" : "");
}

static void put_distance(const diagnosed *x, buf *out) {
    buf_printf(out, "%zu of %zu entries differ, most at [%zu, %zu]; it is %.3g times as long as it should be",
               x->n_differ, x->n_entries, x->row + 1, x->col + 1, x->norms);
    buf_printf(out, ", cosine %.3f", x->cosine);
}

static void put_shape(const diagnosis *d, const diagnosed *x, buf *out) {
    matrix v = x->is.value, y = x->expected;
    if (x->is.ndim == 1) buf_printf(out, "it has the shape (%zu,)", v.rows * v.cols);
    else if (x->is.ndim == 0 || v.rows * v.cols == 1) buf_puts(out, "it is one number");
    else buf_printf(out, "it has the shape (%zu, %zu)", v.rows, v.cols);
    buf_puts(out, ", and ");
    if (x->of) {
        buf_puts(out, ir_var_name(&d->m->g, x->of->var));
        buf_puts(out, " has ");
        print_shape(&d->m->g, ir_var(&d->m->g, x->of->var)->sh, out);
        buf_puts(out, " = ");
    } else buf_puts(out, "it should be ");
    buf_printf(out, "(%zu, %zu)", y.rows, y.cols);
}

/* What of the same kind goes by several names is listed once. */
static void put_names(const diagnosed *x, buf *out) {
    for (uint32_t i = 0; i < x->names.n && i < 4; i++)
        buf_printf(out, "%s%s", i ? i == 1 ? " (the same numbers: " : ", " : "", x->names.at[i].what->name);
    if (x->names.n > 1) buf_puts(out, x->names.n > 4 ? ", ..)" : ")");
}

/* --------------------------------------------------------------- what it says */

static void say_wrong(const diagnosis *d, const diagnosed *x, buf *out) {
    if (x->names.n) put_names(x, out);
    else buf_puts(out, "none of the known mistakes");
    buf_puts(out, x->besides != 0 ? ", and besides " : ": ");
    if (x->besides != 0) put_factor(d, x, x->besides, out);
    else if (x->verdict == ANSWER_SHAPE) put_shape(d, x, out);
    else if (x->verdict == ANSWER_NOT_FINITE) buf_puts(out, "an entry is infinite or not a number");
    else if (x->factor != 0) put_factor(d, x, x->factor, out);
    else put_distance(x, out);
}

static void say_kind(const diagnosed *x, buf *out) {
    if (x->verdict == ANSWER_NOT_FINITE) buf_puts(out, "an entry is not a finite number");
    else if (x->names.n) buf_printf(out, "look at: %s", group_names[x->names.at[0].what->group]);
    else if (x->verdict == ANSWER_SHAPE) buf_puts(out, "look at its shape");
    else buf_puts(out, "of no known kind");
}

static void say_other(const diagnosis *d, const diagnosed *x, buf *out) {
    const char *scaled = d->used == CONVENTION_DJ ? "with the 1/m in it" : "without the 1/m in it";
    switch ((answer_verdict)x->verdict) {
    case ANSWER_FAULT: buf_printf(out, "it has no value: %s", x->is.fault); break;
    case ANSWER_FOLLOWS: buf_puts(out, "it stands on what has no value, or a shape that cannot be"); break;
    case ANSWER_UNKNOWN: buf_printf(out, "%s has no gradient %s", d->m->src.name, x->is.of); break;
    default: break;
    }
    if (x->verdict == ANSWER_RIGHT && x->other_convention)
        buf_printf(out, "%s, which dfoo puts elsewhere: keep to one of the two", scaled);
    if (x->by_accident)
        buf_printf(out, "one number: right only because %s has a single entry",
                   ir_var_name(&d->m->g, x->of->var));
}

const char *diagnosed_message(const diagnosis *d, const diagnosed *x, int hint, arena *a) {
    buf b;
    buf_init(&b, a->mem);
    if (!hint) hint = HINT_NAME;
    bool plain = x->verdict == ANSWER_FAULT || !answer_is_wrong(x->verdict);
    if (plain) say_other(d, x, &b);
    else if (hint == HINT_KIND) say_kind(x, &b);
    else if (hint >= HINT_NAME) say_wrong(d, x, &b);
    const char *text = arena_text(a, b.text ? b.text : "", b.len);
    if (buf_status(&b) != DFOO_OK) a->failed = true;
    buf_free(&b);
    return text ? text : "";
}
