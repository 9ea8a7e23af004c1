/* The text of a CSV file -> rows of fields, as RFC 4180 has them: quotes enclose a whole field, one inside is
 * doubled; blanks around a field do not count, nor do blank lines. Lines end with LF, CR LF, or CR alone.
 *
 * A row is collected and judged as a whole, because a row that is too short or too long is the cause of
 * whatever is wrong with its fields. csv_table.c makes a table of the rows. */
#include "host/data/csv_table.h"

#include <string.h>

/* Where the next byte stands: before a field, in a plain one, in quotes, behind the closing quote, and there
 * behind a blank. */
typedef enum { BETWEEN, PLAIN, QUOTED, CLOSED, CLOSED_BLANK, N_STATES } csv_state;
typedef enum { OTHER, BLANK, SEPARATOR, QUOTE, NEWLINE, N_BYTES } csv_byte;

typedef struct csv_reader {
    stream   *s;
    csv_build build;
    csv_byte  kind[256]; /* of each byte */
    csv_state state;
    size_t    line; /* of the byte that is read, from 1 */
    char      last; /* the byte before it */
    buf       text; /* the fields of this row, each followed by a zero byte */
    csv_field field; /* the one that has begun */
    VEC(csv_field) fields;
} csv_reader;

/* ------------------------------------------------------------------ fields */

static void begin_field(csv_reader *r, csv_state state) {
    r->field = (csv_field){.offset = r->text.len, .line = r->line};
    r->state = state;
}

static void end_field(csv_reader *r) {
    if (r->state == BETWEEN) begin_field(r, PLAIN); /* an empty one */
    csv_field *f = &r->field;
    const char *text = r->text.len > f->offset ? r->text.text + f->offset : "";
    f->len = r->text.len - f->offset;
    if (r->state == PLAIN)
        while (f->len > 0 && (text[f->len - 1] == ' ' || text[f->len - 1] == '\t')) f->len--;
    r->text.len = f->offset + f->len;
    buf_put(&r->text, "", 1);
    vec_push(r->build.scratch, &r->fields, *f);
    r->state = BETWEEN;
}

static dfoo_status end_row(csv_reader *r) {
    if (r->state == BETWEEN && !r->fields.n) return DFOO_OK; /* a blank line */
    end_field(r);
    DFOO_TRY(buf_status(&r->text));
    DFOO_TRY(arena_status(r->build.scratch));
    for (uint32_t i = 0; i < r->fields.n; i++) r->fields.at[i].text = r->text.text + r->fields.at[i].offset;
    DFOO_TRY(csv_build_row(&r->build, r->fields.at, r->fields.n));
    r->text.len = 0;
    r->fields.n = 0;
    return DFOO_OK;
}

static dfoo_status bad_quote(csv_reader *r, const char *what) {
    const char *place = arena_format(r->build.scratch, "%s:%zu", r->s->file, r->field.line);
    return place ? data_bad(r->s->d, place, "%s", what) : DFOO_ENOMEM;
}

/* ----------------------------------------------------------------- parsing */

/* What a byte does where it stands. */
typedef enum { SKIP, ADD, START, OPEN, CLOSE, REOPEN, WAIT, FIELD, ROW, WRONG } csv_action;

static const csv_action actions[N_STATES][N_BYTES] = {
    [BETWEEN] = {START, SKIP, FIELD, OPEN, ROW},
    [PLAIN] = {ADD, ADD, FIELD, WRONG, ROW},
    [QUOTED] = {ADD, ADD, ADD, CLOSE, ADD},
    [CLOSED] = {WRONG, WAIT, FIELD, REOPEN, ROW},
    [CLOSED_BLANK] = {WRONG, WAIT, FIELD, WRONG, ROW},
};

static dfoo_status act(csv_reader *r, csv_action action, char c) {
    switch (action) {
    case SKIP: break;
    case START: begin_field(r, PLAIN); /* fall through */
    case ADD: buf_put(&r->text, &c, 1); break;
    case OPEN: begin_field(r, QUOTED); break;
    case CLOSE: r->state = CLOSED; break;
    case REOPEN: /* a doubled quote */
        buf_put(&r->text, &c, 1);
        r->state = QUOTED;
        break;
    case WAIT: r->state = CLOSED_BLANK; break;
    case FIELD: end_field(r); break;
    case ROW: return end_row(r);
    case WRONG:
        return bad_quote(r, "a quote (\") stands in the wrong place: quotes enclose a whole field, and one "
                            "inside it is doubled");
    }
    return DFOO_OK;
}

