/* The report: what was tested, a table of the gradients, what could not be judged, the
 * negative control, the claims, the verdict. No line is longer than 100 columns unless names are. */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "teach/check/mistakes.h"

enum { N_CELLS = 7, MOST_LINES = 24, MOST_NAMES = 6 };

typedef struct line {
    const char *cell[N_CELLS];
    const char *note; /* in place of the last three */
} line;

typedef struct table {
    arena *a;
    VEC(line) list;
} table;

static const struct {
    const char *word, *note;
} verdicts[] = {
    [VERDICT_RIGHT] = {"right", NULL},
    [VERDICT_ZERO] = {"all zero", "and so are the differences"},
    [VERDICT_ROUNDING] = {"zero", "but for rounding, and so are the differences"},
    [VERDICT_VAGUE] = {"too small", "it agrees with the differences as far as rounding lets them tell"},
    [VERDICT_UNREACHED] = {"not reached", "the cost does not depend on it"},
    [VERDICT_UNTOLD] = {"not judged", "every entry lies next to a kink"},
    [VERDICT_WRONG] = {"wrong", NULL},
    [VERDICT_MISSING] = {"missing", "the cost depends on it, and there is no gradient"},
    [VERDICT_SHAPE] = {"wrong", "its shape is not the variable's"},
    [VERDICT_NOT_FINITE] = {"wrong", "an entry is not a finite number"},
};

const char *verdict_word(verdict v) {
    return verdicts[v].word;
}

const char *report_name(const findings *f, const differences *q) {
    const variable *x = ir_var(f->s->g, q->v);
    return x->gradient ? ir_var_name(f->s->g, x->gradient) : ir_var_name(f->s->g, q->v);
}

/* "dW1, db1, .. (12 in all)" */
typedef struct name_list {
    buf     *out;
    uint32_t n;
} name_list;

static void add_name(name_list *l, const char *name) {
    if (l->n < MOST_NAMES) buf_printf(l->out, "%s%s", l->n ? ", " : "", name);
    l->n++;
}

static void end_names(const name_list *l) {
    if (l->n > MOST_NAMES) buf_printf(l->out, ", .. (%u in all)", l->n);
}

/* ------------------------------------------------------------------- table */

static const char *shape_cell(const findings *f, const instance *in, const differences *q, arena *a) {
    shape sh = ir_var(f->s->g, q->v)->sh;
    buf   b;
    if (shape_is_scalar(sh)) return "a number";
    buf_init(&b, a->mem);
    print_shape(f->s->g, sh, &b);
    if (dim_is_named(sh.rows) || dim_is_named(sh.cols))
        buf_printf(&b, " = (%zu, %zu)", sizes_get(&in->sz, sh.rows), sizes_get(&in->sz, sh.cols));
    return buf_keep(&b, a);
}

static const char *place_cell(const judged *j, arena *a) {
    assert(j->worst.at == ALONG || j->worst.at < j->q->rows * j->q->cols);
    if (j->worst.at == ALONG) return "(direction)";
    if (j->q->rows * j->q->cols == 1) return "";
    return arena_format(a, "[%zu, %zu]", j->worst.at / j->q->cols + 1, j->worst.at % j->q->cols + 1);
}

static void add_line(const findings *f, const judgement *g, const judged *j, table *t) {
    const differences *q = j->q;
    arena           *a = t->a;
    line l = {.cell = {report_name(f, q), verdicts[j->verdict].word, shape_cell(f, &g->in, q, a)}};
    l.note = verdicts[j->verdict].note;
    if (j->n_checked || j->along)
        l.cell[3] = arena_format(a, "%u of %zu%s%s", j->n_checked, q->rows * q->cols, j->along ? "+" : "",
                                  q->by_link && !l.note ? "*" : "");
    if (!l.note) {
        l.cell[4] = arena_format(a, "%.1e %s", j->distance, place_cell(j, a));
        l.cell[5] = arena_format(a, "%.7g", j->derived);
        l.cell[6] = arena_format(a, "%.7g", j->worst.value);
    }
    vec_push(a, &t->list, l);
}

static size_t width_of(const table *t, int cell) {
    size_t width = 0;
    for (uint32_t i = 0; i < t->list.n; i++) {
        const char *text = t->list.at[i].cell[cell];
        size_t      w = text ? text_columns(text, strlen(text)) : 0;
        if (w > width && !(t->list.at[i].note && cell > 3)) width = w;
    }
    return width;
}

static void write_cell(buf *out, const char *text, size_t width, bool last) {
    if (!text) text = "";
    buf_puts(out, text);
    if (!last) buf_repeat(out, ' ', width + 2 - text_columns(text, strlen(text)));
}

