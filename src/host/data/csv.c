/* CSV through libcsv, into a table.
 *
 * libcsv hands out fields; a row is collected and judged as a whole, because a row that is too
 * short or too long is the cause of whatever is wrong with its fields. The first row waits until
 * it is clear whether it holds names (csv_table.c decides); the others go into blocks, words as
 * the number of their interned string, and the table is put together at the end. */
#include "core/core.h"
#include "host/data/csv_table.h"

#include <csv.h>
#include <string.h>

/* What the callbacks of libcsv see. After the first error they do nothing. */
typedef struct csv_reader {
    stream     *s;
    csv_build   build;
    dfoo_status status;
    size_t      line; /* of the byte that is parsed, from 1 */
    bool        after_cr;
    buf         text; /* the fields of this row, each followed by a zero byte */
    VEC(csv_field) fields;
} csv_reader;

/* ---------------------------------------------------------------- callbacks */

/* A line ends with LF, CR LF, or CR alone. */
static void count_newline(csv_reader *r, int c) {
    if (c == '\n' && r->after_cr) r->after_cr = false;
    else if (c == '\n' || c == '\r') {
        r->line++;
        r->after_cr = c == '\r';
    }
}

static void on_field(void *text, size_t len, void *user) {
    csv_reader *r = user;
    if (r->status != DFOO_OK) return;
    csv_field   f = {.offset = r->text.len, .len = len, .line = r->line};
    const char *p = text;
    buf_put(&r->text, p, len);
    buf_put(&r->text, "", 1);
    vec_push(r->build.scratch, &r->fields, f);
    r->after_cr = false;
    for (size_t i = 0; i < len; i++) { /* quoted fields may have several lines */
        if (p[i] == '\n' || p[i] == '\r') count_newline(r, (unsigned char)p[i]);
        else r->after_cr = false;
    }
    r->after_cr = false;
    r->status = buf_status(&r->text);
    if (r->status == DFOO_OK) r->status = arena_status(r->build.scratch);
}

static void on_row(int end, void *user) {
    csv_reader *r = user;
    if (r->status == DFOO_OK && r->fields.n > 0) {
        for (uint32_t i = 0; i < r->fields.n; i++)
            r->fields.at[i].text = r->text.text + r->fields.at[i].offset;
        r->status = csv_build_row(&r->build, r->fields.at, r->fields.n);
    }
    r->text.len = 0;
    r->fields.n = 0;
    count_newline(r, end);
}

/* ----------------------------------------------------------------- parsing */

/* The separator of the columns, from the first line that is not blank. */
static unsigned char find_separator(const char *text, size_t len) {
    bool quoted = false, tab = false, semicolon = false, seen = false;
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '"') quoted = !quoted;
        if (quoted) continue;
        if (text[i] == ',') return ',';
        tab |= text[i] == '\t';
        semicolon |= text[i] == ';';
        if (seen && (text[i] == '\n' || text[i] == '\r')) break;
        seen |= text[i] != ' ' && text[i] != '\n' && text[i] != '\r';
    }
    return semicolon ? ';' : tab ? '\t' : ',';
}

static dfoo_status parse_failed(csv_reader *r, struct csv_parser *parser, bool at_end) {
    if (csv_error(parser) != CSV_EPARSE) return DFOO_ENOMEM;
    const char *place = arena_format(r->build.scratch, "%s:%zu", r->s->file, r->line);
    if (!place) return DFOO_ENOMEM;
    if (at_end) return data_bad(r->s->d, place, "a field opens with a quote (\") that is not closed");
    return data_bad(r->s->d, place,
                    "a quote (\") stands in the wrong place: quotes enclose a whole field, and one inside it "
                    "is doubled");
}

static dfoo_status feed(csv_reader *r, struct csv_parser *parser, const char *text, size_t len) {
    size_t done = csv_parse(parser, text, len, on_field, on_row, r);
    if (r->status == DFOO_OK && done < len) r->status = parse_failed(r, parser, false);
    return r->status;
}

static dfoo_status parse(csv_reader *r, struct csv_parser *parser, char *piece, size_t size) {
    size_t len = stream_read(r->s, piece, size);
    size_t start = len >= 3 && memcmp(piece, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0; /* UTF-8 with a mark */
    csv_set_delim(parser, find_separator(piece + start, len - start));
    while (len > start) {
        DFOO_TRY(feed(r, parser, piece + start, len - start));
        start = 0;
        len = stream_read(r->s, piece, size);
    }
    DFOO_TRY(stream_status(r->s));
    if (csv_fini(parser, on_field, on_row, r) != 0 && r->status == DFOO_OK)
        r->status = parse_failed(r, parser, true);
    return r->status;
}

static dfoo_status parse_all(csv_reader *r) {
    enum { PIECE = 1 << 16 };
    struct csv_parser parser;
    char             *piece = arena_new(r->build.scratch, PIECE);
    if (!piece || csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI | CSV_REPALL_NL) != 0) return DFOO_ENOMEM;
    csv_set_blk_size(&parser, PIECE / 16);
    dfoo_status status = parse(r, &parser, piece, PIECE);
    csv_free(&parser);
    return status;
}

dfoo_status csv_read(stream *s, const data_read_options *opt, arena *a, data_table *table) {
    arena        scratch;
    point_locale locale;
    csv_reader   r = {.s = s, .line = 1};
    *table = (data_table){0};
    DFOO_TRY(point_locale_begin(&locale));
    arena_init(&scratch, s->d->a->mem);
    buf_init(&r.text, s->d->a->mem);
    r.build = (csv_build){.d = s->d, .file = s->file, .header = opt->header, .gaps = opt->gaps, .scratch = &scratch};
    dfoo_status status = parse_all(&r);
    if (status == DFOO_OK) status = csv_build_table(&r.build, a, table);
    if (status != DFOO_OK) *table = (data_table){0};
    buf_free(&r.text);
    arena_free(&scratch);
    point_locale_end(&locale);
    return status;
}
