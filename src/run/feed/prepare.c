/* Columns of a table -> entries of a model's input, by rules. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "run/feed/dates.h"
#include "run/feed/prepare.h"

/* ----------------------------------------------------------------- entries */

static size_t entries_of(const column_rule *x) {
    switch (x->kind) {
    case PREPARE_NUMBER:
        return 1 + (size_t)x->indicator;
    case PREPARE_WORDS:
        return x->n_words + (size_t)x->indicator;
    case PREPARE_TARGET:
        return 1;
    case PREPARE_LEFT:
    case PREPARE_KINDS:
        break;
    }
    return 0;
}

size_t prepare_entries(const column_rule *rules, uint32_t n) {
    size_t sum = 0;
    for (uint32_t i = 0; i < n; i++) sum += entries_of(&rules[i]);
    return sum;
}

static double *expand_words(const column_rule *x, double code, double *out) {
    for (uint32_t k = 0; k < x->n_words; k++) *out++ = code == k;
    return out;
}

/* On both sides of the median far values come nearer; the order stays. */
static double near(const column_rule *x, double value) {
    const double most = 1e300; /* what is beyond is as far */
    if (!(x->log > 0) || isnan(value)) return value;
    double far = fmax(-most, fmin(most, (value - x->median) / x->log));
    return far < 0 ? -portable_log(1 - far) : portable_log(1 + far);
}

void prepare_expand(const column_rule *rules, uint32_t n, const double *raw, double *out) {
    for (uint32_t i = 0; i < n; i++) {
        const column_rule *x = &rules[i];
        if (x->kind == PREPARE_LEFT) continue;
        if (x->kind == PREPARE_WORDS)
            out = expand_words(x, raw[i], out);
        else
            *out++ = near(x, isnan(raw[i]) ? x->median : raw[i]);
        if (x->indicator) *out++ = isnan(raw[i]);
    }
}

static bool is_scaled(const column_rule *x) {
    return !x->as_is && (x->kind == PREPARE_NUMBER || x->kind == PREPARE_TARGET);
}

void prepare_moments(const column_rule *rules, uint32_t n, double *mean, double *sd) {
    size_t at = 0;
    for (uint32_t i = 0; i < n; i++)
        for (size_t k = 0; k < entries_of(&rules[i]); k++, at++) {
            bool scaled = k == 0 && is_scaled(&rules[i]);
            mean[at] = scaled ? rules[i].mean : 0;
            sd[at] = scaled ? rules[i].sd : 1;
        }
}

static const char *entry_name(arena *a, const column_rule *rules, uint32_t n, size_t entry,
                              const char *quote) {
    for (uint32_t i = 0; i < n; entry -= entries_of(&rules[i++])) {
        const column_rule *x = &rules[i];
        const char        *name = x->name;
        if (entry >= entries_of(x)) continue;
        bool words = x->kind == PREPARE_WORDS;
        if (words && entry < x->n_words)
            return arena_format(a, "%s%s%s = %s", quote, name, quote, x->words[entry]);
        return arena_format(a, "%s%s%s%s", quote, name, quote, words || entry ? " is missing" : "");
    }
    return arena_format(a, "entry %zu", entry + 1);
}

const char *prepare_entry_name(arena *a, const column_rule *rules, uint32_t n, size_t entry) {
    return entry_name(a, rules, n, entry, "'");
}

const char *prepare_plain_name(arena *a, const column_rule *rules, uint32_t n, size_t entry) {
    return entry_name(a, rules, n, entry, "");
}

const char *prepare_column_name(arena *a, const data_table *t, size_t column) {
    return t->names && t->names[column][0] ? t->names[column] : arena_format(a, "column %zu", column + 1);
}

/* ------------------------------------------------------------------ finding */

static double value_at(const prepare_request *r, size_t column, size_t j) {
    if (r->values) return r->values[j];
    return r->t->values[(r->pick ? r->pick[j] : j) * r->t->n_cols + column];
}

/* What a column holds, of the training examples. */
typedef struct content {
    size_t gaps, n; /* of n that are there */
    double first;
    bool   constant, whole;
} content;

static content look_at(const prepare_request *r, size_t column) {
    content c = {.constant = true, .whole = true};
    for (size_t j = 0; j < r->n; j++) {
        double x = value_at(r, column, j);
        if (isnan(x)) {
            c.gaps++;
            continue;
        }
        if (!c.n++) c.first = x;
        c.constant &= x == c.first;
        c.whole &= x == floor(x);
    }
    return c;
}