static void write_table(const table *t, buf *out) {
    size_t width[N_CELLS];
    for (int c = 0; c < N_CELLS; c++) width[c] = width_of(t, c);
    for (uint32_t i = 0; i < t->list.n; i++) {
        const line *l = &t->list.at[i];
        int         n = l->note ? 4 : N_CELLS;
        for (int c = 0; c < n; c++) write_cell(out, l->cell[c], width[c], c == N_CELLS - 1);
        if (l->note) buf_puts(out, l->note);
        buf_puts(out, "\n");
    }
}

static bool is_plain(verdict v) {
    return v == VERDICT_RIGHT || v == VERDICT_ZERO || v == VERDICT_ROUNDING || v == VERDICT_VAGUE;
}

/* The first lines, and all that are not plainly right. */
static void report_gradients(const findings *f, const judgement *g, arena *a, buf *out) {
    table    t = {.a = a};
    uint32_t n_more = 0, worst = 0;
    const line head = {.cell = {"", "", "shape", "entries", "largest difference", "derived", "differences"}};
    vec_push(a, &t.list, head);
    for (uint32_t i = 0; i < g->q.list.n; i++) {
        const judged *j = &g->shown[i];
        if (!g->in_table[i] && verdict_ok(j->verdict)) continue;
        if (t.list.n <= MOST_LINES || !is_plain(j->verdict)) {
            add_line(f, g, j, &t);
            continue;
        }
        if (!n_more || j->distance > g->shown[worst].distance) worst = i;
        n_more++;
    }
    write_table(&t, out);
    if (n_more)
        buf_printf(out, "and %u more are right; their largest difference is %.1e (%s)\n", n_more,
                   g->shown[worst].distance, report_name(f, g->shown[worst].q));
}

/* ------------------------------------------------------------------- notes */

static void note_scale(const findings *f, const judgement *g, buf *out) {
    name_list l = {.out = out};
    for (uint32_t i = 0; i < g->q.list.n; i++)
        if (g->in_table[i] && g->q.list.at[i].of && g->q.list.at[i].of->scale == SCALE_DATA)
            add_name(&l, report_name(f, &g->q.list.at[i]));
    end_names(&l);
    if (!l.n) return;
    buf_puts(out, l.n == 1 ? " is the derivative of " : " are derivatives of ");
    print_dim(f->s->g, f->s->m->examples, out);
    buf_printf(out, " * %s\n", ir_var_name(f->s->g, f->s->m->cost));
}

/* How many entries in the table lie next to a kink, and of which operations; OP_NONE: of the cost. */
static uint32_t count_kinks(const findings *f, const judgement *g, bool *ops) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < g->q.list.n; i++)
        for (uint32_t k = 0; k < g->q.list.at[i].list.n; k++) {
            const difference *q = &g->q.list.at[i].list.at[k];
            if (q->judged) continue;
            n += g->in_table[i];
            ops[q->kink ? ir_node(f->s->g, q->kink)->op : OP_NONE] = true;
        }
    return n;
}

static void note_kinks(const findings *f, const judgement *g, buf *out) {
    bool      ops[OP_COUNT] = {false};
    uint32_t  n = count_kinks(f, g, ops);
    name_list functions = {.out = out}, l = {.out = out};
    if (!n) return;
    buf_printf(out, "%u %s not judged: next to %s ", n, n == 1 ? "entry is" : "entries are",
               n == 1 ? "it" : "them");
    for (int op = 0; op < OP_COUNT; op++)
        if (ops[op]) add_name(&functions, op ? op_table[op].name : "the cost");
    buf_printf(out, " %s (", ops[OP_NONE] ? "has a kink or is not defined" : "has a kink");
    for (uint32_t i = 0; i < g->q.list.n; i++)
        if (g->in_table[i] && g->shown[i].n_kinks) {
            add_name(&l, report_name(f, &g->q.list.at[i]));
            if (l.n <= MOST_NAMES) buf_printf(out, ": %u", g->shown[i].n_kinks);
        }
    end_names(&l);
    buf_puts(out, ")\n");
}

static void write_notes(const findings *f, const judgement *g, buf *out) {
    bool sampled = false, by_link = false;
    for (uint32_t i = 0; i < g->q.list.n; i++) {
        sampled = sampled || (g->in_table[i] && g->q.list.at[i].direction);
        bool plain = g->in_table[i] && !verdicts[g->shown[i].verdict].note;
        by_link = by_link || (plain && g->q.list.at[i].by_link);
    }
    buf_puts(
        out,
        "differences are relative to the gradient's largest entry; both values are those at that place\n");
    note_scale(f, g, out);
    if (sampled)
        buf_puts(out, "+ a random sample of the entries, and a random direction through all of them\n");
    if (by_link)
        buf_puts(out, "* against differences of the variables that it enters, their gradients held fixed:\n"
                      "  those of the cost tell fewer than nine digits of it, or take too long\n");
    note_kinks(f, g, out);
}

