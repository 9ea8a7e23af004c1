/* Writes a model file from a list of layers, as a person would: `dfoo new`. Only text is made
 * here; what is written is read, derived, checked and trained like any other model. */
#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "core/lang/lang.h"

enum { COMMENT_COLUMN = 38, MOST_UNITS = 1000000, NAME_SIZE = 16 };

/* What a layer may be: the operations with a start in ops.def, and none. */
typedef struct activation {
    const char *name, *start, *note;
    op_id       op; /* OP_NONE: the layer is linear */
    bool        last;
} activation;

typedef struct loss_info {
    const char *name;
    op_id       last; /* the activation that it is for; OP_NONE: any */
    const char *hands_on, *formula, *mark, *label, *task, *single, *note;
} loss_info;

static const loss_info losses[] = {
#define LOSS(NAME, LAST, ...) {#NAME, OP_##LAST, __VA_ARGS__},
#include "core/lang/losses.def"
};
enum { N_LOSSES = sizeof losses / sizeof *losses };

typedef struct layer {
    activation f;
    uint32_t   units;
    span       at;
} layer;

typedef struct page {
    const lang_new_options *opt;
    arena           *a;
    diags           *d;
    source          *src; /* the list of layers; messages refer to it after the call */
    VEC(layer)       layers;
    const loss_info *loss;
    buf             *out;
} page;

static const layer *last_layer(const page *p) {
    assert(p->layers.n);
    return &p->layers.at[p->layers.n - 1];
}

/* ------------------------------------------------------------- layers and losses by number */

/* Number i; false behind the last. */
static bool activation_at(size_t i, activation *out) {
    static const char *const linear[] = {"linear", "identity"};
    for (int op = 1; op < OP_COUNT; op++) {
        const op_info *info = &op_table[op];
        if (!info->start || i-- > 0) continue;
        *out = (activation){info->name, info->start, info->note, (op_id)op, info->last_layer};
        return true;
    }
    if (i >= sizeof linear / sizeof *linear) return false;
    *out = (activation){linear[i], "xavier", "z as it is", OP_NONE, false};
    return true;
}

bool lang_layer_at(size_t i, lang_word *out) {
    activation f;
    if (!activation_at(i, &f)) return false;
    *out = (lang_word){f.name, f.note};
    return true;
}

bool lang_loss_at(size_t i, lang_word *out) {
    for (size_t k = 0; k < N_LOSSES; k++) {
        if ((k && strcmp(losses[k - 1].name, losses[k].name) == 0) || i-- > 0) continue;
        *out = (lang_word){losses[k].name, losses[k].note};
        return true;
    }
    return false;
}

/* "a, b and c" of a list, or with another last word. */
static const char *name_list(page *p, bool at(size_t i, lang_word *out), const char *last) {
    const char *text = "";
    lang_word   one, next;
    for (size_t i = 0; text && at(i, &one); i++) {
        const char *before = i == 0 ? "" : at(i + 1, &next) ? ", " : last;
        text = arena_format(p->a, "%s%s%s", text, before, one.name);
    }
    return text ? text : "";
}

/* "sigmoid or softmax": the activations that losses of this name are for. */
static const char *lasts_of(page *p, const char *name) {
    const char *text = "";
    for (size_t k = 0; k < N_LOSSES && text; k++)
        if (strcmp(losses[k].name, name) == 0)
            text = arena_format(p->a, "%s%s%s", text, *text ? " or " : "", op_table[losses[k].last].name);
    return text ? text : "";
}

/* ------------------------------------------------------------ reading layers */

static bool find_activation(const char *name, size_t len, activation *out) {
    for (size_t i = 0; activation_at(i, out); i++)
        if (strlen(out->name) == len && memcmp(out->name, name, len) == 0) return true;
    return false;
}

static dfoo_status unknown_activation(page *p, span at) {
    const char *word = arena_text(p->a, p->src->text + at.start, at.end - at.start), *best = NULL;
    unsigned    least = 5;
    lang_word   one;
    for (size_t i = 0; word && lang_layer_at(i, &one); i++) {
        unsigned far = text_distance(word, one.name);
        if (far >= least) continue;
        least = far;
        best = one.name;
    }
    diag_error(p->d, p->src, at, "there is no activation '%s'", word ? word : "");
    if (best) diag_note(p->d, "did you mean %s?", best);
    else diag_note(p->d, "there are: %s", name_list(p, lang_layer_at, ", "));
    return DFOO_EINPUT;
}

