/* Writes a model file from a list of layers, as a person would: `dfoo new`. Only text is made
 * here; what is written is read, derived, checked and trained like any other model. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "core/lang/lang.h"

enum { COMMENT_COLUMN = 38, MOST_UNITS = 1000000, NAME_SIZE = 16 };

typedef struct activation {
    const char *name, *start;
} activation;

/* How weights start: he for what is 0 on half of its inputs, xavier for the rest. */
static const activation activations[] = {
    {"relu", "he"},     {"leaky_relu", "he"},   {"sigmoid", "xavier"}, {"tanh", "xavier"},    {"elu", "xavier"}, {"softplus", "xavier"},
    {"gelu", "xavier"}, {"swish", "xavier"},    {"linear", "xavier"},  {"identity", "xavier"}, {"softmax", "xavier"},
};

typedef enum { LOSS_BINARY, LOSS_CATEGORICAL, LOSS_MSE, LOSS_MAE } loss_kind;

typedef struct layer {
    const activation *f;
    uint32_t          units;
    span              at;
} layer;

typedef struct page {
    const lang_new_options *opt;
    arena    *a;
    diags    *d;
    source   *src; /* the list of layers; messages refer to it after the call */
    VEC(layer) layers;
    loss_kind loss;
    buf      *out;
} page;

static bool is_linear(const activation *f) {
    return strcmp(f->name, "linear") == 0 || strcmp(f->name, "identity") == 0;
}

static const layer *last_layer(const page *p) {
    return &p->layers.at[p->layers.n - 1];
}

static bool last_is(const page *p, const char *name) {
    return strcmp(last_layer(p)->f->name, name) == 0;
}

/* ------------------------------------------------------------ reading layers */

static const activation *find_activation(const char *name, size_t len) {
    for (size_t i = 0; i < sizeof activations / sizeof *activations; i++)
        if (strlen(activations[i].name) == len && memcmp(activations[i].name, name, len) == 0) return &activations[i];
    return NULL;
}

static dfoo_status unknown_activation(page *p, span at) {
    const char *word = arena_text(p->a, p->src->text + at.start, at.end - at.start), *best = NULL;
    unsigned    least = 5;
    for (size_t i = 0; word && i < sizeof activations / sizeof *activations; i++) {
        unsigned far = text_distance(word, activations[i].name);
        if (far >= least) continue;
        least = far;
        best = activations[i].name;
    }
    diag_error(p->d, p->src, at, "there is no activation '%s'", word ? word : "");
    if (best) diag_note(p->d, "did you mean %s?", best);
    else diag_note(p->d, "there are: relu, leaky_relu, sigmoid, tanh, elu, softplus, gelu, swish, linear, softmax");
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
    one.f = find_activation(p->src->text + at.start, word - at.start);
    if (!one.f) return unknown_activation(p, span_at(at.start, word));
    DFOO_TRY(read_units(p, trimmed(p, word, at.end), &one.units));
    vec_push(p->a, &p->layers, one);
    return arena_status(p->a);
}

static dfoo_status read_layers(page *p) {
    uint32_t start = 0;
    for (uint32_t i = 0; i <= p->src->len; i++) {
        if (i < p->src->len && p->src->text[i] != ',') continue;
        uint32_t n = p->layers.n;
        DFOO_TRY(read_layer(p, start, i));
        if (n && strcmp(p->layers.at[n - 1].f->name, "softmax") == 0)
            return diag_error(p->d, p->src, p->layers.at[n - 1].at, "softmax stands in the last layer: its values are the probabilities of the classes");
        start = i + 1;
    }
    if (!last_is(p, "softmax") || last_layer(p)->units > 1) return DFOO_OK;
    return diag_error(p->d, p->src, last_layer(p)->at, "softmax 1 is always 1: two classes are softmax 2 or sigmoid 1");
}

/* The loss by its name, or by the last activation. */
static dfoo_status choose_loss(page *p) {
    const char *name = p->opt->loss;
    bool        probabilities = last_is(p, "sigmoid") || last_is(p, "softmax");
    if (!name) name = probabilities ? "cross_entropy" : "mse";
    if (strcmp(name, "mse") == 0) p->loss = LOSS_MSE;
    else if (strcmp(name, "mae") == 0) p->loss = LOSS_MAE;
    else if (strcmp(name, "cross_entropy") != 0) return diag_error(p->d, NULL, span_at(0, 0), "there is no loss '%s'; there are cross_entropy, mse and mae", name);
    else if (probabilities) p->loss = last_is(p, "softmax") ? LOSS_CATEGORICAL : LOSS_BINARY;
    else {
        diag_error(p->d, NULL, span_at(0, 0), "cross_entropy needs probabilities, and the last layer is %s", last_layer(p)->f->name);
        diag_note(p->d, "end with sigmoid or softmax, or take --loss mse");
        return DFOO_EINPUT;
    }
    return DFOO_OK;
}

static dfoo_status check_options(page *p) {
    const lang_new_options *o = p->opt;
    if (!(o->l2 >= 0) || o->l2 > 1e300) return diag_error(p->d, NULL, span_at(0, 0), "the factor of an L2 penalty is a number from 0 on, not %g", o->l2);
    if (!(o->keep >= 0 && o->keep <= 1)) return diag_error(p->d, NULL, span_at(0, 0), "dropout keeps a part of the units: more than 0 and at most 1, not %g", o->keep);
    if (o->keep > 0 && p->layers.n == 1) return diag_error(p->d, NULL, span_at(0, 0), "dropout drops hidden units, and there is no hidden layer");
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
    return numbered(is_linear(p->layers.at[i - 1].f) ? 'Z' : 'A', i);
}