static dfoo_status feed(csv_reader *r, const char *p, const char *end) {
    for (; p < end; p++) {
        csv_byte kind = r->kind[(unsigned char)*p];
        DFOO_TRY(act(r, actions[r->state][kind], *p));
        if (kind == NEWLINE && !(*p == '\n' && r->last == '\r')) r->line++;
        r->last = *p;
    }
    return buf_status(&r->text);
}

/* The signs that may separate columns, in one line, outside of quotes. */
typedef struct csv_counts {
    size_t comma, semicolon, tab;
} csv_counts;

static bool is_end_of_line(char c) {
    return c == '\n' || c == '\r';
}

/* Counts up to the end of the line at *p, behind blank ones; false: there is no whole line. */
static bool count_line(const char **p, const char *end, csv_counts *out) {
    bool quoted = false;
    *out = (csv_counts){0};
    while (*p < end && (is_end_of_line(**p) || **p == ' ')) ++*p;
    for (; *p < end && (quoted || !is_end_of_line(**p)); ++*p) {
        if (**p == '"') quoted = !quoted;
        out->comma += !quoted && **p == ',';
        out->semicolon += !quoted && **p == ';';
        out->tab += !quoted && **p == '\t';
    }
    return *p < end;
}

/* The separator of the columns: a sign of the first line. Where it has commas and semicolons, it is these if
 * all of the first lines have as many of them: the commas are decimal signs then, or stand in words. */
static unsigned char find_separator(const char *text, size_t len) {
    enum { LINES = 20 };
    const char *p = text, *end = text + len;
    csv_counts  first, next;
    bool        same = count_line(&p, end, &first);
    if (!first.comma) return first.semicolon ? ';' : first.tab ? '\t' : ',';
    size_t lines = 1;
    for (; lines < LINES && same && count_line(&p, end, &next); lines++)
        same = next.semicolon == first.semicolon;
    return first.semicolon && same && lines > 1 ? ';' : ',';
}

/* Of a file that was cut off the last number is shorter than it was, and a number all the same. */
static void tell_open_end(const csv_reader *r) {
    bool open = r->last == '.' || (r->last >= '0' && r->last <= '9');
    if (open)
        diag_tell(r->s->d, "%s: the last line has no end: if the file was cut off, so may be its last number",
                  r->s->file);
}

static dfoo_status parse(csv_reader *r, char *piece, size_t size) {
    size_t len = stream_read(r->s, piece, size);
    size_t start = len >= 3 && memcmp(piece, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0; /* UTF-8 with a mark */
    r->kind[' '] = r->kind['\t'] = BLANK;
    r->kind['\n'] = r->kind['\r'] = NEWLINE;
    r->kind['"'] = QUOTE;
    unsigned char separator = find_separator(piece + start, len - start);
    r->kind[separator] = SEPARATOR;
    r->build.commas = separator != ',';
    for (; len > start; start = 0, len = stream_read(r->s, piece, size))
        DFOO_TRY(feed(r, piece + start, piece + len));
    DFOO_TRY(stream_status(r->s));
    if (r->state == QUOTED) return bad_quote(r, "a field opens with a quote (\") that is not closed");
    tell_open_end(r);
    return end_row(r);
}

static dfoo_status parse_all(csv_reader *r) {
    enum { PIECE = 1 << 16 };
    char *piece = arena_new(r->build.scratch, PIECE);
    return piece ? parse(r, piece, PIECE) : DFOO_ENOMEM;
}

dfoo_status csv_read(stream *s, const data_read_options *opt, arena *a, data_table *table) {
    arena        scratch;
    point_locale locale;
    csv_reader   r = {.s = s, .line = 1};
    *table = (data_table){0};
    DFOO_TRY(point_locale_begin(&locale));
    arena_init(&scratch, s->d->a->mem);
    buf_init(&r.text, s->d->a->mem);
    r.build = (csv_build){.d = s->d, .file = s->file, .scratch = &scratch};
    r.build.header = opt->header;
    r.build.gaps = opt->gaps;
    r.build.missing = opt->missing;
    dfoo_status status = parse_all(&r);
    if (status == DFOO_OK) status = csv_build_table(&r.build, a, table);
    if (status != DFOO_OK) *table = (data_table){0};
    buf_free(&r.text);
    arena_free(&scratch);
    point_locale_end(&locale);
    return status;
}
