/* One or more gradients explained in a format: each document is told, proven, written, and freed. */
#include "teach/explain/explain.h"

#include <assert.h>

#include "teach/derive/derive.h"
#include "teach/page/sheet.h"
#include "teach/verify/verify.h"

/* One explanation, in an arena of its own. */
static dfoo_status explain_one(sheet *p, const document *common, var_id v, const program *run,
                               const tell_options *opt, explain_result *result) {
    ir   *g = common->g;
    arena a;
    arena_init(&a, p->a->mem);
    document doc = *common;
    doc.name = opt->page ? primer_name(opt->page) : ir_var_name(p->g, derivation_find(p->d, v)->grad);
    doc.a = &a;
    doc.goal = v;
    notation    names = p->names;
    *result = (explain_result){0};
    p->names.a = &a;
    dfoo_status status = opt->page ? primer_tell(&doc, run, opt, result)
                                   : tell_gradient(&doc, run, opt, result);
    if (status == DFOO_OK)
        status = arena_status(g->a); /* it has the nodes: without memory they would be wrong */
    if (status == DFOO_OK) {
        p->to->one(p, &doc, result);
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

/* The functions of the table that lead to the cost, but the elements (log, exp), if the caller can explain
 * them. */
static dfoo_status find_functions(sheet *p, const explain_options *how) {
    for (uint32_t i = 0; i < p->m->forward.list.n && how->function; i++) {
        const stmt *s = &p->m->forward.list.at[i];
        node_list   need = {{0}};
        if (!derivation_find(p->d, s->var)) continue;
        DFOO_TRY(ir_reach(p->g, p->a, &s->node, 1, &need));
        for (uint32_t k = 0; k < need.list.n; k++) {
            op_id op = (op_id)ir_node(p->g, need.list.at[k])->op;
            if (tell_is_function(op) && op_table[op].definition[0]) p->has_function[op] = true;
        }
    }
    return DFOO_OK;
}

static dfoo_status write_sheet(sheet *p, ir *g, const program *run, const explain_options *how,
                               explain_result *result) {
    p->has = arena_new(p->a, g->vars.n);
    if (!p->has) return DFOO_ENOMEM;
    for (uint32_t i = 0; i < p->n_goals; i++) p->has[p->goals[i]] = true;
    DFOO_TRY(notation_init_with(&p->names, p->m, p->a, &p->style));
    p->names.to = p->to->mathematics;
    if (p->whole) DFOO_TRY(find_functions(p, how));
    p->to->begin(p);
    bool     fixed = how->tell.page && primer_is_scalar(how->tell.page);
    document common = {.d = p->d, .g = g, .a = p->a, .at = fixed ? how->tell.sizes : NULL};
    DFOO_TRY(doc_open(&common));
    DFOO_TRY(tell_outline(p->d, g, p->a, &common.outline));
    DFOO_TRY(ground_open(p->d, run, how->tell.seed, p->a, &common.ground));
    for (uint32_t i = 0; i < p->n_goals; i++) {
        explain_result one;
        DFOO_TRY(explain_one(p, &common, p->goals[i], run, &how->tell, &one));
        add_result(result, &one);
    }
    for (int op = 1; op < OP_COUNT; op++) {
        dfoo_status told = p->has_function[op] ? how->function(how->user, (op_id)op, p) : DFOO_OK;
        result->n_failed += told == DFOO_NO;
        if (told != DFOO_NO) DFOO_TRY(told);
    }
    if (p->to->end) p->to->end(p);
    DFOO_TRY(arena_status(p->a));
    return buf_status(p->out);
}

dfoo_status explain_gradients(const derivation *d, ir *g, const var_id *goals, uint32_t n, const program *run,
                              const explain_options *how, buf *out, explain_result *result) {
    arena a;
    buf   head;
    *result = (explain_result){0};
    for (uint32_t i = 0; i < n; i++)
        if (!derivation_find(d, goals[i])) return DFOO_EINPUT;
    arena_init(&a, out->mem);
    buf_init(&head, out->mem);
    dfoo_status status = derive_head(d, NULL, &head);
    if (status == DFOO_OK && how->whole) status = derive_layers(d, &a, &head);
    sheet p = {.m = d->m,
               .d = d,
               .g = &d->m->g,
               .to = page_format_find(how->format)->to,
               .whole = how->whole,
               .standalone = how->standalone,
               .title = d->m->src.name,
              .numbered = how->numbered,
              .style = how->style,
              .topic = how->tell.page ? primer_name(how->tell.page) : NULL,
               .head = head.text ? head.text : "",
               .goals = goals,
               .n_goals = n,
               .a = &a,
               .out = out};
    p.style.d = d;
    if (status == DFOO_OK) status = write_sheet(&p, g, run, how, result);
    buf_close(&head, out);
    arena_free(&a);
    if (status != DFOO_OK) return status;
    return result->n_failed ? DFOO_NO : DFOO_OK;
}

dfoo_status explain_page_goal(const derivation *d, ir *g, arena *a, const primer_page *page, var_id *goal) {
    document doc = {.d = d, .g = g, .a = a};
    DFOO_TRY(doc_open(&doc));
    DFOO_TRY(tell_outline(d, g, a, &doc.outline));
    return primer_goal(&doc, page, goal);
}

enum { MOST_OPERANDS = 3 };

/* A function by each of its operands, on a sheet of its own or on that of a model which uses it. */
static dfoo_status write_function(const model *m, const document *docs, uint32_t n,
                                  const explain_options *how, buf *out, const explain_result *results) {
    arena a;
    arena_init(&a, out->mem);
    sheet p = how->into ? *how->into
                        : (sheet){.to = page_format_find(how->format)->to,
                                  .standalone = how->standalone,
                                  .title = docs->name,
                                  .head = "",
                                  .out = out};
    p.m = m;
    p.g = &m->g;
    p.a = &a;
    dfoo_status status = notation_init(&p.names, m, &a);
    p.names.to = p.to->mathematics;
    p.names.numbers = true;
    if (status == DFOO_OK) {
        if (!how->into) p.to->begin(&p);
        for (uint32_t i = 0; i < n; i++) {
            p.n_written = i;
            p.to->one(&p, &docs[i], &results[i]);
        }
        if (!how->into && p.to->end) p.to->end(&p);
        status = arena_status(&a);
    }
    arena_free(&a);
    if (status == DFOO_OK) status = arena_status(docs->a);
    return status == DFOO_OK ? buf_status(p.out) : status;
}

/* "x, y"; NULL where there is one. */
static const char *operands_of(model *m, const var_id *z, uint32_t n) {
    const char *out = n > 1 ? ir_var_name(&m->g, z[0]) : NULL;
    for (uint32_t i = 1; i < n && out; i++)
        out = arena_format(m->g.a, "%s, %s", out, ir_var_name(&m->g, z[i]));
    return out;
}

dfoo_status explain_function(model *m, const char *title, const var_id *z, uint32_t n, node_id def,
                             const explain_function_how *how, const explain_options *opt, buf *out,
                             explain_result *result) {
    document       docs[MOST_OPERANDS];
    explain_result results[MOST_OPERANDS];
    const char    *operands = operands_of(m, z, n);
    *result = (explain_result){.points = true};
    assert(n && n <= MOST_OPERANDS);
    for (uint32_t i = 0; i < n; i++) {
        docs[i] = (document){.name = title, .g = &m->g, .a = m->g.a, .operands = operands};
        DFOO_TRY(tell_function(&docs[i], z[i], def, how, &results[i]));
        add_result(result, &results[i]);
    }
    DFOO_TRY(write_function(m, docs, n, opt, out, results));
    return result->n_failed ? DFOO_NO : DFOO_OK;
}

/* A gradient that says something: not that the cost changes with itself, not a matrix of ones. */
static bool is_explained(const derivation *d, const gradient *v) {
    const ir   *g = &d->m->g;
    const node *x = v->whole ? ir_node(g, v->whole) : NULL;
    bool        trivial = !x || x->op == OP_NUMBER || x->op == OP_ONES ||
                          (x->op == OP_MUL && ir_node(g, x->arg[1])->op == OP_ONES);
    return !v->given && (v->shown || (!trivial && ir_var(g, v->var)->kind != VAR_INPUT));
}

dfoo_status explain_goals(const derivation *d, arena *a, var_id **goals, uint32_t *n) {
    *n = 0;
    *goals = arena_new(a, (d->list.n + 1) * sizeof **goals);
    if (!*goals) return DFOO_ENOMEM;
    for (int steps = 0; steps < 2; steps++) /* what `derive` shows, then the steps between */
        for (uint32_t i = 0; i < d->list.n; i++)
            if (is_explained(d, &d->list.at[i]) && d->list.at[i].shown != (steps != 0))
                (*goals)[(*n)++] = d->list.at[i].var;
    return DFOO_OK;
}