/* Mean and deviation of the values that are there; of a column that never changes the deviation is 1. */
static void find_moments(const prepare_request *r, size_t column, column_rule *out) {
    double sum = 0, squares = 0, first = NAN;
    size_t n = 0;
    for (size_t j = 0; j < r->n; j++) {
        double x = near(out, value_at(r, column, j));
        if (isnan(x)) continue;
        if (!n++) first = x;
        sum += x - first;
    }
    double mean = n ? first + sum / (double)n : 0;
    for (size_t j = 0; j < r->n; j++) {
        double x = near(out, value_at(r, column, j)) - mean;
        if (!isnan(x)) squares += x * x;
    }
    double sd = n ? sqrt(squares / (double)n) : 0;
    out->mean = mean;
    out->sd = sd > 1e-12 * fabs(mean) ? sd : 1;
}

/* Room for the numbers of a column, which is not kept: for all columns it would be a second table. */
static double *borrow(const prepare_request *r, size_t n) {
    double *at = mem_new(&r->a->mem, n * sizeof *at);
    r->a->failed |= !at;
    return at;
}

static void give_back(const prepare_request *r, double *at, size_t n) {
    mem_free(&r->a->mem, at, n * sizeof *at);
}

static int compare_numbers(const void *left, const void *right) {
    double l, r;
    memcpy(&l, left, sizeof l);
    memcpy(&r, right, sizeof r);
    return (l > r) - (l < r);
}

static void exchange(double *a, double *b) {
    double x = *a;
    *a = *b;
    *b = x;
}

/* Afterwards at[k] is what would be there in order, with nothing larger before it (Hoare 1961). */
static void put_in_place(double *at, size_t n, size_t k) {
    size_t low = 0, high = n - 1;
    while (low < high) {
        double middle = at[low + (high - low) / 2];
        size_t i = low, j = high;
        while (i <= j) {
            while (at[i] < middle) i++;
            while (at[j] > middle) j--;
            if (i > j) break;
            exchange(&at[i++], &at[j]);
            if (j-- == 0) break;
        }
        if (k <= j && j < n) high = j;
        else if (k >= i) low = i;
        else return;
    }
}

static double median_of(double *at, size_t n) {
    put_in_place(at, n, n / 2);
    if (n % 2) return at[n / 2];
    double below = at[0];
    for (size_t i = 1; i < n / 2; i++)
        if (at[i] > below) below = at[i];
    return below + (at[n / 2] - below) / 2;
}

/* The median of at most so many values, evenly from all, or of their distances from one. */
static double find_middle(const prepare_request *r, size_t column, const double *from) {
    enum { MOST = 20001 };
    size_t  n = 0, step = r->n / MOST + 1;
    double *at = borrow(r, r->n / step + 1);
    for (size_t j = 0; at && j < r->n; j += step) {
        double x = value_at(r, column, j);
        if (!isnan(x)) at[n++] = from ? fabs(x - *from) : x;
    }
    double middle = n ? median_of(at, n) : 0;
    give_back(r, at, r->n / step + 1);
    return middle;
}

/* The mean fourth power of distances from the mean over the squared variance: 3 of a normal distribution, 9
 * of an exponential one, 100 and more where a few values are far from all others. */
static double find_kurtosis(const prepare_request *r, size_t column, const column_rule *rule) {
    column_rule own = *rule;
    double      sum = 0, n = 0;
    find_moments(r, column, &own);
    for (size_t j = 0; j < r->n; j++) {
        double x = (near(&own, value_at(r, column, j)) - own.mean) / own.sd;
        if (isnan(x)) continue;
        sum += x * x * x * x;
        n++;
    }
    return n > 0 ? sum / n : 0;
}

/* Where a few values lie far out, and would lie less so: else they are most of what the deviation says, and
 * the others become nearly the same. */
static double find_log(const prepare_request *r, size_t column, const column_rule *x) {
    enum { LEAST = 50, HEAVY = 60 };
    column_rule plain = *x, taken = *x;
    plain.log = 0;
    double kurtosis = r->n < LEAST || r->as_is ? 0 : find_kurtosis(r, column, &plain);
    if (!(kurtosis > HEAVY)) return 0;
    taken.log = find_middle(r, column, &x->median); /* half of the values are nearer */
    if (!(taken.log > 0) || !isfinite(taken.log)) return 0;
    return find_kurtosis(r, column, &taken) < kurtosis / 2 ? taken.log : 0;
}

