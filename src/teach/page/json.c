/* Explanations -> JSON, the documents as data: docs/json.md describes every field. Mathematics comes
 * twice, in dfoo's notation and as LaTeX. */
#include "core/core.h"

#include "teach/page/sheet.h"

static void put_text_key(const sheet *p, const char *before, const char *key, const char *text) {
    buf_printf(p->out, "%s\"%s\": ", before, key);
    if (text) json_string(p->out, text);
    else buf_puts(p->out, "null");
}

static void put_formula(const sheet *p, const document *doc, const side *s) {
    put_text_key(p, "{", "formula", s->shown);
    put_text_key(p, ", ", "latex", sheet_tex(p, doc, s));
    if (s->v) put_text_key(p, ", ", "name", ir_var_name(p->g, s->v));
    buf_puts(p->out, "}");
}

/* A marked string: a list of texts and formulas. */
static void put_words(const sheet *p, const document *doc, const char *key, const char *text) {
    size_t      prose;
    const side *formula;
    const char *comma = "";
    buf_printf(p->out, ", \"%s\": [", key);
    for (const char *rest; (rest = doc_next(doc, text, &prose, &formula)); text = rest) {
        if (prose) {
            buf_puts(p->out, comma);
            json_string_part(p->out, text, prose);
            comma = ", ";
        }
        if (formula) {
            buf_puts(p->out, comma);
            put_formula(p, doc, formula);
            comma = ", ";
        }
    }
    buf_puts(p->out, "]");
}

static void put_line(const sheet *p, const document *doc, const block *b) {
    put_words(p, doc, "reason", b->words);
    buf_puts(p->out, ", \"sides\": [");
    for (uint32_t i = 0; i < b->n_sides; i++) {
        buf_puts(p->out, i ? ", " : "");
        put_formula(p, doc, &b->sides[i]);
    }
    buf_puts(p->out, "]");
    put_words(p, doc, "note", b->tail);
    put_text_key(p, ", ", "rule", b->rule);
    buf_printf(p->out, ", \"goes_on\": %s", b->hanging ? "true" : "false");
}

/* The statement that a section goes through, and its place in the model. */
static void put_statement(const sheet *p, const stmt *s) {
    if (!s) {
        buf_puts(p->out, ", \"statement\": null");
        return;
    }
    uint32_t line, column;
    source_place(&p->m->src, s->at.start, &line, &column);
    put_text_key(p, ", ", "statement", ir_var_name(p->g, s->var));
    buf_printf(p->out, ", \"line\": %u, \"start\": %zu, \"end\": %zu", line, (size_t)s->at.start,
               (size_t)s->at.end);
}

static void put_block(const sheet *p, const document *doc, const block *b) {
    static const char *const kinds[] = {[BLOCK_TITLE] = "title",
                                        [BLOCK_WORDS] = "words",
                                        [BLOCK_SECTION] = "section",
                                        [BLOCK_LINE] = "line",
                                        [BLOCK_ROW] = "row"};
    put_text_key(p, "{", "kind", kinds[b->kind]);
    if (b->kind == BLOCK_LINE || b->kind == BLOCK_ROW || b->kind == BLOCK_TITLE) put_line(p, doc, b);
    else put_words(p, doc, "words", b->words);
    if (b->kind == BLOCK_SECTION) put_statement(p, b->about);
    buf_puts(p->out, "}");
}

static void put_dim(const sheet *p, dim x) {
    if (dim_is_named(x)) json_string(p->out, symbols_name(p->g->names, dim_name(x)));
    else buf_printf(p->out, "%u", x);
}

static void put_shape(const sheet *p, shape s) {
    buf_puts(p->out, ", \"shape\": [");
    if (!shape_is_scalar(s)) {
        put_dim(p, s.rows);
        buf_puts(p->out, ", ");
        put_dim(p, s.cols);
    }
    buf_puts(p->out, "]");
}

static void put_checked(const sheet *p, const explain_result *r) {
    buf_printf(p->out,
               "{\"finite\": %s, \"identities\": %u, \"worst_identity\": ", r->not_finite ? "false" : "true",
               r->n_identities);
    json_number(p->out, r->worst_identity);
    buf_printf(p->out, ", \"derivatives\": %u, \"worst_derivative\": ", r->n_derivatives);
    json_number(p->out, r->worst_derivative);
    buf_printf(p->out, ", \"failed\": %u}", r->n_failed);
}

/* What is explained, of a gradient. */
static void put_gradient(const sheet *p, const gradient *v) {
    put_text_key(p, ", ", "of", ir_var_name(p->g, v->var));
    put_shape(p, ir_var(p->g, v->var)->sh);
    put_text_key(p, ", ", "differentiates", v->scale == SCALE_DATA ? "loss" : "cost");
    buf_printf(p->out, ", \"shown\": %s", v->shown ? "true" : "false");
}

static void one(sheet *p, const document *doc, const explain_result *result) {
    bool first = !p->n_written && (!p->n_goals || doc->goal == p->goals[0]);
    put_text_key(p, first ? "\n    {" : ",\n    {", "name", doc->name);
    put_text_key(p, ", ", "kind", p->topic ? "page" : doc->d ? "gradient" : "function");
    if (doc->d) put_gradient(p, derivation_find(p->d, doc->goal));
    buf_puts(p->out, ",\n     \"checked\": ");
    put_checked(p, result);
    buf_puts(p->out, ",\n     \"blocks\": [");
    for (uint32_t i = 0; i < doc->blocks.n; i++) {
        buf_puts(p->out, i ? ",\n       " : "\n       ");
        put_block(p, doc, &doc->blocks.at[i]);
    }
    buf_puts(p->out, "]}");
}

static void begin(sheet *p) {
    buf_puts(p->out, "{\n  \"dfoo\": \"" DFOO_VERSION "\",\n");
    put_text_key(p, "  ", "model", p->d ? p->title : NULL);
    put_text_key(p, ",\n  ", "head", p->d ? p->head : NULL);
    put_text_key(p, ",\n  ", "convention", !p->d ? NULL : p->d->used == CONVENTION_COURSE ? "course" : "dJ");
    buf_puts(p->out, ",\n  \"explanations\": [");
}

static void end(sheet *p) {
    buf_puts(p->out, "\n  ]\n}\n");
}

const renderer json_renderer = {begin, one, end, &target_tex, NULL};