/* Moves [start, end) to what it holds between blanks. */
static span trimmed(const page *p, uint32_t start, uint32_t end) {
    const char *text = p->src->text;
    while (start < end && isspace((unsigned char)text[start])) start++;
    while (end > start && isspace((unsigned char)text[end - 1])) end--;
    return span_at(start, end);
}

static dfoo_status read_units(page *p, span at, uint32_t *out) {
    uint32_t value = 0;
    bool     ok = at.end > at.start;
    for (uint32_t i = at.start; i < at.end && ok; i++) {
        char c = p->src->text[i];
        ok = c >= '0' && c <= '9' && value <= MOST_UNITS;
        if (ok) value = value * 10 + (uint32_t)(c - '0');
    }
    *out = value;
    if (ok && value >= 1 && value <= MOST_UNITS) return DFOO_OK;
    diag_error(p->d, p->src, at, "the number of units is expected here, from 1 to %d", MOST_UNITS);
    diag_note(p->d, "a layer is written as its activation and its units: relu 20");
    return DFOO_EINPUT;
}

/* "relu 20" between two commas. */
static dfoo_status read_layer(page *p, uint32_t start, uint32_t end) {
    span     at = trimmed(p, start, end);
    uint32_t word = at.start;
    layer    one;
    while (word < at.end && (isalpha((unsigned char)p->src->text[word]) || p->src->text[word] == '_')) word++;
    if (at.start == at.end || word == at.start) {
        diag_error(p->d, p->src, at, "a layer is expected here: its activation and its units, as in relu 20");
        return DFOO_EINPUT;
    }
    one.at = at;
    if (!find_activation(p->src->text + at.start, word - at.start, &one.f))
        return unknown_activation(p, span_at(at.start, word));
    DFOO_TRY(read_units(p, trimmed(p, word, at.end), &one.units));
    vec_push(p->a, &p->layers, one);
    return arena_status(p->a);
}

static dfoo_status read_layers(page *p) {
    uint32_t start = 0;
    for (uint32_t i = 0; i <= p->src->len; i++) {
        if (i < p->src->len && p->src->text[i] != ',') continue;
        const layer *before = p->layers.n ? last_layer(p) : NULL;
        span         at = before ? before->at : span_at(0, 0);
        const char  *last_only = before && before->f.last ? before->f.name : NULL;
        DFOO_TRY(read_layer(p, start, i));
        if (last_only)
            return diag_error(p->d, p->src, at,
                              "%s stands in the last layer: its values are the probabilities of "
                              "the classes",
                              last_only);
        start = i + 1;
    }
    const layer *last = last_layer(p);
    if (!last->f.last || last->units > 1) return DFOO_OK;
    return diag_error(p->d, p->src, last->at, "%s 1 is always 1: two classes are %s 2 or sigmoid 1",
                      last->f.name, last->f.name);
}

/* The loss by its name, or the first that fits the last activation. */
static dfoo_status choose_loss(page *p) {
    const char      *name = p->opt->loss;
    const loss_info *of_name = NULL;
    for (size_t k = 0; k < N_LOSSES && !p->loss; k++) {
        if (name && strcmp(losses[k].name, name) != 0) continue;
        of_name = &losses[k];
        if (!losses[k].last || losses[k].last == last_layer(p)->f.op) p->loss = &losses[k];
    }
    if (p->loss) return DFOO_OK;
    if (!of_name)
        return diag_alone(p->d, "there is no loss '%s'; there are %s", name,
                          name_list(p, lang_loss_at, " and "));
    diag_alone(p->d, "%s needs %s, and the last layer is %s", name, of_name->hands_on, last_layer(p)->f.name);
    diag_note(p->d, "end with %s, or take --loss mse", lasts_of(p, name));
    return DFOO_EINPUT;
}