static dfoo_status leave(column_rule *out, const char *why) {
    out->kind = PREPARE_LEFT;
    out->why = why;
    return why ? DFOO_OK : DFOO_ENOMEM;
}

/* ---- what a name says */

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static bool is_letter(char c) {
    return lower(c) >= 'a' && lower(c) <= 'z';
}

static bool ends_in(const char *name, const char *end) {
    size_t n = strlen(name), n_end = strlen(end);
    if (n < n_end) return false;
    for (size_t i = 0; i < n_end; i++)
        if (lower(name[n - n_end + i]) != end[i]) return false;
    return true;
}

static bool is_name_of_ids(const char *name) {
    static const char *const whole[] = {"id", "index", "idx", "row", "rownames", "unnamed: 0", "rownum"};
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
        if (strlen(name) == strlen(whole[i]) && ends_in(name, whole[i])) return true;
    return !name[0] || ends_in(name, "_id") || ends_in(name, " id");
}

/* Is no value there twice? */
static bool all_differ(const prepare_request *r, size_t column) {
    double *at = borrow(r, r->n);
    bool    differ = at != NULL;
    for (size_t j = 0; at && j < r->n; j++) at[j] = value_at(r, column, j);
    if (at) qsort(at, r->n, sizeof *at, compare_numbers);
    for (size_t j = 1; j < r->n && differ; j++) differ = at[j] != at[j - 1];
    give_back(r, at, r->n);
    return differ;
}

static bool is_id(const prepare_request *r, size_t column, const content *c) {
    const char *name = r->t->names ? r->t->names[column] : "x";
    return c->whole && !c->gaps && c->n > 2 && is_name_of_ids(name) && all_differ(r, column);
}

/* ---- numbers */

static dfoo_status find_number(const prepare_request *r, size_t column, const content *c, column_rule *out) {
    char digits[32];
    snprintf(digits, sizeof digits, "%.6g", c->first);
    if (!r->keep_all && !c->n) return leave(out, "it is empty");
    if (!r->keep_all && c->constant && !c->gaps)
        return leave(out, arena_format(r->a, "it is always %s", digits));
    if (!r->keep_all && is_id(r, column, c)) return leave(out, "no value is there twice, as of an id");
    out->kind = PREPARE_NUMBER;
    out->as_is = r->as_is;
    out->indicator = !r->keep_all && c->gaps * 20 > r->n && !(c->constant && c->n == 0);
    out->median = find_middle(r, column, NULL);
    out->log = r->finds_log ? find_log(r, column, out) : r->log;
    find_moments(r, column, out);
    if (isfinite(out->mean) && isfinite(out->sd)) return DFOO_OK;
    return diag_alone(r->d, "%s: '%s' cannot be standardised: its values are too large", r->from, out->name);
}

/* ---- words */

static bool is_date(const char *word) {
    size_t digits = 0, signs = 0, colons = 0, letters = 0;
    for (const char *p = word; *p; p++) {
        digits += is_digit(*p);
        signs += *p == '-' || *p == '/' || *p == '.';
        colons += *p == ':';
        letters += is_letter(*p);
    }
    bool day = signs == 2 && digits >= 4 && strlen(word) <= 40 && letters <= 4;
    return is_digit(word[0]) && (day || (colons >= 1 && digits >= 3 && letters <= 2));
}

static bool are_dates(const data_classes *words) {
    size_t dates = 0;
    for (uint32_t k = 0; k < words->n; k++) dates += is_date(words->names[k]);
    return dates * 10 >= (size_t)words->n * 9;
}

