/* The pages of primer.def, told of gradients of the model at hand: each part looks for the first gradient
 * that fits, and has it told by what tells the explanations. */
#include "teach/tell/primer.h"

#include <string.h>

#include "teach/tell/figures.h"

/* ------------------------------------------------------------------- the table */

typedef enum {
    PICK_WAY,
    PICK_PRODUCT,
    PICK_WEIGHT,
    PICK_SHARED,
    PICK_OWN,
    PICK_BIAS,
    PICK_ENTRY,
    PICK_SOFTMAX,
    PICK_LOSS,
    PICK_HIDDEN,
    PICK_HIDDEN_OR_ANY,
    PICK_INPUT,
    N_PICKS
} pick_kind;

typedef enum {
    SHOW_PATHS,
    SHOW_LINK,
    SHOW_KINK,
    SHOW_LOCALS,
    SHOW_CHANGES,
    SHOW_EXAMPLES,
    SHOW_EXAMPLE_BY_EXAMPLE,
    SHOW_GOAL,
    SHOW_JACOBIAN,
    SHOW_PARTIAL,
    SHOW_STORY,
    SHOW_ORDER,
    SHOW_SHOWN,
    SHOW_CHAIN,
    SHOW_FORWARD,
    SHOW_BACKWARD,
    SHOW_INPUTS,
    SHOW_EQUAL,
    SHOW_NUMBERS,
    N_SHOWS
} show_kind;

typedef enum { ROW_PAGE, ROW_PART, ROW_SAY, ROW_SHOW, ROW_END } row_kind;

struct primer_page {
    uint8_t     kind, what; /* of a PART its pick, of a SHOW its action */
    const char *text;       /* the name, the heading, the sentence */
    const char *others, *model, *about;
};

static const primer_page table[] = {
#define PAGE(NAME, OTHERS, MODEL, ABOUT) {ROW_PAGE, 0, NAME, OTHERS, MODEL, ABOUT},
#define PART(PICK, HEADING) {ROW_PART, PICK_##PICK, HEADING, 0, 0, 0},
#define SAY(TEXT) {ROW_SAY, 0, TEXT, 0, 0, 0},
#define SHOW(ACTION) {ROW_SHOW, SHOW_##ACTION, "", 0, 0, 0},
#define END {ROW_END, 0, "", 0, 0, 0},
#include "teach/tell/primer.def"
};

enum { N_ROWS = sizeof table / sizeof *table };

const primer_page *primer_at(size_t i) {
    for (size_t k = 0; k < N_ROWS; k++)
        if (table[k].kind == ROW_PAGE && i-- == 0) return &table[k];
    return NULL;
}

bool primer_is_scalar(const primer_page *page) {
    while (page->kind != ROW_END && !(page->kind == ROW_SHOW && page->what == SHOW_FORWARD)) page++;
    return page->kind != ROW_END;
}

const char *primer_name(const primer_page *page) {
    return page->text;
}

const char *primer_about(const primer_page *page) {
    return page->about;
}

const char *primer_model(const primer_page *page) {
    return page->model;
}

static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_blank(char c) {
    return c == ' ' || c == '-' || c == '_' || c == '\t';
}

/* Are they the same words, in any case, "the" and what stands between words aside? */
static bool is_same(const char *asked, const char *name, size_t len) {
    const char *end = name + len;
    while (is_blank(*asked)) asked++;
    while (*asked && name < end) {
        if (is_blank(*asked) && is_blank(*name)) {
            while (is_blank(*asked)) asked++;
            while (name < end && is_blank(*name)) name++;
        } else if (lower(*asked++) != lower(*name++)) return false;
    }
    while (is_blank(*asked)) asked++;
    return !*asked && name == end;
}

const primer_page *primer_find(const char *name) {
    for (size_t i = 0; i < N_ROWS; i++) {
        if (table[i].kind != ROW_PAGE) continue;
        if (is_same(name, table[i].text, strlen(table[i].text))) return &table[i];
        for (const char *other = table[i].others; *other;) {
            size_t len = strcspn(other, "|");
            if (is_same(name, other, len)) return &table[i];
            other += len + (other[len] == '|');
        }
    }
    return NULL;
}