/* The derivation itself, not only what simplification made of it. */
static void note_raw(const findings *f, const judgement *g, buf *out) {
    name_list l = {.out = out};
    for (uint32_t i = 0; i < g->q.list.n; i++) {
        if (verdict_ok(g->raw[i].verdict)) continue;
        if (!l.n) buf_puts(out, "wrong before simplification: ");
        add_name(&l, report_name(f, &g->q.list.at[i]));
    }
    end_names(&l);
    if (l.n) buf_puts(out, "\n");
}

/* ------------------------------------------------------------------- parts */

static void write_sizes(const findings *f, const instance *in, buf *out) {
    const model *m = f->s->m;
    for (uint32_t i = 0; i < m->size_names.n; i++) {
        if (i == 12) {
            buf_puts(out, ", ..");
            break;
        }
        sym name = m->size_names.at[i];
        buf_printf(out, "%s%s = %zu", i ? ", " : ": ", symbols_name(m->g.names, name), in->sz.of[name]);
    }
    buf_puts(out, "\n");
}

static void write_given(const findings *f, const instance *in, buf *out) {
    name_list drawn = {.out = out}, unused = {.out = out};
    buf_puts(out, "on the given arrays");
    write_sizes(f, in, out);
    dim m = f->s->m->examples;
    if (m && dim_is_named(m) && sizes_get(&in->sz, m) < in->all_examples)
        buf_printf(out, "only the first %zu of %zu examples, so that it does not take long\n",
                   sizes_get(&in->sz, m), in->all_examples);
    if (in->drawn.n) buf_puts(out, "drawn at random, since they were not given: ");
    for (uint32_t i = 0; i < in->drawn.n; i++) add_name(&drawn, ir_var_name(f->s->g, in->drawn.at[i]));
    end_names(&drawn);
    if (in->drawn.n) buf_puts(out, "\n");
    if (in->unused.n) buf_puts(out, "given and not used: ");
    for (uint32_t i = 0; i < in->unused.n; i++) add_name(&unused, in->unused.at[i]);
    end_names(&unused);
    if (in->unused.n) buf_puts(out, "\n");
}

static void write_judgement(const findings *f, const judgement *g, arena *a, buf *out) {
    buf_puts(out, "\n");
    if (!g->in.finite) {
        buf_printf(out, "%s is not a finite number here: nothing can be said\n",
                   ir_var_name(f->s->g, f->s->m->cost));
        return;
    }
    report_gradients(f, g, a, out);
    write_notes(f, g, out);
    note_raw(f, g, out);
}

static void write_control(const findings *f, buf *out) {
    const control *c = &f->control;
    const char    *sep = "  ";
    if (!f->random.in.finite) return;
    buf_printf(out, "\nnegative control: %u of %u planted mistakes noticed\n", c->n_noticed, c->n_planted);
    for (int i = 0; i < GROUP_COUNT; i++) {
        if (!c->by_group[i]) continue;
        buf_printf(out, "%s%s %u", sep, group_names[i], c->by_group[i]);
        sep = ", ";
    }
    if (c->n_planted) buf_puts(out, "\n");
    if (c->n_tried < c->n_found)
        buf_printf(out, "  a random sample: %u of the %u places for one were tried\n", c->n_tried,
                   c->n_found);
    for (uint32_t i = 0; i < c->unnoticed.n; i++) {
        planted     p = c->unnoticed.at[i];
        const stmt *at = &f->s->right.forward.list.at[p.stmt];
        buf_printf(out, "NOT noticed: %s (%s), planted in the gradient of %s = ", p.what->name,
                   group_names[p.what->group], ir_var_name(f->s->g, at->var));
        print_node(f->s->g, at->node, out);
        buf_puts(out, "\n");
    }
}

/* ------------------------------------------------------------------ claims */

static void write_difference(const findings *f, const claim_judged *c, buf *out) {
    dim    examples = f->s->m->examples;
    double m = examples ? instance_size(&f->random.in, examples) : 0;
    bool   missing = m != 0 && fabs(c->ratio - m) < 1e-9, twice = m != 0 && fabs(c->ratio * m - 1) < 1e-9;
    if (c->ratio == 0) {
        buf_printf(out, "%.7g at [%zu, %zu], where the derived gradient is %.7g", c->claimed, c->row + 1,
                   c->col + 1, c->derived);
        return;
    }
    buf_printf(out, "%.10g times the derived gradient", c->ratio);
    if (!missing && !twice) return;
    buf_puts(out, missing ? ", which is " : ", which is 1/");
    print_dim(f->s->g, examples, out);
    buf_puts(out, missing ? ": 1/" : ": another 1/");
    print_dim(f->s->g, examples, out);
    buf_puts(out, missing ? " is missing" : " is here already");
}