static dfoo_status refuse_dates(const prepare_request *r, const column_rule *x, const char *word) {
    diag_alone(r->d, "%s: '%s' holds dates or times, such as %s, and a model wants numbers", r->from, x->name,
               word);
    double      day;
    column_rule none = {.name = x->name, .kind = PREPARE_LEFT, .why = ""}, number = none;
    number.kind = PREPARE_NUMBER;
    number.days = true;
    number.mean = number.sd = number.median = NAN;
    const char *left = prepare_line(r->a, &none), *days = prepare_line(r->a, &number);
    bool        can = date_days(word, &day), plain = !strchr(x->name, '\'');
    if (can) {
        diag_note(r->d, "a line of a file for --prepare says what it is: the days since 1970, or nothing:");
        diag_note(r->d, "%s", days);
    } else {
        diag_note(r->d, "write them as 2026-11-30 12:00, or make numbers of them: the month, the hour;");
        diag_note(r->d, "or leave the column out: a file for --prepare with the line");
    }
    diag_note(r->d, "%s", left);
    if (plain)
        diag_note(r->d, "as in: echo '%s' > columns.txt, and then --prepare columns.txt", can ? days : left);
    return r->d->a->failed || r->a->failed ? DFOO_ENOMEM : DFOO_EINPUT;
}

/* How often each word stands in the training examples, and how many there are at all. */
static size_t *count_words(const prepare_request *r, size_t column, uint32_t *n_there) {
    uint32_t n = r->t->classes[column].n;
    size_t  *count = arena_new(r->a, (n + 1) * sizeof *count);
    *n_there = 0;
    for (size_t j = 0; count && j < r->n; j++) {
        double x = value_at(r, column, j);
        if (!isnan(x)) *n_there += !count[(size_t)x]++;
    }
    return count;
}

/* The least count of a word that is kept: of the most frequent ones there is room for. */
static size_t least_count(const prepare_request *r, const size_t *count, uint32_t n, uint32_t n_there) {
    if (n_there <= PREPARE_MOST_WORDS) return 1;
    double *sorted = arena_new(r->a, n * sizeof *sorted);
    if (!sorted) return 1;
    for (uint32_t k = 0; k < n; k++) sorted[k] = (double)count[k];
    qsort(sorted, n, sizeof *sorted, compare_numbers);
    return (size_t)sorted[n - PREPARE_MOST_WORDS];
}

static dfoo_status keep_words(const prepare_request *r, size_t column, const size_t *count, uint32_t n_there,
                              column_rule *out) {
    const data_classes *all = &r->t->classes[column];
    size_t              least = least_count(r, count, all->n, n_there);
    uint32_t            n = 0;
    const char        **words = arena_new(r->a, PREPARE_MOST_WORDS * sizeof *words);
    if (!words) return DFOO_ENOMEM;
    for (int pass = 0; pass < 2;
         pass++) /* those above the least first: of those at it there may be too many */
        for (uint32_t k = 0; k < all->n && n < PREPARE_MOST_WORDS; k++)
            if (pass ? count[k] == least : count[k] > least) words[n++] = all->names[k];
    out->n_words = n;
    out->words = text_copies(r->a, words, n);
    return out->words ? DFOO_OK : DFOO_ENOMEM;
}

static dfoo_status find_words(const prepare_request *r, size_t column, const content *c, column_rule *out) {
    const data_classes *all = &r->t->classes[column];
    uint32_t            n;
    size_t             *count = count_words(r, column, &n);
    if (!count) return DFOO_ENOMEM;
    if (are_dates(all)) return refuse_dates(r, out, all->names[0]);
    if (n == 1 && !c->gaps)
        return leave(out, arena_format(r->a, "it is always %s", all->names[(size_t)c->first]));
    if (n > 20 && (size_t)n * 2 > r->n)
        return leave(out, arena_format(r->a, "%u different words in %zu rows, as of an id", n, r->n));
    out->kind = PREPARE_WORDS;
    out->indicator = c->gaps > 0;
    return keep_words(r, column, count, n, out);
}

/* ---- what the user said */

static const column_rule *said_of(const prepare_request *r, const char *name) {
    for (uint32_t i = 0; i < r->n_said; i++)
        if (strcmp(r->said[i].name, name) == 0) return &r->said[i];
    return NULL;
}

static dfoo_status not_as_said(const prepare_request *r, const column_rule *said, const char *what) {
    return diag_alone(r->d, "%s: '%s' holds %s, and --prepare says: %s", r->from, said->name, what,
                      prepare_line(r->a, said));
}

static void obey_numbers(const column_rule *said, column_rule *out) {
    if (!isnan(said->mean)) out->mean = said->mean;
    if (!isnan(said->sd)) out->sd = said->sd;
    if (!isnan(said->median)) out->median = said->median;
}

