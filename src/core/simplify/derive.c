/* From the sweep's raw gradients to the lines that are shown.
 *
 * First every gradient is simplified over the gradients that stand before it (local). Then
 * those are chosen that stand under their own name: a parameter's, one that is used twice,
 * enters a product or a reduction, or sums paths that come through several variables. The
 * others are substituted where they are used, and that is simplified again (whole). */
#include <assert.h>
#include <string.h>

#include "core/simplify/engine.h"
#include "core/simplify/simplify.h"

/* Where a gradient stands in others. */
typedef struct use_count {
    uint32_t uses;       /* how often, */
    uint32_t users;      /* in how many of them, */
    uint32_t last_user;  /* the last of these: 1 + index in the list */
    bool     in_product; /* does it enter a product or a reduction? */
} use_count;

typedef struct pass {
    derivation   *d;
    ir           *g;
    arena        *a;
    simplifier    w;
    uint32_t     *gradient_of; /* by var_id of dV: 1 + index in the list */
    use_count    *of;          /* by var_id of dV */
} pass;

/* By bit of USED_..: what a form's arithmetic did, and a sentence for it. */
static const struct {
    const char *name, *sentence;
} kinds[] = {
    {"common denominator", "summands are put over one denominator"},
    {"cancel", "what stands above and below a fraction's line cancels"},
    {"collect", "equal terms are added, and factors that all summands have are taken out"},
    {"known under a name", "a formula that has a name is written by its name"},
    {"signs, 0 and 1", "signs are put in front, and factors 1 and summands 0 left out"},
    {"columns of the labels sum to 1", "every example has one class: its labels sum to 1"},
    {"constant factors leave the sum", "a factor that is the same for all summands is taken out of the sum"},
    {"written in exp", "functions of the same z are written in exp(-z), where their factors cancel"},
    {"transpose of a product", "transposing a product reverses it, and numbers move out of it"},
    {"powers and roots", "the exponents of powers and roots of the same thing are added"},
    {"deviations from their mean", "the deviations from a mean add up to 0"},
    {"functions by their names",
     "exp(z) over the sum of all exp(z) is softmax(z), whose entries add up to 1, and sinh over cosh tanh"},
};

static const char *rule_text(arena *a, uint32_t used) {
    const char *text = NULL;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (used & (1u << i)) text = text ? arena_format(a, "%s, %s", text, kinds[i].name) : kinds[i].name;
    return text ? text : "arithmetic";
}

const char *simplify_sentences(arena *a, const char *names) {
    const char *text = NULL;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strstr(names, kinds[i].name))
            text = text ? arena_format(a, "%s; %s", text, kinds[i].sentence) : kinds[i].sentence;
    return text ? text : "numbers are multiplied out, and factors put in order";
}

static void record(pass *p, const gradient *v, node_id before, node_id after, uint32_t used) {
    assert(v->var);
    if (before == after || !after) return;
    vec_push(p->a, &p->d->trail,
             (step){.kind = TRAIL_REWRITE,
                    .stmt = v->stmt,
                    .goal = v->var,
                    .in = before,
                    .out = after,
                    .rule = rule_text(p->a, used)});
}

static gradient *gradient_at(pass *p, node_id n) {
    const node *x = ir_node(p->g, n);
    if (x->op != OP_VAR || x->ref >= p->w.n_vars || !p->gradient_of[x->ref]) return NULL;
    return &p->d->list.at[p->gradient_of[x->ref] - 1];
}

/* Counts where gradients stand in one local form. */
static void count_use(pass *p, var_id grad, uint32_t user) {
    assert(grad < p->w.n_vars && user > 0);
    use_count *c = &p->of[grad];
    c->uses++;
    if (c->last_user != user) c->users++;
    c->last_user = user;
}

static dfoo_status count_uses(pass *p, node_id root, uint32_t user) {
    node_list need = {{0}};
    DFOO_TRY(ir_reach(p->g, p->a, &root, 1, &need));
    if (!need.list.n) return DFOO_OK;
    bool   *under = arena_new(p->a, need.list.n);
    if (!under) return DFOO_ENOMEM;
    if (gradient_at(p, root)) count_use(p, ir_node(p->g, root)->ref, user);
    for (uint32_t i = need.list.n; i-- > 0;) {
        const node *x = ir_node(p->g, need.list.at[i]);
        bool        product = op_table[x->op].arity && !op_elementwise((op_id)x->op);
        for (int k = 0; k < op_table[x->op].arity; k++) {
            const node *arg = ir_node(p->g, x->arg[k]);
            under[node_list_place(&need, x->arg[k])] |= product || under[i];
            if (!gradient_at(p, x->arg[k])) continue;
            count_use(p, arg->ref, user);
            p->of[arg->ref].in_product |= under[node_list_place(&need, x->arg[k])];
        }
    }
    return DFOO_OK;
}

