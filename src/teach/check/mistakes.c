/* Where the rows of the table apply: each step of the unsimplified derivation against each
 * row, and the row's text built there. */
#include <assert.h>
#include <string.h>

#include "teach/check/mistakes.h"

enum { OPERAND_a, OPERAND_b, OPERAND_c };

const char *const group_names[GROUP_COUNT] = {
#define GROUP(ID, NAME, WHY) [GROUP_##ID] = NAME,
#include "teach/check/mistakes.def"
};

const char *const group_whys[GROUP_COUNT] = {
#define GROUP(ID, NAME, WHY) [GROUP_##ID] = WHY,
#include "teach/check/mistakes.def"
};

#define LOCAL(OP, OPERAND) .place = AT_LOCAL, .op = OP_##OP, .operand = OPERAND_##OPERAND
#define FUNCTION .place = AT_FUNCTION
#define REDUCE .place = AT_REDUCE
#define TO_COST .place = AT_TO_COST
#define TO_LOSS .place = AT_TO_LOSS
#define MEET .place = AT_MEET
#define LAST .place = AT_LAST
#define PENALTY .place = AT_PENALTY
#define EXAMPLES .place = AT_EXAMPLES
#define AROUND .place = AT_AROUND
#define OTHER_AXIS(PLACE) PLACE, .flipped = true
#define MISSHAPEN(PLACE) PLACE, .misshapen = true