/* Where nothing is said of the deviation, a column may be found to have heavy tails. */
static prepare_request as_said(const prepare_request *r, const column_rule *said) {
    prepare_request all = *r;
    all.keep_all = true;
    all.log = said->log > 0 ? said->log : 0;
    all.finds_log = !(all.log > 0) && !said->as_is && isnan(said->mean) && isnan(said->sd);
    return all;
}

/* The day of each word of a column of dates. */
static dfoo_status find_days(diags *d, arena *a, const char *from, const data_classes *words,
                             const column_rule *x, double **out) {
    *out = arena_new(a, (words->n + 1) * sizeof **out);
    for (uint32_t k = 0; *out && k < words->n; k++) {
        if (date_days(words->names[k], &(*out)[k])) continue;
        diag_alone(d, "%s: '%s' has %s, which is no date of those that are read", from, x->name,
                   words->names[k]);
        diag_note(d, "they are written 2026-11-30, 2026/11/30 or 30.11.2026, with a time, as 12:00, or none");
        return d->a->failed ? DFOO_ENOMEM : DFOO_EINPUT;
    }
    return *out ? DFOO_OK : DFOO_ENOMEM;
}

/* Numbers of the days in the place of the words. */
static dfoo_status obey_days(const prepare_request *r, size_t column, const column_rule *said,
                             column_rule *out) {
    double         *day;
    prepare_request own = as_said(r, said);
    DFOO_TRY(find_days(r->d, r->a, r->from, &r->t->classes[column], said, &day));
    double *at = borrow(r, r->n);
    if (!at) return DFOO_ENOMEM;
    for (size_t j = 0; j < r->n; j++) {
        double x = value_at(r, column, j);
        at[j] = isnan(x) ? NAN : day[(size_t)x];
    }
    own.values = at;
    content     c = look_at(&own, column);
    dfoo_status status = find_number(&own, column, &c, out);
    give_back(r, at, r->n);
    out->days = true;
    out->indicator = said->indicator;
    out->as_is = said->as_is;
    obey_numbers(said, out);
    return status;
}

/* What was found, with what was said in its place. */
static dfoo_status obey(const prepare_request *r, size_t column, const content *c, const column_rule *said,
                        column_rule *out) {
    bool words = r->t->classes[column].n > 0;
    if (said->kind == PREPARE_LEFT)
        return leave(out, said->why && said->why[0] ? said->why : "--prepare says so");
    if (said->kind == PREPARE_TARGET) return not_as_said(r, said, "an input");
    if (said->days && words) return obey_days(r, column, said, out);
    if ((words != (said->kind == PREPARE_WORDS) || said->days) && c->n)
        return not_as_said(r, said, words ? "words" : "numbers");
    prepare_request all = as_said(r, said);
    DFOO_TRY(said->kind == PREPARE_WORDS && !said->n_words ? find_words(&all, column, c, out)
             : said->kind == PREPARE_WORDS                 ? DFOO_OK
                                                           : find_number(&all, column, c, out));
    out->kind = said->kind;
    out->indicator = said->indicator;
    out->as_is = said->as_is;
    if (said->n_words) out->n_words = said->n_words, out->words = said->words;
    obey_numbers(said, out);
    return DFOO_OK;
}

dfoo_status prepare_find(const prepare_request *r, size_t column, column_rule *out) {
    content c = look_at(r, column);
    *out = (column_rule){.name = prepare_column_name(r->a, r->t, column)};
    if (!out->name) return DFOO_ENOMEM;
    const column_rule *said = said_of(r, out->name);
    dfoo_status        status = said                      ? obey(r, column, &c, said, out)
                                : r->t->classes[column].n ? find_words(r, column, &c, out)
                                                          : find_number(r, column, &c, out);
    return r->a->failed ? DFOO_ENOMEM : status;
}

dfoo_status prepare_find_target(const prepare_request *r, size_t column, column_rule *out) {
    *out = (column_rule){.name = prepare_column_name(r->a, r->t, column), .kind = PREPARE_TARGET};
    if (!out->name) return DFOO_ENOMEM;
    const column_rule *said = said_of(r, out->name);
    if (said && said->kind != PREPARE_TARGET) return not_as_said(r, said, "a label");
    find_moments(r, column, out);
    if (said && !isnan(said->mean)) out->mean = said->mean;
    if (said && !isnan(said->sd)) out->sd = said->sd;
    out->as_is = said && said->as_is;
    if (isfinite(out->mean) && isfinite(out->sd)) return DFOO_OK;
    return diag_alone(r->d, "%s: '%s' cannot be scaled: its values are too large", r->from, out->name);
}