static dfoo_status check_options(page *p) {
    const lang_new_options *o = p->opt;
    if (!(o->l2 >= 0) || o->l2 > 1e300)
        return diag_alone(p->d, "the factor of an L2 penalty is a number from 0 on, not %g", o->l2);
    if (!(o->keep >= 0 && o->keep <= 1))
        return diag_alone(p->d, "dropout keeps a part of the units: more than 0 and at most 1, not %g",
                          o->keep);
    if (o->keep > 0 && p->layers.n == 1)
        return diag_alone(p->d, "dropout drops hidden units, and there is no hidden layer");
    return DFOO_OK;
}

/* -------------------------------------------------------------------- names */

typedef struct name {
    char text[NAME_SIZE];
} name;

static name numbered(char letter, uint32_t i) {
    name n;
    snprintf(n.text, sizeof n.text, "%c%u", letter, (unsigned)i);
    return n;
}

/* The size of layer i; a single output is written 1. */
static name size_name(const page *p, uint32_t i) {
    name one = {"1"};
    return i == p->layers.n && i && last_layer(p)->units == 1 ? one : numbered('n', i);
}

/* What layer i hands on; 0 is the input. */
static name value_name(const page *p, uint32_t i) {
    name x = {"X"};
    if (i == 0) return x;
    if (i < p->layers.n && p->opt->keep > 0) return numbered('D', i);
    return numbered(p->layers.at[i - 1].f.op ? 'A' : 'Z', i);
}

/* (a, b), turned round where examples are rows. */
static const char *shape_text(const page *p, const char *a, const char *b) {
    bool        rows = p->opt->rows;
    const char *text = arena_format(p->a, "(%s, %s)", rows ? b : a, rows ? a : b);
    return text ? text : "";
}

/* ------------------------------------------------------------------- writing */

static void put_line(page *p, const char *line, const char *comment) {
    if (!line) return;
    int width = strlen(line) < COMMENT_COLUMN ? COMMENT_COLUMN : (int)strlen(line) + 1;
    if (comment && comment[0]) buf_printf(p->out, "%-*s# %s\n", width, line, comment);
    else buf_printf(p->out, "%s\n", line);
}

/* A text of losses.def: @ is one text, % the other. */
static const char *filled(page *p, const char *text, const char *value, const char *axis) {
    const char *out = "";
    for (; *text && out; text++) {
        const char *in = *text == '@' ? value : *text == '%' ? axis : NULL;
        out = in ? arena_format(p->a, "%s%s", out, in) : arena_format(p->a, "%s%c", out, *text);
    }
    return out ? out : "";
}

static void put_title(page *p) {
    const char *name = p->opt->name && p->opt->name[0] ? p->opt->name : "model";
    buf_printf(p->out, "# %s.eq: ", name);
    for (uint32_t i = 0; i < p->layers.n; i++)
        buf_printf(p->out, "%s%s %u", i ? ", " : "", p->layers.at[i].f.name, p->layers.at[i].units);
    buf_printf(p->out, "; for %s\n", last_layer(p)->units == 1 ? p->loss->single : p->loss->task);
}

static void put_sizes(page *p) {
    const char *line = NULL;
    for (uint32_t i = 1; i <= p->layers.n; i++) {
        name n = size_name(p, i);
        if (n.text[0] != 'n') continue;
        line = arena_format(p->a, line ? "%s, %s = %u" : "%s%s = %u", line ? line : "size  ", n.text,
                            p->layers.at[i - 1].units);
    }
    if (line) put_line(p, line, "units of the layers; n0 and m come from the data");
}

static void put_constants(page *p) {
    buf number;
    for (int i = 0; i < 2; i++) {
        double value = i ? p->opt->keep : p->opt->l2;
        if (value <= 0) continue;
        buf_init(&number, p->a->mem);
        buf_number(&number, value);
        const char *text = number.text ? number.text : "";
        put_line(p, arena_format(p->a, "const %s = %s", i ? "keep" : "lambda", text),
                 i ? "the part of the hidden units that dropout keeps" : "the weight of the penalty");
        buf_close(&number, p->out);
    }
}

static const char *weights_shape(const page *p, uint32_t i) {
    name to = size_name(p, i), from = size_name(p, i - 1);
    return shape_text(p, to.text, from.text);
}