/* ----------------------------------------------------------------------- picks */

static bool is_product(const link *l) {
    return l->kind == PROOF_RIGHT || l->kind == PROOF_LEFT || l->kind == PROOF_RIGHT_ONE ||
           l->kind == PROOF_LEFT_ONE;
}

static bool is_weight(const link *l) {
    return l->kind == PROOF_WEIGHT_LEFT || l->kind == PROOF_WEIGHT_RIGHT || proof_is_turned(l->kind);
}

/* Does an entry act on several? */
static bool adds_up(const link *l) {
    return l->kind == PROOF_RIGHT || l->kind == PROOF_LEFT;
}

/* The last link: that which the gradient's variable goes through. */
static const link *own_link(const teller *t) {
    return t->links.n ? &t->links.at[t->links.n - 1] : NULL;
}

/* Is its gradient one of those that are shown, of a value that is computed? */
static bool is_data(const teller *t) {
    const gradient *v = t->goal;
    return v->shown && ir_var(t->g, v->var)->kind == VAR_DEFINED && v->var != t->d->m->cost;
}

static uint32_t fits_way(teller *t, const link *l) {
    var_id v = t->goal->var;
    (void)l;
    return is_data(t) && (t->doc->small[v] || !t->d->m->examples) ? 1 + t->o->far[v] : 0;
}

static uint32_t fits_own(teller *t, const link *l) {
    (void)l;
    return is_data(t) && t->doc->small[t->goal->var] && t->d->used == CONVENTION_COURSE;
}

static uint32_t fits_product(teller *t, const link *l) {
    return t->goal->n_through == 1 && is_product(l) ? 1 + adds_up(l) : 0;
}

static uint32_t fits_weight(teller *t, const link *l) {
    return t->goal->n_through == 1 && is_weight(l);
}

static uint32_t fits_any(teller *t, const link *l) {
    return 1 + fits_weight(t, l);
}

static uint32_t fits_shared(teller *t, const link *l) {
    return fits_weight(t, l) && l->from && l->from->scale != t->goal->scale;
}

static uint32_t fits_bias(teller *t, const link *l) {
    return t->goal->n_through == 1 && proof_is_bias(l->kind) && t->d->m->examples;
}

static uint32_t fits_entry(teller *t, const link *l) {
    return t->goal->n_through == 1 && proof_is_entry(l->kind) && link_is_indexed(t, l);
}

static uint32_t fits_softmax(teller *t, const link *l) {
    const node *x = ir_node(t->g, l->s->node);
    return x->op == OP_SOFTMAX || x->op == OP_LOG_SOFTMAX;
}

static uint32_t fits_loss(teller *t, const link *l) {
    (void)l;
    return story_has_cancelled(t, t->goal);
}

/* How well a gradient fits; 0: not at all. Of those that fit equally the first is taken. */
static uint32_t (*const picks[N_PICKS])(teller *t, const link *l) = {
    [PICK_WAY] = fits_way,         [PICK_OWN] = fits_own,         [PICK_PRODUCT] = fits_product,
    [PICK_WEIGHT] = fits_weight,   [PICK_SHARED] = fits_shared,   [PICK_BIAS] = fits_bias,
    [PICK_ENTRY] = fits_entry,     [PICK_SOFTMAX] = fits_softmax, [PICK_LOSS] = fits_loss,
    [PICK_HIDDEN] = fits_weight,   [PICK_HIDDEN_OR_ANY] = fits_any,   [PICK_INPUT] = fits_any,
};

/* Where the weights of hidden units are wanted, there are others behind them. */
static bool takes_last(pick_kind pick) {
    return pick == PICK_HIDDEN || pick == PICK_HIDDEN_OR_ANY;
}