static void write_shape(const ir *g, shape sh, buf *out) {
    if (shape_is_scalar(sh)) buf_puts(out, "a ");
    print_shape(g, sh, out);
}

static void write_claim(const findings *f, const claim_judged *c, buf *out) {
    const ir *g = f->s->g;
    buf_printf(out, "claim %s = ", ir_var_name(g, c->of->var));
    print_node(g, c->of->node, out);
    switch ((claim_verdict)c->verdict) {
    case CLAIM_EQUAL: buf_printf(out, ": equal to the derived gradient (to %.0e)", c->distance); break;
    case CLAIM_OTHER_CONVENTION:
        buf_printf(out, ": right in the other convention (%.10g times the derived gradient)", c->ratio);
        break;
    case CLAIM_UNKNOWN: buf_puts(out, ": cannot be judged, there is no such gradient"); break;
    case CLAIM_GIVEN: buf_puts(out, ": right in itself, but not after the claims before it"); break;
    case CLAIM_SHAPE:
        buf_puts(out, ": differs, it is ");
        write_shape(g, ir_shape(g, c->of->node), out);
        buf_puts(out, " and should be ");
        write_shape(g, ir_var(g, c->of->var)->sh, out);
        break;
    case CLAIM_DIFFERS:
        buf_puts(out, ": differs, ");
        write_difference(f, c, out);
        break;
    }
    buf_puts(out, "\n");
}

/* ----------------------------------------------------------------- verdict */

static uint32_t count_gradients(const findings *f, const judgement *g, name_list *wrong) {
    uint32_t right = 0;
    for (uint32_t i = 0; i < g->q.list.n; i++) {
        bool ok = verdict_ok(g->shown[i].verdict) && verdict_ok(g->raw[i].verdict);
        if (!ok) add_name(wrong, report_name(f, &g->q.list.at[i]));
        right += ok && g->in_table[i];
    }
    end_names(wrong);
    return right;
}

static uint32_t count_claims(const findings *f) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < f->claims.list.n; i++) n += f->claims.list.at[i].verdict >= CLAIM_UNKNOWN;
    return n;
}

static void write_verdict(const findings *f, buf *out) {
    const judgement *g = f->has_given && !f->given.ok && f->random.ok ? &f->given : &f->random;
    bool             finite = f->random.in.finite && (!f->has_given || f->given.in.finite);
    uint32_t         unnoticed = f->control.unnoticed.n, not_right = count_claims(f);
    buf              names;
    name_list        wrong = {.out = &names};
    buf_init(&names, out->mem);
    uint32_t right = count_gradients(f, g, &wrong);
    if (wrong.n) buf_printf(out, "wrong: %s\n", names.text ? names.text : "");
    else if (!finite) buf_puts(out, "nothing is proved: the cost is not finite\n");
    else if (unnoticed)
        buf_printf(out, "the gradients agree with the differences, but %u planted mistake%s went unnoticed\n",
                   unnoticed, unnoticed == 1 ? "" : "s");
    else if (not_right)
        buf_printf(out, "the derived gradients are right; %u of %u claims are not\n", not_right,
                   f->claims.list.n);
    else
        buf_printf(out, "right: %u gradient%s with the differences\n", right,
                   right == 1 ? " agrees" : "s agree");
    if (buf_status(&names) != DFOO_OK) out->failed = true;
    buf_free(&names);
}

void report_write(const findings *f, buf *out) {
    arena a;
    arena_init(&a, out->mem);
    buf_printf(out, "the gradients of %s in float64, against two-sided differences of %s\n",
               f->s->m->src.name, ir_var_name(f->s->g, f->s->m->cost));
    if (f->has_given) {
        write_given(f, &f->given.in, out);
        write_judgement(f, &f->given, &a, out);
        buf_puts(out, "\n");
    }
    buf_printf(out, "on a random instance (seed %llu)", (unsigned long long)f->random.in.seed);
    write_sizes(f, &f->random.in, out);
    write_judgement(f, &f->random, &a, out);
    write_control(f, out);
    if (f->claims.list.n) buf_puts(out, "\n");
    for (uint32_t i = 0; i < f->claims.list.n; i++) write_claim(f, &f->claims.list.at[i], out);
    buf_puts(out, "\n");
    write_verdict(f, out);
    if (arena_status(&a) != DFOO_OK) out->failed = true;
    arena_free(&a);
}
