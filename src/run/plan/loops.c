/* Which operations of a block are done in one loop: the patterns of loops.def are looked for from its last
 * step to its first, so that a loop is as large as it can be. */
#include "run/plan/build.h"

/* What a pattern is written in: operations, and these. */
enum { X = OP_COUNT, Y, Z, P, Q, R, ZERO, ONE, TWO };
_Static_assert((int)Y - X == LOOP_Y && (int)R - X == LOOP_R, "leaves are numbered as they are named");

enum { LONGEST = 16 };

typedef struct pattern {
    uint8_t n, token[LONGEST];
} pattern;

#define BRACES(...) {__VA_ARGS__}
#define LOOP(ID, PATTERN, VALUE) {sizeof((uint8_t[])BRACES PATTERN), BRACES PATTERN},
static const pattern patterns[LOOP_COUNT] = {{0, {0}},
#include "run/plan/loops.def"
};

typedef struct matcher {
    const plan *p;
    plan_instr *in;
    uint32_t   *uses;                             /* by step */
    uint32_t    root, leaf[LOOP_LEAVES], inner[LONGEST], n_inner;
} matcher;

uint32_t plan_step_arity(const plan_step *s) {
    if (s->kind == STEP_COPY) return 1;
    return s->kind == STEP_OP || s->kind == STEP_REDUCE ? op_table[s->op].arity : 0;
}

static bool is_number(const matcher *m, const plan_step *s) {
    bool load = s->kind == STEP_LOAD && shape_is_scalar(m->p->buffers.at[s->buffer].sh);
    return load || s->kind == STEP_NUMBER || s->kind == STEP_SIZE;
}

/* An operation of the pattern: nobody else wants what it computes, unless it is the last one. */
static bool match_operation(matcher *m, uint32_t step, uint8_t op) {
    const plan_step *s = &m->in->steps.at[step];
    if (s->kind != STEP_OP || s->op != op || s->inside) return false;
    if (step == m->root) return true;
    m->inner[m->n_inner++] = step;
    return m->uses[step] == 1 && !s->buffer && !s->loop;
}

static bool match_leaf(matcher *m, uint32_t step, uint8_t token) {
    const plan_step *s = &m->in->steps.at[step];
    if (token >= ZERO) return s->kind == STEP_NUMBER && s->number == token - ZERO;
    uint32_t *leaf = &m->leaf[token - X];
    if (is_number(m, s) != (token >= P) || (*leaf && *leaf != step + 1)) return false;
    *leaf = step + 1;
    return true;
}

/* Backwards: an operation stands behind its operands. */
static bool match(matcher *m, const pattern *x) {
    uint32_t stack[LONGEST] = {m->root}, n = 1;
    m->n_inner = 0;
    for (int i = 0; i < LOOP_LEAVES; i++) m->leaf[i] = 0;
    for (uint32_t i = x->n; i-- > 0;) {
        uint32_t step = stack[--n];
        bool     leaf = x->token[i] >= X;
        if (!(leaf ? match_leaf : match_operation)(m, step, x->token[i])) return false;
        for (uint32_t k = 0; !leaf && k < op_table[x->token[i]].arity; k++)
            stack[n++] = m->in->steps.at[step].arg[k];
    }
    return true;
}

static void choose_one(matcher *m) {
    plan_step *s = &m->in->steps.at[m->root];
    if (s->kind != STEP_OP || s->inside) return;
    for (uint8_t i = 1; i < LOOP_COUNT; i++) {
        if (!match(m, &patterns[i])) continue;
        s->loop = i;
        for (int k = 0; k < LOOP_LEAVES; k++) s->leaf[k] = m->leaf[k];
        for (uint32_t k = 0; k < m->n_inner; k++) m->in->steps.at[m->inner[k]].inside = true;
        return;
    }
}

static void count_uses(matcher *m) {
    for (uint32_t i = 0; i < m->in->steps.n; i++) {
        const plan_step *s = &m->in->steps.at[i];
        for (uint32_t k = 0; k < plan_step_arity(s); k++) m->uses[s->arg[k]]++;
    }
}

dfoo_status loops_choose(plan *p, arena *scratch) {
    for (uint32_t i = 0; i < p->code.n; i++) {
        matcher m = {.p = p, .in = &p->code.at[i]};
        if (m.in->kind != PLAN_BLOCK || shape_is_scalar(m.in->sh)) continue;
        m.uses = arena_new(scratch, m.in->steps.n * sizeof *m.uses);
        if (!m.uses) return DFOO_ENOMEM;
        count_uses(&m);
        for (m.root = m.in->steps.n; m.root-- > 0;) choose_one(&m);
    }
    return DFOO_OK;
}