static dfoo_status turn_to(teller *t, const gradient *v) {
    t->goal = v;
    t->links.n = 0;
    return link_find(t);
}

/* The gradient that a part is about, NULL: there is none. */
static dfoo_status pick_gradient(teller *t, pick_kind pick, const gradient **out) {
    uint32_t best = 0, found = 0;
    *out = NULL;
    for (uint32_t i = 0; i < t->d->list.n; i++) {
        const gradient *v = &t->d->list.at[i];
        bool            is_input = ir_var(t->g, v->var)->kind == VAR_INPUT;
        if (v->given || !gradient_formula(v) || is_input != (pick == PICK_INPUT)) continue;
        DFOO_TRY(turn_to(t, v));
        const link *l = own_link(t);
        uint32_t    now = l ? picks[pick](t, l) : 0;
        found += now > 0;
        if (now < best || !now || (now == best && !takes_last(pick))) continue;
        best = now;
        *out = v;
    }
    if (pick == PICK_HIDDEN && found < 2) *out = NULL;
    return DFOO_OK;
}

dfoo_status primer_goal(document *doc, const primer_page *page, var_id *goal) {
    teller          t = {.doc = doc, .d = doc->d, .g = doc->g, .a = doc->a, .o = doc->outline};
    const gradient *v = NULL;
    *goal = 0;
    for (const primer_page *row = page + 1; row->kind != ROW_END && !*goal; row++) {
        if (row->kind != ROW_PART) continue;
        DFOO_TRY(pick_gradient(&t, (pick_kind)row->what, &v));
        if (v) *goal = v->var;
    }
    return arena_status(doc->a);
}

/* --------------------------------------------------------------------- actions */

static void add_gradient(teller *t, const gradient *v, node_id formula, const char *tail) {
    doc_add_line(t->doc, 3, "", ir_var(t->g, v->grad)->leaf, formula, tail);
}

/* The gradients between, and the goal: as they are handed on, and as they are shown. */
static void show_locals(teller *t) {
    for (uint32_t i = 0; i < t->links.n; i++) {
        const gradient *v = t->links.at[i].to;
        if (!link_is_last(t, &t->links.at[i]) || !v->local) continue;
        node_id whole = gradient_formula(v);
        add_gradient(t, v, v->local, doc_shapes(t->doc, v->local, false));
        if (whole != v->local) doc_add_line(t->doc, 3, "", v->local, whole, "")->hanging = true;
    }
}

enum { MOST_LISTED = 16 };

/* What a list has of a gradient, 0: nothing. As it is handed on, or what is shown, or of that values only. */
static node_id listed(const teller *t, const gradient *v, show_kind kind) {
    node_id     formula = kind == SHOW_ORDER ? v->local : v->whole;
    uint8_t     is = ir_var(t->g, v->var)->kind;
    const node *x = formula ? ir_node(t->g, formula) : NULL;
    if (!x || x->op == OP_NUMBER || x->op == OP_ONES || v->given || is == VAR_INPUT) return 0;
    if (kind == SHOW_ORDER) return formula;
    return v->shown && (kind == SHOW_SHOWN || is == VAR_DEFINED) ? formula : 0;
}

static void show_list(teller *t, show_kind kind) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < t->d->list.n; i++) {
        const gradient *v = &t->d->list.at[i];
        node_id         formula = listed(t, v, kind);
        if (!formula) continue;
        if (n++ == MOST_LISTED) doc_say(t->doc, 3, "and so on");
        if (n > MOST_LISTED) continue;
        add_gradient(t, v, formula, kind == SHOW_SHOWN ? doc_shapes(t->doc, formula, false) : "");
    }
}

static void show_examples(teller *t, const link *l) {
    if (t->d->m->examples && l->from && t->doc->small[l->s->var] && !t->doc->small[l->to->var])
        ends_examples(t, l);
}

