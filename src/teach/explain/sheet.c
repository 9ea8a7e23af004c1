/* One or more gradients explained in a format: each document is told, proven, written, and freed. */
#include "teach/explain/layers.h"
#include "teach/explain/sheet.h"

#include <string.h>

static const renderer *renderer_of(dfoo_format format) {
    switch (format) {
    case DFOO_HTML: return &html_renderer;
    case DFOO_LATEX: return &latex_renderer;
    case DFOO_MARKDOWN: return &markdown_renderer;
    case DFOO_JSON: return &json_renderer;
    default: return &text_renderer;
    }
}

bool sheet_is_whole(const sheet *p) {
    return p->how->whole;
}

static bool stands_alone(const char *text, size_t i, size_t len) {
    return (i == 0 || strchr(" (", text[i - 1]) != NULL) && (i + 1 == len || strchr(" ,.:;)", text[i + 1]) != NULL);
}

bool sheet_is_letter(const char *text, size_t i, size_t len) {
    return text[i] >= 'b' && text[i] <= 'z' && stands_alone(text, i, len);
}

bool sheet_is_sign(const char *text, size_t i, size_t len) {
    return (text[i] == '*' || text[i] == '@') && stands_alone(text, i, len);
}

const char *sheet_untitled(const sheet *p) {
    size_t title = strlen(p->title);
    bool   titled = strncmp(p->head, "# ", 2) == 0 && strncmp(p->head + 2, p->title, title) == 0 && strncmp(p->head + 2 + title, ": ", 2) == 0;
    return p->head + (titled ? title + 4 : 0);
}

node_id sheet_formula(const gradient *v) {
    return v->shown ? v->whole : v->local;
}

/* --------------------------------------------------------------- mathematics */

typedef struct setting {
    const sheet    *p;
    const document *doc;
} setting;

static bool has_entries(const document *doc, const side *s) {
    if (s->v) return !shape_is_scalar(ir_var(doc->g, s->v)->sh);
    return s->n && !shape_is_scalar(ir_shape(doc->g, s->n));
}

static tex_part part(void *user, uint32_t number) {
    const setting *w = user;
    if (number >= w->doc->marks.n) return (tex_part){"", false};
    const side *s = &w->doc->marks.at[number];
    return (tex_part){sheet_tex(w->p, w->doc, s), has_entries(w->doc, s)};
}

/* Goes into marks that stand in formulas, which are as deep as our sentences are put together. */
const char *sheet_tex(const sheet *p, const document *doc, const side *s) {
    buf out;
    buf_init(&out, doc->a->mem);
    if (s->v) {
        buf_puts(&out, tex_name(&p->names, s->v, s->small));
    } else if (s->n) {
        tex_node(&p->names, s->n, s->small ? doc->lower : NULL, &out);
    } else if (s->x) {
        tex_index(&p->names, s->x, &s->style, &out);
    } else if (s->is_shape) {
        tex_shape(&p->names, s->sh, &out);
    } else {
        setting   w = {p, doc};
        tex_parts parts = {.part = part, .user = &w, .layers = s->layers};
        tex_formula(&p->names, s->notation ? s->notation : s->shown, &parts, &out);
    }
    const char *text = out.text ? arena_text(doc->a, out.text, out.len) : "";
    if (out.failed) doc->a->failed = true;
    buf_free(&out);
    return text ? text : "";
}

void sheet_checked(const explain_result *r, buf *out) {
    if (r->not_finite) {
        buf_puts(out, "not checked: at random values something of this is not finite, as behind a division by zero");
        return;
    }
    if (!r->points) {
        buf_printf(out, "checked on random values: %u identit%s ", r->n_identities, r->n_identities == 1 ? "y" : "ies");
        if (r->worst_identity > 0) buf_printf(out, "to %.0e", r->worst_identity);
        else buf_puts(out, "to the last bit");
    }
    if (r->n_derivatives)
        buf_printf(out, "%s%u derivative%s against differences to %.0e", r->points ? "checked at nine points: " : ", ", r->n_derivatives,
                   r->n_derivatives == 1 && !r->points ? "" : "s", r->worst_derivative);
    if (r->n_failed) buf_printf(out, "\n%u of these did NOT hold: this is a fault of dfoo, please report it", r->n_failed);
}

/* -------------------------------------------------------------------- telling */

/* One explanation, in an arena of its own. */
static dfoo_status explain_one(sheet *p, ir *g, var_id v, const program *run, const renderer *to, explain_result *result) {
    arena a;
    arena_init(&a, p->a->mem);
    document    doc = {.name = ir_var_name(p->g, derivation_find(p->d, v)->grad), .d = p->d, .g = p->g, .a = &a, .goal = v};
    tex         names = p->names;
    *result = (explain_result){0};
    p->names.a = &a;
    dfoo_status status = story_explain(&doc, g, run, p->how, result);
    if (status == DFOO_OK) status = arena_status(g->a); /* it has the nodes: without memory they would be wrong */
    if (status == DFOO_OK) {
        to->one(p, &doc, result);
        status = arena_status(&a);
    }
    p->names = names;
    arena_free(&a);
    return status;
}