static void put_parameter(page *p, char letter, uint32_t i, int width, const char *shape, int wide,
                          const char *start) {
    name w = numbered(letter, i);
    put_line(p, arena_format(p->a, "param %-*s : %-*s ~ %s", width, w.text, wide, shape, start), "");
}

static void put_declarations(page *p) {
    const loss_info *l = p->loss;
    uint32_t         n = p->layers.n;
    const char      *one = p->opt->rows ? "row" : "column", *y = shape_text(p, size_name(p, n).text, "m");
    int              width = (int)strlen(numbered('W', n).text), wide = 0;
    for (uint32_t i = 1; i <= n; i++)
        if ((int)strlen(weights_shape(p, i)) > wide) wide = (int)strlen(weights_shape(p, i));
    put_line(p, arena_format(p->a, "input %-*s : %s", width, "X", shape_text(p, "n0", "m")),
             filled(p, "one example per %", "", one));
    put_line(p, arena_format(p->a, "label %-*s : %s%s", width, "Y", y, l->mark),
             filled(p, l->label, "", one));
    for (uint32_t i = 1; i <= n; i++) {
        put_parameter(p, 'W', i, width, weights_shape(p, i), wide, p->layers.at[i - 1].f.start);
        put_parameter(p, 'b', i, width, shape_text(p, size_name(p, i).text, "1"), wide, "zeros");
    }
}

static void put_layers(page *p) {
    for (uint32_t i = 1; i <= p->layers.n; i++) {
        const activation *f = &p->layers.at[i - 1].f;
        name              before = value_name(p, i - 1);
        if (p->opt->rows) buf_printf(p->out, "Z%u = %s @ W%u + b%u\n", i, before.text, i, i);
        else buf_printf(p->out, "Z%u = W%u @ %s + b%u\n", i, i, before.text, i);
        if (f->op) buf_printf(p->out, "A%u = %s(Z%u)\n", i, f->name, i);
        if (i < p->layers.n && p->opt->keep > 0)
            buf_printf(p->out, "D%u = dropout(%c%u, keep)\n", i, f->op ? 'A' : 'Z', i);
    }
}

/* The penalty, without biases; a few weights a line. */
static void put_penalty(page *p) {
    enum { A_LINE = 5 };
    buf_puts(p->out, "R  = lambda/(2*m) * (");
    for (uint32_t i = 1; i <= p->layers.n; i++) {
        if (i > 1) buf_puts(p->out, (i - 1) % A_LINE ? " + " : "\n                     + ");
        buf_printf(p->out, "sum(W%u**2)", i);
    }
    buf_puts(p->out, ")   # L2: weights only, no biases\n");
}

static void put_cost(page *p) {
    bool penalty = p->opt->l2 > 0;
    name y = value_name(p, p->layers.n);
    buf_printf(p->out, "L  = %s\n", filled(p, p->loss->formula, y.text, p->opt->rows ? "1" : "0"));
    if (penalty) put_penalty(p);
    buf_printf(p->out, "J  = 1/m * sum(L)%s\n\n", penalty ? " + R" : "");
    buf_printf(p->out, "minimize J\npredict  %s\n", y.text);
}

dfoo_status lang_new(const lang_new_options *opt, arena *a, diags *d, buf *out) {
    page p = {.opt = opt, .a = a, .d = d, .out = out};
    const char *text = opt->layers ? opt->layers : "";
    p.src = arena_new(a, sizeof *p.src);
    if (!p.src) return DFOO_ENOMEM;
    *p.src = (source){.name = "layers", .text = arena_text(a, text, strlen(text)), .len = strlen(text)};
    DFOO_TRY(arena_status(a));
    DFOO_TRY(read_layers(&p));
    DFOO_TRY(choose_loss(&p));
    DFOO_TRY(check_options(&p));
    put_title(&p);
    put_sizes(&p);
    put_constants(&p);
    buf_puts(out, "\n");
    put_declarations(&p);
    buf_puts(out, "\n");
    put_layers(&p);
    put_cost(&p);
    DFOO_TRY(arena_status(a));
    return buf_status(out);
}