/* A number, ones, or a name: written out wherever it is used. */
static bool is_trivial(const ir *g, node_id n) {
    const node *x = ir_node(g, n);
    double      value;
    if (op_table[x->op].arity == 0) return true;
    if (ir_is_eye(g, x)) return true;
    if (x->op == OP_MUL)
        return is_trivial(g, x->arg[0]) &&
               (ir_node(g, x->arg[1])->op == OP_ONES || ir_is_eye(g, ir_node(g, x->arg[1])));
    if (x->op == OP_DIV || x->op == OP_NEG)
        return shape_is_scalar(x->sh) && (x->op == OP_NEG || ir_is_number(g, x->arg[0], &value));
    return false;
}

static bool is_alias(pass *p, node_id n) {
    const gradient *v = gradient_at(p, n);
    return v && !v->shown && !v->given;
}

static void choose_shown(pass *p, const bool *wanted) {
    for (uint32_t i = 0; i < p->d->list.n; i++) {
        gradient *v = &p->d->list.at[i];
        use_count c = p->of[v->grad];
        bool      used = c.uses > 1 || c.in_product || (v->n_through > 1 && c.uses);
        bool      short_form = is_trivial(p->g, v->local) && !is_alias(p, v->local);
        v->shown = v->part == PART_GOAL || (v->part == PART_STEP && used && !short_form);
        if (wanted && wanted[v->var]) v->shown = true;
    }
}

typedef struct writing_out {
    pass *p;
    bool  trivial;
} writing_out;

static node_id write_out(void *user, ir *g, node_id n, const node_id *args) {
    const writing_out *w = user;
    const gradient    *v = gradient_at(w->p, n);
    bool trivial = v && v->local && is_trivial(g, v->local) && !gradient_at(w->p, v->local);
    bool written = v && !v->given && (w->trivial ? trivial : !v->shown);
    return written ? v->whole : ir_rebuild(g, n, args);
}

/* A form with the gradients that are not shown (`trivial`: those that are a number, ones, or
 * a name of the forward pass) replaced by what they are. */
static node_id substitute(pass *p, node_id root, bool trivial) {
    writing_out w = {p, trivial};
    node_id     before = 0;
    while (root && root != before) { /* a line written out can be from when others still had theirs */
        before = root;
        root = ir_map(p->g, p->a, root, write_out, &w);
    }
    return root;
}

static dfoo_status make_local(pass *p) {
    for (uint32_t i = 0; i < p->d->list.n; i++) {
        gradient *v = &p->d->list.at[i];
        uint32_t  used = 0;
        v->first_step = p->d->trail.n;
        if (v->given || !v->raw) continue;
        node_id raw = substitute(p, v->raw, true);
        node_id tidy = raw ? simplifier_tidy(&p->w, raw) : 0;
        v = &p->d->list.at[i];
        v->local = raw ? simplifier_run(&p->w, raw, &used) : 0;
        if (!v->local) return arena_status(p->a) == DFOO_OK ? DFOO_EINPUT : DFOO_ENOMEM;
        v->whole = v->local;
        record(p, v, raw, tidy, USED_TIDY);
        record(p, v, tidy, v->local, used & ~(uint32_t)USED_TIDY);
        v->n_steps = p->d->trail.n - v->first_step;
        if (v->part != PART_ASIDE) DFOO_TRY(count_uses(p, v->local, i + 1));
    }
    return arena_status(p->a);
}

/* The gradients that stand in a gradient's line and nowhere else, and could be written out there. */
static dfoo_status only_users(pass *p, const gradient *v, node_list *out) {
    node_list need = {{0}};
    uint32_t  user = p->gradient_of[v->grad];
    DFOO_TRY(ir_reach(p->g, p->a, &v->local, 1, &need));
    for (uint32_t i = 0; i < need.list.n; i++) {
        const gradient *u = gradient_at(p, need.list.at[i]);
        if (u && u->shown && !u->given && u->part == PART_STEP &&
            p->of[u->grad].users == 1 && p->of[u->grad].last_user == user)
            vec_push(p->a, &out->list, need.list.at[i]);
    }
    return arena_status(p->a);
}

static bool is_product(const void *user, const ir *g, const node *x) {
    (void)user;
    (void)g;
    return x->op == OP_MATMUL;
}

/* How long line v may become when u is written out in it: no longer than it is; where no matrix product is
 * near, not longer than both lines together, or, with a sum in u, than v and half of u. */
static bool is_short(pass *p, const gradient *v, const gradient *u, node_id whole) {
    double cost = build_cost(&p->w.b, whole), now = build_cost(&p->w.b, v->whole);
    bool   apart = ir_some(p->g, p->a, v->local, is_product, NULL) ||
                 ir_some(p->g, p->a, u->whole, is_product, NULL);
    bool   joins = ir_some(p->g, p->a, u->whole, engine_joins_entries, NULL);
    return apart ? cost <= now : cost < now + build_cost(&p->w.b, u->whole) / (joins ? 2 : 1);
}