/* (a, b), turned round where examples are rows. */
static const char *shape_text(const page *p, const char *a, const char *b) {
    const char *text = p->opt->rows ? arena_format(p->a, "(%s, %s)", b, a) : arena_format(p->a, "(%s, %s)", a, b);
    return text ? text : "";
}

/* ------------------------------------------------------------------- writing */

static void put_line(page *p, const char *line, const char *comment) {
    if (!line) return;
    if (comment && comment[0]) buf_printf(p->out, "%-*s# %s\n", strlen(line) < COMMENT_COLUMN ? COMMENT_COLUMN : (int)strlen(line) + 1, line, comment);
    else buf_printf(p->out, "%s\n", line);
}

static void put_title(page *p) {
    const char *what = p->loss == LOSS_CATEGORICAL ? "classification" : p->loss == LOSS_BINARY ? "several yes-or-no labels" : "regression";
    if (p->loss == LOSS_BINARY && last_layer(p)->units == 1) what = "binary classification";
    buf_printf(p->out, "# %s.eq: ", p->opt->name && p->opt->name[0] ? p->opt->name : "model");
    for (uint32_t i = 0; i < p->layers.n; i++) buf_printf(p->out, "%s%s %u", i ? ", " : "", p->layers.at[i].f->name, p->layers.at[i].units);
    buf_printf(p->out, "; for %s\n", what);
}

static void put_sizes(page *p) {
    const char *line = NULL;
    for (uint32_t i = 1; i <= p->layers.n; i++) {
        name n = size_name(p, i);
        if (n.text[0] != 'n') continue;
        line = arena_format(p->a, line ? "%s, %s = %u" : "%s%s = %u", line ? line : "size  ", n.text, p->layers.at[i - 1].units);
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
        put_line(p, arena_format(p->a, "const %s = %s", i ? "keep" : "lambda", number.text ? number.text : ""),
                 i ? "the part of the hidden units that dropout keeps" : "the weight of the penalty");
        buf_free(&number);
    }
}

static const char *label_comment(const page *p) {
    if (p->loss == LOSS_BINARY) return "0 or 1";
    if (p->loss == LOSS_CATEGORICAL) return p->opt->rows ? "each row has a single 1: the example's class" : "each column has a single 1: the example's class";
    return "";
}

static const char *weights_shape(const page *p, uint32_t i) {
    name to = size_name(p, i), from = size_name(p, i - 1);
    return shape_text(p, to.text, from.text);
}

static void put_declarations(page *p) {
    uint32_t n = p->layers.n;
    int      width = (int)strlen(numbered('W', n).text), wide = 0;
    name     out = size_name(p, n);
    for (uint32_t i = 1; i <= n; i++)
        if ((int)strlen(weights_shape(p, i)) > wide) wide = (int)strlen(weights_shape(p, i));
    put_line(p, arena_format(p->a, "input %-*s : %s", width, "X", shape_text(p, "n0", "m")), p->opt->rows ? "one example per row" : "one example per column");
    put_line(p, arena_format(p->a, "label %-*s : %s%s", width, "Y", shape_text(p, out.text, "m"), p->loss == LOSS_CATEGORICAL ? " onehot" : ""), label_comment(p));
    for (uint32_t i = 1; i <= n; i++) {
        name to = size_name(p, i), w = numbered('W', i), b = numbered('b', i);
        put_line(p, arena_format(p->a, "param %-*s : %-*s ~ %s", width, w.text, wide, weights_shape(p, i), p->layers.at[i - 1].f->start), "");
        put_line(p, arena_format(p->a, "param %-*s : %-*s ~ zeros", width, b.text, wide, shape_text(p, to.text, "1")), "");
    }
}

static void put_layers(page *p) {
    for (uint32_t i = 1; i <= p->layers.n; i++) {
        const activation *f = p->layers.at[i - 1].f;
        name              before = value_name(p, i - 1);
        if (p->opt->rows) buf_printf(p->out, "Z%u = %s @ W%u + b%u\n", i, before.text, i, i);
        else buf_printf(p->out, "Z%u = W%u @ %s + b%u\n", i, i, before.text, i);
        if (!is_linear(f)) buf_printf(p->out, "A%u = %s(Z%u)\n", i, f->name, i);
        if (i < p->layers.n && p->opt->keep > 0) buf_printf(p->out, "D%u = dropout(%c%u, keep)\n", i, is_linear(f) ? 'Z' : 'A', i);
    }
}

static void put_loss(page *p) {
    name        y = value_name(p, p->layers.n);
    const char *a = y.text;
    switch (p->loss) {
    case LOSS_BINARY: buf_printf(p->out, "L  = -(Y * log(%s) + (1 - Y) * log(1 - %s))\n", a, a); break;
    case LOSS_CATEGORICAL: buf_printf(p->out, "L  = -sum(Y * log(%s), axis=%d)\n", a, p->opt->rows ? 1 : 0); break;
    case LOSS_MSE: buf_printf(p->out, "L  = 1/2 * (%s - Y)**2\n", a); break;
    case LOSS_MAE: buf_printf(p->out, "L  = abs(%s - Y)\n", a); break;
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
    put_loss(p);
    if (penalty) put_penalty(p);
    buf_printf(p->out, "J  = 1/m * sum(L)%s\n\n", penalty ? " + R" : "");
    buf_printf(p->out, "minimize J\npredict  %s\n", value_name(p, p->layers.n).text);
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