/* ----------------------------------------------------------------- applying */

/* The place of each word of the file among those of the rule; -1: it is none of them. */
static double *match_words(arena *a, const data_classes *words, const column_rule *x) {
    double *place = arena_new(a, (words->n + 1) * sizeof *place);
    for (uint32_t k = 0; place && k < words->n; k++) {
        place[k] = -1;
        for (uint32_t i = 0; i < x->n_words && place[k] < 0; i++)
            if (strcmp(words->names[k], x->words[i]) == 0) place[k] = i;
    }
    return place;
}

static void tell_unknown(diags *d, arena *a, const char *from, const data_classes *words, const double *place,
                         const column_rule *x) {
    const char **names = arena_new(a, words->n * sizeof *names);
    uint32_t     n = 0;
    for (uint32_t k = 0; names && k < words->n; k++)
        if (place[k] < 0) names[n++] = words->names[k];
    if (!n) return;
    diag_warn(d, NULL, span_at(0, 0), "%s: '%s' has %s that the rule of training does not have: %s", from,
              x->name, n == 1 ? "a word" : "words", text_list(a, names, n));
    diag_note(d, "none of its entries is 1 there: the prediction is made from the other columns");
}

static void tell_gaps(diags *d, const char *from, const column_rule *x, size_t gaps) {
    if (!gaps || x->indicator) return;
    if (x->kind == PREPARE_WORDS)
        diag_warn(d, NULL, span_at(0, 0),
                  "%s: '%s' has %zu gap%s, and had none in training: no word is taken there", from, x->name,
                  gaps, gaps == 1 ? "" : "s");
    else
        diag_warn(d, NULL, span_at(0, 0),
                  "%s: '%s' has %zu gap%s: the median of training, %g, is taken there", from, x->name, gaps,
                  gaps == 1 ? "" : "s", x->median);
}

static size_t copy_column(const data_table *t, size_t column, const double *place, double *out, uint32_t n) {
    size_t gaps = 0;
    for (size_t j = 0; j < t->n_rows; j++) {
        double x = t->values[j * t->n_cols + column];
        gaps += isnan(x) != 0;
        out[j * n] = place && !isnan(x) ? place[(size_t)x] : x;
    }
    return gaps;
}

/* What a column of dates counts as; there may be gaps alone. */
static dfoo_status days_of(diags *d, arena *a, const char *from, const data_table *t, size_t column,
                           const column_rule *x, double **out) {
    const data_classes *words = &t->classes[column];
    bool                any = false;
    for (size_t j = 0; j < t->n_rows && !words->n; j++) any |= !isnan(t->values[j * t->n_cols + column]);
    if (any) return diag_alone(d, "%s: '%s' holds numbers, and training had dates there", from, x->name);
    return find_days(d, a, from, words, x, out);
}

dfoo_status prepare_values(diags *d, arena *a, const char *from, const data_table *t,
                           const column_rule *rules, const size_t *columns, uint32_t n, bool warn,
                           double **out) {
    *out = t->n_rows < SIZE_MAX / sizeof **out / (n + 1) ? arena_new(a, t->n_rows * (n + 1) * sizeof **out)
                                                         : NULL;
    if (!*out) return DFOO_ENOMEM;
    for (uint32_t i = 0; i < n; i++) {
        const data_classes *words = &t->classes[columns[i]];
        const column_rule  *x = &rules[i];
        bool                wants = x->kind == PREPARE_WORDS;
        double             *place = words->n && !x->days ? match_words(a, words, x) : NULL;
        if (x->days) DFOO_TRY(days_of(d, a, from, t, columns[i], x, &place));
        if (words->n && !wants && !x->days)
            return diag_alone(d, "%s: '%s' holds words (%s), and training had numbers there", from, x->name,
                              text_list(a, words->names, words->n));
        size_t gaps = copy_column(t, columns[i], place, *out + i, n);
        if (wants && !words->n && gaps < t->n_rows)
            return diag_alone(d, "%s: '%s' holds numbers, and training had words there (%s)", from, x->name,
                              text_list(a, x->words, x->n_words));
        if (words->n && !place) return DFOO_ENOMEM;
        if (warn && place && wants) tell_unknown(d, a, from, words, place, x);
        if (warn) tell_gaps(d, from, x, gaps);
    }
    return arena_status(a);
}
