/* The report of a diagnosis: what was judged and on what, a line for each answer, where the first mistake
 * is, what could be thought about, the matrices if they are asked for. */
#include <string.h>

#include "teach/check/beside.h"
#include "teach/diagnosis/inside.h"

typedef struct page {
    const diagnosis      *d;
    const report_options *opt;
    const sheet_way      *way;
    int                   hint;
    arena                 a;
    buf                  *out;
} page;

/* A text from a buffer, kept in the page's arena; the buffer is empty again. */
static const char *take(page *p, buf *b) {
    const char *text = arena_text(&p->a, b->text ? b->text : "", b->len);
    if (buf_status(b) != DFOO_OK) p->a.failed = true;
    buf_free(b);
    buf_init(b, p->a.mem);
    return text ? text : "";
}

/* --------------------------------------------------------------------- head */

static void write_cases(page *p) {
    const model *m = p->d->m;
    buf          b;
    buf_init(&b, p->a.mem);
    if (p->d->is_given) buf_puts(&b, "judged on the given arrays: ");
    else buf_printf(&b, "judged on %u random cases (seed %llu): ", p->d->n_instances,
                    (unsigned long long)p->d->seed);
    for (uint32_t i = 0; i < m->size_names.n && i < 12; i++) {
        sym name = m->size_names.at[i];
        buf_printf(&b, "%s%s = %zu", i ? ", " : "", symbols_name(m->g.names, name), p->d->in[0].sz.of[name]);
    }
    p->way->paragraph(p->out, take(p, &b), false);
}

/* -------------------------------------------------------------------- table */

static const char *line_cell(page *p, const diagnosed *x) {
    const char *text = x->is.text ? x->is.text : "";
    return x->is.line ? arena_format(&p->a, "line %u: %s", x->is.line, text) : text;
}

static void write_table(page *p) {
    sheet_rows rows = {{0}};
    vec_push(&p->a, &rows.list, (sheet_row){{"gradient", "verdict", "line", "what"}});
    for (uint32_t i = 0; i < p->d->list.n; i++) {
        const diagnosed *x = &p->d->list.at[i];
        const char      *line = line_cell(p, x), *what = diagnosed_message(p->d, x, p->hint, &p->a);
        vec_push(&p->a, &rows.list, (sheet_row){{x->is.name, answer_word(x), line ? line : "", what}});
    }
    if (rows.list.n > 1) p->way->table(p->out, &rows);
}

/* ------------------------------------------------------------------ matrices */

/* Side by side, the entries that differ marked. */
static void show_matrices(page *p, const diagnosed *x) {
    buf b;
    if (!x->is.value.at || !x->expected.at) return;
    buf_init(&b, p->a.mem);
    beside_put(x->is.name, "what follows from the lines before it", x->is.value, x->expected, &b);
    p->way->lines(p->out, take(p, &b));
    buf_free(&b);
}

/* -------------------------------------------------------------------- words */

static void put_place(const diagnosed *x, buf *b) {
    if (x->is.line) buf_printf(b, "line %u, ", x->is.line);
    buf_puts(b, x->is.name);
}

/* What is wrong in words, and why that matters. */
static void write_mistake(page *p, const diagnosed *x) {
    buf b;
    buf_init(&b, p->a.mem);
    if (p->hint >= HINT_NAME && x->names.n) {
        const mistake *what = x->names.at[0].what;
        put_place(x, &b);
        buf_printf(&b, ": %s. %s.", what->sentence, group_whys[what->group]);
        p->way->paragraph(p->out, take(p, &b), false);
    }
    if (p->opt->show) show_matrices(p, x);
    const gradient *v = p->opt->derived && x->of ? derivation_find(p->opt->derived, x->of->var) : NULL;
    if (p->hint < HINT_ANSWER || !v) return;
    buf_printf(&b, "the right line: %s = ", ir_var_name(&p->d->m->g, v->grad));
    print_node(&p->d->m->g, v->shown ? v->whole : v->local, &b);
    buf_puts(&b, "; why: dfoo explain ");
    lang_put_called(p->d->m, &b);
    buf_printf(&b, " %s", ir_var_name(&p->d->m->g, v->grad));
    p->way->paragraph(p->out, take(p, &b), false);
    buf_free(&b);
}

static void write_missing(page *p) {
    buf b;
    buf_init(&b, p->a.mem);
    for (uint32_t i = 0; i < p->d->missing.n; i++)
        buf_printf(&b, "%sd%s", i ? ", " : "missing: ", ir_var_name(&p->d->m->g, p->d->missing.at[i]));
    if (p->d->missing.n) p->way->paragraph(p->out, take(p, &b), false);
    buf_free(&b);
}

static void write_verdict(page *p) {
    const diagnosis *d = p->d;
    buf              b;
    buf_init(&b, p->a.mem);
    if (d->n_wrong) {
        buf_puts(&b, d->n_wrong == 1 ? "one mistake: " : "the first mistake: ");
        put_place(&d->list.at[d->first_wrong], &b);
    } else if (!d->list.n) buf_puts(&b, "nothing was judged: there is no gradient of this model");
    else buf_printf(&b, "right: %u of %u", d->list.n, d->list.n);
    p->way->paragraph(p->out, take(p, &b), true);
    for (uint32_t i = 0; i < d->list.n; i++)
        if (answer_is_wrong(d->list.at[i].verdict)) write_mistake(p, &d->list.at[i]);
    buf_free(&b);
}

void diagnosis_report(const diagnosis *d, const report_options *opt, buf *out) {
    if (opt->kind == REPORT_JSON) {
        diagnosis_json(d, opt, out);
        return;
    }
    page p = {.d = d, .opt = opt, .way = &sheet_ways[opt->kind], .out = out};
    p.hint = opt->hint ? opt->hint : HINT_NAME;
    arena_init(&p.a, out->mem);
    const char *title = arena_format(&p.a, "%s, against the gradients of %s",
                                     opt->source ? opt->source : "the claims", d->m->src.name);
    p.way->begin(out, title ? title : "");
    write_cases(&p);
    write_table(&p);
    write_missing(&p);
    write_verdict(&p);
    p.way->end(out);
    if (arena_status(&p.a) != DFOO_OK) out->failed = true;
    arena_free(&p.a);
}