/* Where such a gradient can be written out without making things longer, it needs no line of its
 * own: with softmax and cross-entropy dA3 vanishes in dZ3 = A3 - Y. */
static dfoo_status try_without(pass *p, gradient *v, const bool *wanted) {
    node_list only = {{0}};
    if (v->part == PART_ASIDE) return DFOO_OK;
    DFOO_TRY(only_users(p, v, &only));
    for (uint32_t i = only.list.n; i-- > 0;) {
        gradient *u = gradient_at(p, only.list.at[i]);
        if (wanted && wanted[u->var]) continue;
        u->shown = false;
        uint32_t used = 0;
        node_id  n = substitute(p, v->local, false);
        node_id  whole = n ? simplifier_run(&p->w, n, &used) : 0;
        if (whole && is_short(p, v, u, whole)) v->whole = whole;
        else u->shown = true;
    }
    return arena_status(p->a);
}

static dfoo_status write_whole(pass *p, gradient *v) {
    uint32_t used = 0;
    node_id  n = substitute(p, v->local, false);
    v->whole = n == v->local ? n : n ? simplifier_run(&p->w, n, &used) : 0;
    if (v->whole) return arena_status(p->a);
    return arena_status(p->a) == DFOO_OK ? DFOO_EINPUT : DFOO_ENOMEM;
}

static dfoo_status make_whole(pass *p, const bool *wanted) {
    for (uint32_t i = 0; i < p->d->list.n; i++) {
        gradient *v = &p->d->list.at[i];
        v->shown |= v->given;
        if (v->given) continue;
        DFOO_TRY(write_whole(p, v));
        DFOO_TRY(try_without(p, v, wanted));
    }
    return arena_status(p->a);
}

/* What had no say in what is shown was perhaps written before that was decided. */
static dfoo_status write_others(pass *p) {
    for (uint32_t i = 0; i < p->d->list.n; i++) {
        gradient *v = &p->d->list.at[i];
        bool      other = !v->shown || v->part == PART_ASIDE;
        if (other && !v->given) DFOO_TRY(write_whole(p, v));
    }
    return DFOO_OK;
}

/* Counts again on what is shown now. */
static dfoo_status recount(pass *p) {
    memset(p->of, 0, p->w.n_vars * sizeof *p->of);
    for (uint32_t i = 0; i < p->d->list.n; i++) {
        const gradient *v = &p->d->list.at[i];
        if (v->shown && !v->given && v->part != PART_ASIDE)
            DFOO_TRY(count_uses(p, v->whole, i + 1));
    }
    return DFOO_OK;
}

/* A gradient that has become an ordinary factor of one other line loses its own. */
static dfoo_status drop_needless(pass *p, const bool *wanted, bool *dropped) {
    *dropped = false;
    DFOO_TRY(recount(p));
    for (uint32_t i = 0; i < p->d->list.n; i++) {
        gradient *v = &p->d->list.at[i];
        use_count c = p->of[v->grad];
        bool      asked = wanted && wanted[v->var];
        if (!v->shown || v->given || asked || v->part != PART_STEP) continue;
        if (c.uses > 1 || c.in_product || v->n_through > 1) continue;
        v->shown = false;
        *dropped = true;
    }
    return DFOO_OK;
}

static void record_whole(pass *p) {
    for (uint32_t i = 0; i < p->d->list.n; i++) {
        gradient *v = &p->d->list.at[i];
        uint32_t  used = 0;
        if (v->given || v->whole == v->local) continue;
        node_id n = substitute(p, v->local, false);
        if (n) simplifier_run(&p->w, n, &used);
        if (n) record(p, v, n, v->whole, used);
    }
}

dfoo_status simplify_derivation(derivation *d, ir *g, arena *a, const bool *wanted) {
    pass p = {.d = d, .g = g, .a = a};
    DFOO_TRY(simplifier_init(&p.w, g, a, d));
    p.gradient_of = arena_new(a, p.w.n_vars * sizeof *p.gradient_of);
    p.of = arena_new(a, p.w.n_vars * sizeof *p.of);
    if (!p.gradient_of || !p.of) return DFOO_ENOMEM;
    for (uint32_t i = 0; i < d->list.n; i++) p.gradient_of[d->list.at[i].grad] = i + 1;
    DFOO_TRY(make_local(&p));
    choose_shown(&p, wanted);
    DFOO_TRY(make_whole(&p, wanted));
    bool dropped = true;
    for (int rounds = 0; dropped && rounds < 3; rounds++) {
        DFOO_TRY(drop_needless(&p, wanted, &dropped));
        if (dropped) DFOO_TRY(make_whole(&p, wanted));
    }
    DFOO_TRY(write_others(&p));
    record_whole(&p);
    return arena_status(a);
}