const mistake mistake_table[] = {
#define MISTAKE(NAME, GROUP, PLACE, TEXT, SENTENCE) \
    {.name = NAME, .group = GROUP_##GROUP, PLACE, .text = TEXT, .sentence = SENTENCE},
#include "teach/check/mistakes.def"
};
const uint32_t mistake_count = sizeof mistake_table / sizeof *mistake_table;

/* ------------------------------------------------- other things a text can name */

/* An operation with a variable as an operand. */
typedef struct use {
    uint8_t op, operand;
    node_id leaf;
} use;

typedef struct place {
    const subject *s;
    ir            *g;
    arena         *a;
    VEC(use) uses;
    node_id *formula; /* by var_id: what defines it */
    node_id *image;   /* by var_id: the variable that a function makes of it */
    bool    *last;    /* by number in the trail: is it the last step of a gradient? */
    const ast **text; /* by row */
} place;

static bool is_function(const node *x) {
    op_id op = (op_id)x->op;
    return op == OP_OPEN || (op_elementwise(op) && op_of_one(op) && !(op_table[op].flags & OP_FLAG_INFIX));
}

static dfoo_status look_round(place *p) {
    const subject *s = p->s;
    p->formula = arena_new(p->a, p->g->vars.n * sizeof *p->formula);
    p->image = arena_new(p->a, p->g->vars.n * sizeof *p->image);
    if (!p->formula || !p->image) return DFOO_ENOMEM;
    for (uint32_t i = 0; i < s->right.forward.list.n; i++) {
        stmt        st = s->right.forward.list.at[i];
        const node *x = ir_node(p->g, st.node), *arg = ir_node(p->g, x->arg[0]);
        p->formula[st.var] = st.node;
        bool made = is_function(x) || x->op == OP_SOFTMAX;
        if (made && arg->op == OP_VAR) p->image[arg->ref] = ir_var(p->g, st.var)->leaf;
    }
    for (uint32_t i = 0; i < s->nodes.list.n; i++) {
        const node *x = ir_node(p->g, s->nodes.list.at[i]);
        for (int k = 0; k < op_table[x->op].arity; k++)
            if (ir_node(p->g, x->arg[k])->op == OP_VAR)
                vec_push(p->a, &p->uses, (use){x->op, (uint8_t)k, x->arg[k]});
    }
    return arena_status(p->a);
}

/* The number of the last step that makes a gradient what it is. */
static dfoo_status find_last_steps(place *p) {
    const derivation *d = &p->s->right;
    p->last = arena_new(p->a, d->trail.n + 1);
    if (!p->last) return DFOO_ENOMEM;
    for (uint32_t i = 0; i < d->list.n; i++)
        for (uint32_t k = d->trail.n; k-- > 0;) {
            if (d->trail.at[k].out != d->list.at[i].raw) continue;
            p->last[k] = true;
            break;
        }
    return DFOO_OK;
}

/* Z1 for A1 = tanh(Z1), also where tanh(Z1) stands without a name. */
static node_id argument_of(const place *p, node_id n) {
    if (!n) return 0;
    const node *x = ir_node(p->g, n);
    if (x->op == OP_VAR) x = ir_node(p->g, p->formula[x->ref]);
    return is_function(x) ? x->arg[0] : 0;
}

static node_id image_of(const place *p, node_id n) {
    return n && ir_node(p->g, n)->op == OP_VAR ? p->image[ir_node(p->g, n)->ref] : 0;
}

/* A variable of the same kind and shape that is the same operand of the same operation. */
static node_id other_operand(const place *p, uint8_t op, int operand, node_id n) {
    if (!n || ir_node(p->g, n)->op != OP_VAR) return 0;
    const variable *own = ir_var(p->g, ir_node(p->g, n)->ref);
    for (uint32_t i = 0; i < p->uses.n; i++) {
        use u = p->uses.at[i];
        if (u.op != op || u.operand != operand || u.leaf == n) continue;
        const variable *x = ir_var(p->g, ir_node(p->g, u.leaf)->ref);
        if ((x->kind == VAR_PARAM) == (own->kind == VAR_PARAM) && shape_equal(x->sh, own->sh)) return u.leaf;
    }
    return 0;
}

/* The nearest gradient of the same shape that is there before this one. */
static node_id other_gradient(const place *p, node_id dy) {
    const derivation *d = &p->s->right;
    const node       *x = ir_node(p->g, dy);
    node_id           found = 0;
    if (x->op != OP_VAR) return 0;
    for (uint32_t i = 0; i < d->list.n && d->list.at[i].grad != x->ref; i++)
        if (shape_equal(ir_var(p->g, d->list.at[i].grad)->sh, x->sh))
            found = ir_var(p->g, d->list.at[i].grad)->leaf;
    return found;
}

/* The nearest gradient before this one that has its examples, and as a layer of another size more or fewer
 * entries for each. */
static node_id upper_gradient(const place *p, node_id dy) {
    const derivation *d = &p->s->right;
    const node       *x = ir_node(p->g, dy);
    dim               m = p->s->m->examples;
    node_id           found = 0;
    if (x->op != OP_VAR || !m) return 0;
    for (uint32_t i = 0; i < d->list.n && d->list.at[i].grad != x->ref; i++) {
        shape sh = ir_var(p->g, d->list.at[i].grad)->sh;
        bool  columns = sh.cols == m && x->sh.cols == m, rows = sh.rows == m && x->sh.rows == m;
        if ((columns && sh.rows != x->sh.rows) || (rows && sh.cols != x->sh.cols))
            found = ir_var(p->g, d->list.at[i].grad)->leaf;
    }
    return found;
}

static node_id gradient_of_operand(const place *p, node_id n) {
    if (!n || ir_node(p->g, n)->op != OP_VAR) return 0;
    var_id v = ir_var(p->g, ir_node(p->g, n)->ref)->gradient;
    return v ? ir_var(p->g, v)->leaf : 0;
}

/* ------------------------------------------------------------- a row at a step */

enum { N_NAMES = 17 };

typedef struct surroundings {
    template_env  env;
    template_name names[N_NAMES];
} surroundings;

static uint8_t reduced_axis(shape from, shape to) {
    if (from.rows != to.rows && from.cols != to.cols) return AXIS_ALL;
    return from.rows != to.rows ? AXIS_0 : AXIS_1;
}

static node_id size_of(ir *g, dim d) {
    return d ? ir_size(g, d) : ir_number(g, 1);
}

static void bind_operands(place *p, const step *s, template_env *env) {
    assert(s->kind != TRAIL_REWRITE);
    env->dy = s->in;
    if (s->kind == TRAIL_MEET) {
        env->arg[0] = s->in;
        env->arg[1] = s->op;
        return;
    }
    if (s->kind == TRAIL_SCALE) return;
    node x = *ir_node(p->g, s->op);
    *env = template_operands(p->g, s->op, s->operand);
    env->dy = s->in;
    env->y = s->op;
    if (s->kind == TRAIL_LOCAL) return;
    env->axis = reduced_axis(ir_shape(p->g, s->in), ir_shape(p->g, s->out));
    env->arg[0] = x.arg[s->operand];
    env->arg[1] = env->arg[2] = 0;
}

/* Does a gradient of what depends on the examples enter it? */
static bool is_of_examples(const place *p, node_id n) {
    node_list names = {{0}};
    if (ir_names(p->g, p->a, n, &names) != DFOO_OK) return true;
    for (uint32_t i = 0; i < names.list.n; i++) {
        var_id v = ir_node(p->g, names.list.at[i])->ref;
        if (ir_var(p->g, v)->kind == VAR_GRADIENT && v != ir_var(p->g, p->s->m->cost)->gradient) return true;
    }
    return false;
}

/* Of what meets at a parameter that which no example enters, if there is one such; or 0. */
static node_id penalty_of(const place *p, const step *s) {
    if (s->kind != TRAIL_MEET || !s->goal || ir_var(p->g, s->goal)->kind != VAR_PARAM) return 0;
    bool in = is_of_examples(p, s->in), op = is_of_examples(p, s->op);
    return in == op ? 0 : in ? s->op : s->in;
}

static void bind_names(place *p, const step *s, surroundings *w) {
    ir     *g = p->g;
    node_id a = w->env.arg[0], b = w->env.arg[1], statement = 0;
    uint8_t op = s->kind == TRAIL_LOCAL ? ir_node(g, s->op)->op : (uint8_t)OP_NONE;
    shape   sh = ir_shape(g, s->out);
    if (s->stmt < p->s->right.forward.list.n)
        statement = ir_var(g, p->s->right.forward.list.at[s->stmt].var)->leaf;
    template_name names[N_NAMES] = {
        {"out", s->out},
        {"m", p->s->m->examples ? ir_size(g, p->s->m->examples) : 0},
        {"rows", size_of(g, sh.rows)},
        {"cols", size_of(g, sh.cols)},
        {"za", argument_of(p, a)},
        {"zb", argument_of(p, b)},
        {"fa", image_of(p, a)},
        {"fb", image_of(p, b)},
        {"fy", image_of(p, statement)},
        {"oa", other_operand(p, op, 0, a)},
        {"ob", other_operand(p, op, 1, b)},
        {"ody", other_gradient(p, s->in)},
        {"pdy", upper_gradient(p, s->in)},
        {"da", op == OP_MATMUL ? gradient_of_operand(p, a) : 0},
        {"v", s->goal ? ir_var(g, s->goal)->leaf : 0},
        {"data", penalty_of(p, s) == s->in ? s->op : penalty_of(p, s) ? s->in : 0},
        {"pen", penalty_of(p, s)},
    };
    memcpy(w->names, names, sizeof names);
    w->env.names = w->names;
    w->env.n_names = N_NAMES;
}

static bool is_scale(const place *p, const step *s, scale to) {
    return s->kind == TRAIL_SCALE && p->s->right.scale_of[s->goal] == to;
}

static bool is_place(const place *p, const mistake *row, uint32_t number) {
    assert(number < p->s->right.trail.n);
    const step *s = &p->s->right.trail.at[number];
    switch ((mistake_place)row->place) {
    case AT_LOCAL:
        return s->kind == TRAIL_LOCAL && ir_node(p->g, s->op)->op == row->op && s->operand == row->operand;
    case AT_FUNCTION: return s->kind == TRAIL_LOCAL && s->operand == 0 && is_function(ir_node(p->g, s->op));
    case AT_REDUCE: return s->kind == TRAIL_REDUCE;
    case AT_TO_COST: return is_scale(p, s, SCALE_COST);
    case AT_TO_LOSS: return is_scale(p, s, SCALE_DATA);
    case AT_MEET: return s->kind == TRAIL_MEET;
    case AT_LAST: return p->last[number];
    case AT_PENALTY: return penalty_of(p, s) != 0;
    case AT_EXAMPLES:
    case AT_AROUND: return false;
    }
    return false;
}

/* A parameter's gradient is used by nothing, so it may as well have the wrong shape. */
static bool may_be_misshapen(const place *p, const mistake *row, const step *s) {
    if (!row->misshapen) return false;
    const node *operand = ir_node(p->g, ir_node(p->g, s->op)->arg[s->operand]);
    return operand->op == OP_VAR && ir_var(p->g, operand->ref)->kind == VAR_PARAM;
}

static node_id build_row(place *p, uint32_t row, const step *s, const surroundings *w) {
    const mistake *what = &mistake_table[row];
    template_env   env = w->env;
    if (what->flipped && env.axis == AXIS_ALL) return 0;
    if (what->flipped) env.axis = env.axis == AXIS_0 ? AXIS_1 : AXIS_0;
    node_id n = template_build(p->g, p->text[row], &env);
    if (!n || n == s->out) return 0;
    return shape_equal(ir_shape(p->g, n), ir_shape(p->g, s->out)) || may_be_misshapen(p, what, s) ? n : 0;
}

static dfoo_status read_texts(place *p) {
    p->text = arena_new(p->a, mistake_count * sizeof *p->text);
    if (!p->text) return DFOO_ENOMEM;
    for (uint32_t i = 0; i < mistake_count; i++) {
        p->text[i] = syntax_read(p->a, p->g->names, p->g->d, mistake_table[i].text, false);
        if (!p->text[i]) return arena_status(p->a) == DFOO_OK ? DFOO_EINPUT : DFOO_ENOMEM;
    }
    return DFOO_OK;
}

dfoo_status mistakes_apply(const subject *s, arena *a, plants *out) {
    place p = {.s = s, .g = s->g, .a = a};
    DFOO_TRY(read_texts(&p));
    DFOO_TRY(look_round(&p));
    DFOO_TRY(find_last_steps(&p));
    for (uint32_t i = 0; i < s->right.trail.n; i++) {
        const step  *at = &s->right.trail.at[i];
        surroundings w = {.env = {.axis = AXIS_ALL}};
        if (at->kind == TRAIL_REWRITE || !at->out) continue;
        bind_operands(&p, at, &w.env);
        bind_names(&p, at, &w);
        for (uint32_t row = 0; row < mistake_count; row++) {
            if (!is_place(&p, &mistake_table[row], i)) continue;
            node_id n = build_row(&p, row, at, &w);
            if (n) vec_push(a, &out->list, (plant){row, i, n, NULL});
        }
    }
    DFOO_TRY(arena_status(s->g->a));
    return arena_status(a);
}

/* The parameter that a step goes to; 0: none. */
static var_id parameter_of(const subject *s, const step *at) {
    if (at->kind != TRAIL_LOCAL && at->kind != TRAIL_REDUCE) return 0;
    const node *to = ir_node(s->g, ir_node(s->g, at->op)->arg[at->operand]);
    return to->op == OP_VAR && ir_var(s->g, to->ref)->kind == VAR_PARAM ? to->ref : 0;
}

dfoo_status mistakes_join(const subject *s, arena *a, plants *all) {
    uint32_t n = all->list.n;
    for (uint32_t i = 0; i < n; i++) {
        const plant *first = &all->list.at[i];
        var_id       v = parameter_of(s, &s->right.trail.at[first->step]);
        plant        joint = *first;
        bool         begins = v != 0;
        for (uint32_t k = 0; k < n && v; k++) {
            const plant *one = &all->list.at[k];
            if (k == i || one->row != first->row || one->step == first->step ||
                parameter_of(s, &s->right.trail.at[one->step]) != v)
                continue;
            begins = begins && k > i;
            plant *also = arena_new(a, sizeof *also);
            if (!also) return DFOO_ENOMEM;
            *also = *one;
            also->also = joint.also;
            joint.also = also;
        }
        if (begins && joint.also) vec_push(a, &all->list, joint);
    }
    return arena_status(a);
}

bool mistake_keeps(const mistake *row, size_t t, size_t n) {
    assert(row->place == AT_EXAMPLES);
    if (strcmp(row->text, "first") == 0) return t == 0;
    return strcmp(row->text, "final") == 0 ? t + 1 == n : t + 1 < n;
}

/* ------------------------------------------------------------------ planted */

/* The edit: at one call it hands out another outcome. */
typedef struct planting {
    const plant *what;
    uint32_t     calls;
} planting;

static node_id plant_there(void *user, ir *g, const step *s) {
    planting *p = user;
    uint32_t  call = p->calls++;
    (void)g;
    (void)s;
    for (const plant *one = p->what; one; one = one->also)
        if (call == one->step) return one->node;
    return 0;
}

dfoo_status mistakes_derive(const subject *s, arena *a, const plant *what, derivation *out) {
    planting   p = {.what = what};
    trail_edit edit = {plant_there, &p};
    return s->engine->derive(s->engine->user, s->m, a, &edit, out);
}

dfoo_status mistakes_program(const subject *s, arena *a, const plant *what, program *out) {
    derivation d;
    arena      scratch;
    arena_init(&scratch, a->mem);
    dfoo_status status = mistakes_derive(s, &scratch, what, &d);
    for (uint32_t i = 0; status == DFOO_OK && i < d.list.n; i++)
        if (d.list.at[i].raw)
            vec_push(a, &out->list, (stmt){.var = d.list.at[i].grad, .node = d.list.at[i].raw});
    arena_free(&scratch);
    return status == DFOO_OK ? arena_status(a) : status;
}

/* -------------------------------------------------------------------- list */

/* A name, what the row makes of a step, and the sentence. */
void check_list(buf *out) {
    size_t width = 0;
    for (uint32_t i = 0; i < mistake_count; i++)
        if (strlen(mistake_table[i].name) > width) width = strlen(mistake_table[i].name);
    for (int group = 0; group < GROUP_COUNT; group++) {
        buf_printf(out, "%s%s\n", group ? "\n" : "", group_names[group]);
        for (uint32_t i = 0; i < mistake_count; i++) {
            const mistake *row = &mistake_table[i];
            if (row->group == group)
                buf_printf(out, "  %-*s  %s\n  %*s  %s\n", (int)width, row->name, row->text, (int)width, "",
                           row->sentence);
        }
    }
}