static void add_result(explain_result *all, const explain_result *one) {
    all->n_identities += one->n_identities;
    all->n_derivatives += one->n_derivatives;
    all->n_failed += one->n_failed;
    all->not_finite = all->not_finite || one->not_finite;
    if (one->worst_identity > all->worst_identity) all->worst_identity = one->worst_identity;
    if (one->worst_derivative > all->worst_derivative) all->worst_derivative = one->worst_derivative;
}

/* The functions of the table that lead to the cost, but the elements (log, exp), if the caller can explain them. */
static dfoo_status find_functions(sheet *p) {
    for (uint32_t i = 0; i < p->m->forward.list.n && p->how->function; i++) {
        const stmt *s = &p->m->forward.list.at[i];
        node_list   need = {{0}};
        if (!derivation_find(p->d, s->var)) continue;
        DFOO_TRY(ir_reach(p->g, p->a, &s->node, 1, &need));
        for (uint32_t k = 0; k < need.list.n; k++) {
            op_id op = (op_id)ir_node(p->g, need.list.at[k])->op;
            if (explain_is_function(op) && op_table[op].definition[0]) p->has_function[op] = true;
        }
    }
    return DFOO_OK;
}

static dfoo_status write_sheet(sheet *p, ir *g, const program *run, explain_result *result) {
    const renderer *to = renderer_of(p->how->format);
    p->has = arena_new(p->a, g->vars.n);
    if (!p->has) return DFOO_ENOMEM;
    for (uint32_t i = 0; i < p->n_goals; i++) p->has[p->goals[i]] = true;
    DFOO_TRY(tex_init(&p->names, p->m, p->a));
    if (sheet_is_whole(p)) DFOO_TRY(find_functions(p));
    to->begin(p);
    for (uint32_t i = 0; i < p->n_goals; i++) {
        explain_result one;
        DFOO_TRY(explain_one(p, g, p->goals[i], run, to, &one));
        add_result(result, &one);
    }
    for (int op = 1; op < OP_COUNT; op++) {
        dfoo_status told = p->has_function[op] ? p->how->function(p->how->user, (op_id)op, p) : DFOO_OK;
        result->n_failed += told == DFOO_NO;
        if (told != DFOO_NO) DFOO_TRY(told);
    }
    to->end(p);
    DFOO_TRY(arena_status(p->a));
    return buf_status(p->out);
}

dfoo_status explain_gradients(const derivation *d, ir *g, const var_id *goals, uint32_t n, const program *run, const explain_options *how,
                              buf *out, explain_result *result) {
    arena a;
    buf   head;
    *result = (explain_result){0};
    for (uint32_t i = 0; i < n; i++)
        if (!derivation_find(d, goals[i])) return DFOO_EINPUT;
    arena_init(&a, out->mem);
    buf_init(&head, out->mem);
    dfoo_status status = explain_head(d, NULL, &head);
    if (status == DFOO_OK && how->whole) status = explain_layers(d, &a, &head);
    sheet       p = {.m = d->m, .d = d, .g = &d->m->g, .how = how, .title = d->m->src.name, .head = head.text ? head.text : "", .goals = goals, .n_goals = n, .a = &a, .out = out};
    if (status == DFOO_OK) status = write_sheet(&p, g, run, result);
    buf_free(&head);
    arena_free(&a);
    if (status != DFOO_OK) return status;
    return result->n_failed ? DFOO_NO : DFOO_OK;
}

/* On a sheet of its own, or on that of a model which uses it. */
dfoo_status sheet_function(const model *m, const document *doc, const explain_options *how, buf *out, const explain_result *result) {
    const renderer *to = renderer_of(how->into ? how->into->how->format : how->format);
    arena           a;
    arena_init(&a, out->mem);
    sheet p = how->into ? *how->into : (sheet){.how = how, .title = doc->name, .head = "", .out = out};
    p.m = m;
    p.g = &m->g;
    p.a = &a;
    dfoo_status status = tex_init(&p.names, m, &a);
    p.names.numbers = true;
    if (status == DFOO_OK) {
        if (!how->into) to->begin(&p);
        to->one(&p, doc, result);
        if (!how->into) to->end(&p);
        status = arena_status(&a);
    }
    arena_free(&a);
    if (status == DFOO_OK) status = arena_status(doc->a);
    if (status == DFOO_OK) status = buf_status(p.out);
    return status == DFOO_OK && result->n_failed ? DFOO_NO : status;
}

/* A gradient that says something: not that the cost changes with itself, not a matrix of ones. */
static bool is_explained(const derivation *d, const gradient *v) {
    const ir   *g = &d->m->g;
    const node *x = v->whole ? ir_node(g, v->whole) : NULL;
    bool        trivial = !x || x->op == OP_NUMBER || x->op == OP_ONES || (x->op == OP_MUL && ir_node(g, x->arg[1])->op == OP_ONES);
    return !v->given && (v->shown || (!trivial && ir_var(g, v->var)->kind != VAR_INPUT));
}

dfoo_status explain_goals(const derivation *d, arena *a, var_id **goals, uint32_t *n) {
    *n = 0;
    *goals = arena_new(a, (d->list.n + 1) * sizeof **goals);
    if (!*goals) return DFOO_ENOMEM;
    for (uint32_t i = 0; i < d->list.n; i++)
        if (is_explained(d, &d->list.at[i])) (*goals)[(*n)++] = d->list.at[i].var;
    return DFOO_OK;
}