/* What numbers show is evaluated where it is told. */
static dfoo_status show_numbers(teller *t, show_kind kind, const program *run, const tell_options *opt,
                                explain_result *r) {
    tell_options how = *opt;
    how.forward = true;
    if (kind == SHOW_NUMBERS) return numbers_tell(t, run, &how, r);
    how.start = START_EQUAL;
    DFOO_TRY(numbers_tell(t, run, &how, r));
    how.start = START_ZEROS;
    return numbers_tell(t, run, &how, r);
}

/* Those that need no link. */
static void show_whole(teller *t, show_kind kind) {
    switch (kind) {
    case SHOW_PATHS: paths_tell(t); break;
    case SHOW_LOCALS: show_locals(t); break;
    case SHOW_CHANGES: differential_tell(t); break;
    case SHOW_GOAL: story_goal(t, 3, ""); break;
    case SHOW_JACOBIAN: jacobian_tell(t); break;
    case SHOW_STORY: story_links(t); break;
    case SHOW_FORWARD: scalar_forward(t); break;
    case SHOW_BACKWARD: scalar_backward(t); break;
    case SHOW_INPUTS: scalar_inputs(t); break;
    default: show_list(t, kind); break;
    }
}

static void show_partial(teller *t, const link *l) {
    entries_add_partial(t, l, "");
}

static void show(teller *t, show_kind kind) {
    static void (*const of_link[N_SHOWS])(teller *t, const link *l) = {
        [SHOW_LINK] = proof_tell,         [SHOW_KINK] = kinks_tell,
        [SHOW_EXAMPLES] = show_examples,  [SHOW_EXAMPLE_BY_EXAMPLE] = proof_two_examples,
        [SHOW_PARTIAL] = show_partial,
    };
    if (of_link[kind]) of_link[kind](t, own_link(t));
    else show_whole(t, kind);
}

/* ----------------------------------------------------------------------- pages */

/* What numbers show is evaluated where it is told; the rest is proven before. */
static bool is_number_show(const primer_page *row) {
    return row->kind == ROW_SHOW && (row->what == SHOW_EQUAL || row->what == SHOW_NUMBERS);
}

/* The parts of a page; `numbers`: only those rows that show numbers, else all others. */
static dfoo_status tell_parts(teller *t, const primer_page *page, bool numbers, const program *run,
                              const tell_options *opt, explain_result *r) {
    const gradient *v = NULL;
    for (const primer_page *row = page + 1; row->kind != ROW_END; row++) {
        if (row->kind == ROW_PART) {
            DFOO_TRY(pick_gradient(t, (pick_kind)row->what, &v));
            if (!v) continue;
            DFOO_TRY(turn_to(t, v));
            if (row->text[0] && !numbers)
                doc_add(t->doc, BLOCK_SECTION, 0, proof_words(t, own_link(t), row->text));
        }
        if (!v || numbers != is_number_show(row)) continue;
        if (row->kind == ROW_SAY)
            doc_add(t->doc, BLOCK_WORDS, 3, proof_words(t, own_link(t), row->text));
        if (row->kind == ROW_SHOW && !numbers) show(t, (show_kind)row->what);
        if (numbers) DFOO_TRY(show_numbers(t, (show_kind)row->what, run, opt, r));
    }
    return arena_status(t->a);
}

dfoo_status primer_tell(document *doc, const program *run, const tell_options *opt, explain_result *r) {
    const primer_page *page = opt->page;
    teller             t;
    DFOO_TRY(story_open(&t, doc, opt));
    DFOO_TRY(turn_to(&t, t.goal));
    story_stages(&t);
    doc_add(doc, BLOCK_TITLE, 0, page->text);
    doc_say(doc, 0, "%s", page->about);
    if (page[1].text[0]) doc_say(doc, 0, "%s", "");
    DFOO_TRY(tell_parts(&t, page, false, run, opt, r));
    DFOO_TRY(arena_status(t.g->a));
    DFOO_TRY(prove_document(doc, doc->goal, run, opt->seed, r));
    return tell_parts(&t, page, true, run, opt, r);
}
