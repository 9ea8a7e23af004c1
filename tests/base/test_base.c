/* The ground floor: memory, text, diagnostics, random numbers, arrays. */
#include "failing_allocator.h"

#include <math.h>
#include <stdio.h>

#include "core/base/arrays.h"
#include "core/base/diag.h"
#include "core/base/rng.h"
#include "core/base/text.h"

/* ------------------------------------------------------------------ memory */

static void arena_blocks_are_zeroed_aligned_and_apart(void **state) {
    (void)state;
    failing f = {0};
    arena   a;
    arena_init(&a, failing_allocator(&f));
    unsigned char *block[200];
    for (size_t i = 0; i < 200; i++) { /* sizes up to 40 kB: many chunks, some of their own */
        size_t size = i * 199;
        block[i] = arena_new(&a, size);
        assert_non_null(block[i]);
        assert_int_equal((uintptr_t)block[i] % _Alignof(max_align_t), 0);
        for (size_t k = 0; k < size; k++) assert_int_equal(block[i][k], 0);
        memset(block[i], (int)i, size);
    }
    for (size_t i = 0; i < 200; i++)
        for (size_t k = 0; k < i * 199; k++) assert_int_equal(block[i][k], i);
    assert_int_equal(arena_status(&a), DFOO_OK);
    arena_free(&a);
    assert_int_equal(f.live, 0);
}

static void arena_refuses_what_cannot_be(void **state) {
    (void)state;
    arena a;
    arena_init(&a, mem_default());
    assert_null(arena_new(&a, SIZE_MAX));
    assert_int_equal(arena_status(&a), DFOO_ENOMEM);
    arena_free(&a);
}

static void arena_texts(void **state) {
    (void)state;
    arena a;
    arena_init(&a, mem_default());
    assert_string_equal(arena_text(&a, "sigmoid(Z)", 7), "sigmoid");
    assert_string_equal(arena_text(&a, "", 0), "");
    assert_string_equal(arena_format(&a, "%s%d", "dW", 12), "dW12");
    arena_free(&a);
}

static void vectors_grow(void **state) {
    (void)state;
    failing f = {0};
    arena   a;
    arena_init(&a, failing_allocator(&f));
    VEC(uint32_t) v = {0};
    for (uint32_t i = 0; i < 10000; i++) vec_push(&a, &v, i * i);
    assert_int_equal(v.n, 10000);
    for (uint32_t i = 0; i < v.n; i++) assert_int_equal(v.at[i], i * i);
    arena_free(&a);
}

static void vector_without_memory_stays_as_it_was(void **state) {
    (void)state;
    failing f = {.fail_at = 2}; /* the second chunk */
    arena   a;
    arena_init(&a, failing_allocator(&f));
    VEC(uint32_t) v = {0};
    for (uint32_t i = 0; arena_status(&a) == DFOO_OK; i++) vec_push(&a, &v, i);
    assert_true(v.n >= 8);
    for (uint32_t i = 0; i < v.n; i++) assert_int_equal(v.at[i], i);
    arena_free(&a);
    assert_int_equal(f.live, 0);
}

/* -------------------------------------------------------------------- text */

static void buffers(void **state) {
    (void)state;
    failing f = {0};
    buf     b;
    buf_init(&b, failing_allocator(&f));
    for (int i = 0; i < 1000; i++) buf_printf(&b, "%d,", i);
    buf_repeat(&b, '-', 3);
    buf_put(&b, "abc", 2);
    assert_int_equal(b.len, 10 * 2 + 90 * 3 + 900 * 4 + 5);
    assert_string_equal(b.text + b.len - 9, "999,---ab");
    assert_int_equal(strlen(b.text), b.len);
    assert_int_equal(buf_status(&b), DFOO_OK);
    size_t len = b.len;
    char  *text = buf_take(&b);
    assert_int_equal(strlen(text), len);
    mem_free(&b.mem, text, len + 1);

    buf_init(&b, failing_allocator(&f));
    text = buf_take(&b); /* nothing was put */
    assert_string_equal(text, "");
    mem_free(&b.mem, text, 1);
    assert_int_equal(f.live, 0);
}

static const char *number_text(double x, char out[40]) {
    buf b;
    buf_init(&b, mem_default());
    buf_number(&b, x);
    assert_true(b.len < 40);
    memcpy(out, b.text, b.len + 1);
    buf_free(&b);
    return out;
}

static void numbers_are_short(void **state) {
    (void)state;
    char text[40];
    assert_string_equal(number_text(0.1, text), "0.1");
    assert_string_equal(number_text(3, text), "3");
    assert_string_equal(number_text(-2.5, text), "-2.5");
    assert_string_equal(number_text(1e-8, text), "1e-08");
    assert_string_equal(number_text(1.0 / 3, text), "0.3333333333333333");
    assert_string_equal(number_text(0, text), "0");
    assert_string_equal(number_text((double)INFINITY, text), "inf");
}

static void numbers_read_back(void **state) {
    (void)state;
    char text[40];
    rng  r = rng_start(1, RNG_CHECK, 0);
    for (int i = 0; i < 20000; i++) { /* any bits: subnormal numbers and both zeros too */
        uint64_t bits = i < 2 ? (uint64_t)i << 63 : rng_bits(&r);
        double   x, y;
        memcpy(&x, &bits, sizeof x);
        if (!isfinite(x)) continue;
        y = strtod(number_text(x, text), NULL);
        if (memcmp(&x, &y, sizeof x) != 0) fail_msg("%a is written as %s", x, text);
    }
}

static void columns_count_characters(void **state) {
    (void)state;
    assert_int_equal(text_columns("dZ", 2), 2);
    assert_int_equal(text_columns("\xCE\xBB*\xE2\x80\xB2", 6), 3); /* lambda, *, prime */
}

static void symbols_are_the_same_if_their_text_is(void **state) {
    (void)state;
    arena a;
    arena_init(&a, mem_default());
    symbols s;
    symbols_init(&s, &a);
    sym  names[3000];
    char text[20];
    for (int i = 0; i < 3000; i++) {
        int len = snprintf(text, sizeof text, "W%d", i);
        assert_int_equal(symbols_find(&s, text, (size_t)len), 0);
        names[i] = symbols_add(&s, text, (size_t)len);
        assert_int_not_equal(names[i], 0);
    }
    for (int i = 0; i < 3000; i++) {
        int len = snprintf(text, sizeof text, "W%d", i);
        assert_int_equal(symbols_find(&s, text, (size_t)len), names[i]);
        assert_int_equal(symbols_add(&s, text, (size_t)len), names[i]);
        assert_string_equal(symbols_name(&s, names[i]), text);
    }
    assert_int_equal(symbols_add(&s, "W12.T", 3), names[12]); /* a part of a longer text */
    assert_string_equal(symbols_name(&s, 0), "");
    assert_string_equal(symbols_name(&s, 1u << 30), "");
    arena_free(&a);
}

/* ------------------------------------------------------------- diagnostics */

/* What the diagnostics about one span of a text look like. */
static void check_rendering(const char *text, span at, const char *expected) {
    arena a;
    diags d;
    buf   out;
    arena_init(&a, mem_default());
    buf_init(&out, a.mem);
    diags_init(&d, &a);
    source src = {.name = "net.eq", .text = text, .len = strlen(text)};
    assert_int_equal(diag_error(&d, &src, at, "no %s", "fit"), DFOO_EINPUT);
    diags_render(&d, 0, &out);
    assert_string_equal(out.text, expected);
    buf_free(&out);
    arena_free(&a);
}

static void caret_under_an_operator(void **state) {
    (void)state;
    span at = span_join((span){.start = 22, .end = 24, .point = 24}, span_at(27, 28));
    at.point = 25;
    check_rendering("size n1 = 4\n\nZ1 = 2 * W1 @ Y + b1\nA1 = Z1\n", at,
                    "net.eq:3:10: error: no fit\n"
                    "    3 | Z1 = 2 * W1 @ Y + b1\n"
                    "      |          ~~~^~~\n");
}

static void caret_keeps_tabs_and_counts_characters(void **state) {
    (void)state;
    check_rendering("\ta\tb = 1\r\n", span_at(3, 4),
                    "net.eq:1:4: error: no fit\n"
                    "    1 | \ta\tb = 1\n"
                    "      | \t \t^\n");
    check_rendering("\xCE\xBB = \xCE\xB1\xCE\xB2", span_at(5, 9), /* lambda = alpha beta */
                    "net.eq:1:5: error: no fit\n"
                    "    1 | \xCE\xBB = \xCE\xB1\xCE\xB2\n"
                    "      |     ^~\n");
}

static void caret_at_the_end(void **state) {
    (void)state;
    check_rendering("Z = (", span_at(5, 5),
                    "net.eq:1:6: error: no fit\n"
                    "    1 | Z = (\n"
                    "      |      ^\n");
    check_rendering("", span_at(0, 0),
                    "net.eq:1:1: error: no fit\n"
                    "    1 | \n"
                    "      | ^\n");
    check_rendering("A = (B\n + C)\n", span_at(4, 12), /* a range over two lines: its first */
                    "net.eq:1:5: error: no fit\n"
                    "    1 | A = (B\n"
                    "      |     ^~\n");
}

static void notes_warnings_and_messages_without_a_place(void **state) {
    (void)state;
    arena a;
    diags d;
    buf   out;
    arena_init(&a, mem_default());
    buf_init(&out, a.mem);
    diags_init(&d, &a);
    diag_note(&d, "belongs to nothing and is dropped");
    diag_error(&d, NULL, span_at(0, 0), "cannot read %s", "x.npz");
    diag_note(&d, "X : (%d, %d)", 2, 3);
    diag_warn(&d, NULL, span_at(0, 0), "odd");
    assert_int_equal(d.n_errors, 1);
    diags_render(&d, 0, &out);
    assert_string_equal(out.text, "error: cannot read x.npz\n   X : (2, 3)\nwarning: odd\n");
    out.len = 0;
    diags_render(&d, 1, &out);
    assert_string_equal(out.text, "warning: odd\n");
    buf_free(&out);
    arena_free(&a);
}

/* ---------------------------------------------------------- random numbers */

/* Philox4x32-10 once more, written after the paper's text rather than for speed. */
static void slow_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]) {
    uint32_t r0 = counter[0], l0 = counter[1], r1 = counter[2], l1 = counter[3];
    for (uint32_t round = 0; round < 10; round++) {
        uint32_t k0 = key[0] + round * 0x9E3779B9u, k1 = key[1] + round * 0xBB67AE85u;
        uint64_t p0 = (uint64_t)0xD2511F53u * r0, p1 = (uint64_t)0xCD9E8D57u * r1;
        r0 = (uint32_t)(p1 >> 32) ^ l0 ^ k0;
        l0 = (uint32_t)p1;
        r1 = (uint32_t)(p0 >> 32) ^ l1 ^ k1;
        l1 = (uint32_t)p0;
    }
    out[0] = r0, out[1] = l0, out[2] = r1, out[3] = l1;
}

/* The known answers of the Random123 distribution, file kat_vectors. */
static void slow_philox_gives_the_known_answers(void **state) {
    (void)state;
    static const struct {
        uint32_t counter[4], key[2], out[4];
    } known[] = {
        {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
         {0xffffffff, 0xffffffff},
         {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
         {0xa4093822, 0x299f31d0},
         {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        uint32_t out[4];
        slow_philox(known[i].counter, known[i].key, out);
        assert_memory_equal(out, known[i].out, sizeof out);
    }
}

static void rng_gives_the_known_answer(void **state) {
    (void)state;
    rng r = rng_start(0, 0, 0);
    assert_true(rng_bits(&r) == UINT64_C(0xe169c58d6627e8d5));
    assert_true(rng_bits(&r) == UINT64_C(0x9b00dbd8bc57ac4c));
}

/* Of the first parameter with the seed 0; tests/train/by_numpy.py computes the same. */
static void normal_numbers_have_these_bits(void **state) {
    static const double known[] = {-0x1.4b4f8e29ea7b9p-1, -0x1.9f47b6cde9abdp+0, 0x1.f4cf83ce1a75cp-1,
                                   0x1.de538ab69ace7p+0};
    rng                 r = rng_start(0, RNG_INIT, 0);
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) assert_true(rng_normal(&r) == known[i]);
}

static void rng_is_philox_of_index_stream_and_seed(void **state) {
    (void)state;
    rng any = rng_start(2, RNG_CHECK, 0);
    for (int i = 0; i < 1000; i++) {
        uint64_t seed = rng_bits(&any), stream = rng_bits(&any), block = rng_bits(&any) >> 1;
        uint32_t counter[4] = {(uint32_t)block, (uint32_t)(block >> 32), (uint32_t)stream,
                               (uint32_t)(stream >> 32)};
        uint32_t key[2] = {(uint32_t)seed, (uint32_t)(seed >> 32)}, out[4];
        slow_philox(counter, key, out);
        rng r = rng_start(seed, (uint32_t)(stream >> 32), (uint32_t)stream);
        r.index = 2 * block;
        assert_true(rng_bits(&r) == ((uint64_t)out[1] << 32 | out[0]));
        assert_true(rng_bits(&r) == ((uint64_t)out[3] << 32 | out[2]));
    }
}

enum { DRAWS = 200000 };

/* Holds a mean of DRAWS numbers against its expectation: five standard errors. */
static void check_mean(const char *what, double sum, double expected, double variance) {
    double mean = sum / DRAWS;
    if (fabs(mean - expected) > 5 * sqrt(variance / DRAWS))
        fail_msg("%s is %g, not %g", what, mean, expected);
}

static void uniform_numbers(void **state) {
    (void)state;
    rng    r = rng_start(3, RNG_CHECK, 0);
    double sum = 0, squares = 0;
    for (int i = 0; i < DRAWS; i++) {
        double x = rng_uniform(&r);
        assert_true(x >= 0 && x < 1);
        sum += x;
        squares += x * x;
    }
    check_mean("mean", sum, 1.0 / 2, 1.0 / 12);
    check_mean("mean square", squares, 1.0 / 3, 4.0 / 45);
}

static void normal_numbers(void **state) {
    (void)state;
    rng    r = rng_start(4, RNG_CHECK, 0);
    double moment[5] = {0};
    int    within = 0;
    for (int i = 0; i < DRAWS; i++) {
        double x = rng_normal(&r), power = x;
        within += fabs(x) < 1;
        for (int k = 1; k <= 4; k++, power *= x) moment[k] += power;
    }
    check_mean("mean", moment[1], 0, 1);
    check_mean("second moment", moment[2], 1, 2);
    check_mean("third moment", moment[3], 0, 15);
    check_mean("fourth moment", moment[4], 3, 96);
    double p = erf(sqrt(0.5));
    check_mean("part within one deviation", within, p, p * (1 - p));
}

static void numbers_below(void **state) {
    (void)state;
    rng r = rng_start(5, RNG_CHECK, 0);
    int count[7] = {0};
    for (int i = 0; i < DRAWS; i++) {
        uint32_t k = rng_below(&r, 7);
        assert_true(k < 7);
        count[k]++;
    }
    for (int k = 0; k < 7; k++) check_mean("part", count[k], 1.0 / 7, 6.0 / 49);
    assert_int_equal(rng_below(&r, 0), 0);
    assert_int_equal(rng_below(&r, 1), 0);
}

static void shuffles_are_permutations(void **state) {
    (void)state;
    enum { N = 1000 };
    uint32_t items[N];
    for (uint32_t i = 0; i < N; i++) items[i] = i;
    rng r = rng_start(6, RNG_SHUFFLE, 0);
    rng_shuffle(&r, items, N);
    bool     seen[N] = {false};
    uint32_t in_place = 0;
    for (uint32_t i = 0; i < N; i++) {
        assert_true(items[i] < N && !seen[items[i]]);
        seen[items[i]] = true;
        in_place += items[i] == i;
    }
    assert_true(in_place < 10); /* one is expected */
    rng_shuffle(&r, items, 0);
}

static void shuffles_are_all_equally_likely(void **state) {
    (void)state;
    int count[3][3] = {{0}};
    for (uint32_t i = 0; i < DRAWS; i++) {
        rng      r = rng_start(7, RNG_SHUFFLE, i);
        uint32_t items[3] = {0, 1, 2};
        rng_shuffle(&r, items, 3);
        count[items[0]][items[1]]++;
    }
    for (int i = 0; i < 3; i++)
        for (int k = 0; k < 3; k++)
            if (i != k) check_mean("part", count[i][k], 1.0 / 6, 5.0 / 36);
}

/* ------------------------------------------------------------------ arrays */

static void arrays_hold_copies_by_name(void **state) {
    (void)state;
    failing        f = {0};
    dfoo_allocator mem = failing_allocator(&f);
    dfoo_arrays   *set;
    dfoo_array    *x, *y;
    double         values[6] = {1, 2, 3, 4, 5, 6};
    assert_int_equal(arrays_new(&mem, &set), DFOO_OK);
    assert_int_equal(arrays_add_matrix(set, "W1", 2, 3, values, &x), DFOO_OK);
    assert_int_equal(arrays_add(set, "loss", 0, NULL, NULL, NULL), DFOO_OK);
    values[0] = 9;
    assert_ptr_equal(arrays_get(set, "W1"), x);
    assert_true(x->data[0] == 1 && x->data[5] == 6);
    assert_true(arrays_get(set, "loss")->data[0] == 0);
    assert_null(arrays_get(set, "W"));
    for (int i = 0; i < 100; i++) { /* entries stay where they are when the set grows */
        char name[16];
        snprintf(name, sizeof name, "b%d", i);
        assert_int_equal(arrays_add_matrix(set, name, 1, 1, NULL, NULL), DFOO_OK);
    }
    assert_ptr_equal(arrays_get(set, "W1"), x);
    assert_int_equal(arrays_count(set), 102);
    assert_string_equal(arrays_at(set, 1)->name, "loss");
    assert_null(arrays_at(set, 102));

    assert_int_equal(arrays_add_matrix(set, "W1", 1, 2, values, &y), DFOO_OK); /* replaced, in place */
    assert_ptr_equal(arrays_at(set, 0), y);
    assert_true(y->data[0] == 9);
    assert_int_equal(arrays_count(set), 102);
    arrays_free(set);
    arrays_free(NULL);
    assert_int_equal(f.live, 0);
}

static void arrays_have_shapes(void **state) {
    (void)state;
    dfoo_allocator mem = mem_default();
    dfoo_arrays   *set;
    dfoo_array    *x;
    size_t         rows, cols;
    assert_int_equal(arrays_new(&mem, &set), DFOO_OK);
    size_t dim[DFOO_MAX_DIMS + 1] = {2, 3, 4, 1, 1, 1, 1, 1, 1};

    static const size_t expected[3][3] = {{1, 1, 1}, {2, 1, 2}, {2, 3, 6}}; /* rows, columns, entries */
    for (int ndim = 0; ndim <= 2; ndim++) {
        assert_int_equal(arrays_add(set, "x", ndim, dim, NULL, &x), DFOO_OK);
        assert_true(array_as_matrix(x, &rows, &cols));
        assert_int_equal(rows, expected[ndim][0]);
        assert_int_equal(cols, expected[ndim][1]);
        assert_int_equal(array_entries(x), expected[ndim][2]);
    }
    assert_int_equal(arrays_add(set, "x", DFOO_MAX_DIMS, dim, NULL, &x), DFOO_OK);
    assert_int_equal(array_entries(x), 24);
    assert_false(array_as_matrix(x, &rows, &cols));
    assert_int_equal(arrays_add_matrix(set, "empty", 0, 5, NULL, &x), DFOO_OK);
    assert_int_equal(array_entries(x), 0);

    assert_int_equal(arrays_add(set, "x", DFOO_MAX_DIMS + 1, dim, NULL, &x), DFOO_EINPUT);
    assert_null(x);
    assert_int_equal(arrays_add(set, "x", -1, dim, NULL, &x), DFOO_EINPUT);
    assert_int_equal(arrays_add_matrix(set, "x", SIZE_MAX / 4, 8, NULL, &x), DFOO_EINPUT);
    arrays_free(set);
}

/* ---------------------------------------------------- the n-th call fails */

static dfoo_status use_arena(const dfoo_allocator *mem, void *user) {
    (void)user;
    arena a;
    arena_init(&a, *mem);
    symbols s;
    symbols_init(&s, &a);
    diags d;
    diags_init(&d, &a);
    for (int i = 0; i < 2000; i++) {
        const char *name = arena_format(&a, "name%d", i);
        if (name) symbols_add(&s, name, strlen(name));
        diag_error(&d, NULL, span_at(0, 0), "error %d", i);
        diag_note(&d, "note");
    }
    dfoo_status status = arena_status(&a);
    arena_free(&a);
    return status;
}

static dfoo_status use_buffer(const dfoo_allocator *mem, void *user) {
    (void)user;
    buf b;
    buf_init(&b, *mem);
    for (int i = 0; i < 1000; i++) {
        buf_number(&b, i / 7.0);
        buf_repeat(&b, ' ', 3);
        buf_puts(&b, "text");
        buf_printf(&b, "%d\n", i);
    }
    size_t len = b.len;
    char  *text = buf_take(&b);
    if (!text) return DFOO_ENOMEM;
    mem_free(mem, text, len + 1);
    return DFOO_OK;
}

static dfoo_status fill_arrays(dfoo_arrays *set) {
    for (int i = 0; i < 40; i++) {
        char name[16];
        snprintf(name, sizeof name, "b%d", i % 30);
        DFOO_TRY(arrays_add_matrix(set, name, 3, 4, NULL, NULL));
    }
    return DFOO_OK;
}

static dfoo_status use_arrays(const dfoo_allocator *mem, void *user) {
    (void)user;
    dfoo_arrays *set;
    DFOO_TRY(arrays_new(mem, &set));
    dfoo_status status = fill_arrays(set);
    arrays_free(set);
    return status;
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    fail_every_call(use_arena, NULL);
    fail_every_call(use_buffer, NULL);
    fail_every_call(use_arrays, NULL);
}

/* By a letter 2, by its case 1, by two that are exchanged 1. */
static void names_have_distances(void **state) {
    (void)state;
    static const struct {
        const char *a, *b;
        unsigned    d;
    } pair[] = {{"tanh", "tanh", 0},          {"tahn", "tanh", 1},      {"tan", "tanh", 2},
                {"Tanh", "tanh", 1},          {"sigmod", "sigmoid", 2}, {"", "abc", 6},
                {"abcd", "badc", 2},          {"ca", "abc", 6},         {"W1", "W2", 2},
                {"transpoes", "transpose", 1}};
    char longest[64];
    memset(longest, 'x', 63);
    longest[63] = '\0';
    for (size_t i = 0; i < sizeof pair / sizeof *pair; i++) {
        assert_int_equal(text_distance(pair[i].a, pair[i].b), pair[i].d);
        assert_int_equal(text_distance(pair[i].b, pair[i].a), pair[i].d);
    }
    assert_int_equal(text_distance(longest, "x"), 80); /* nobody means that */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arena_blocks_are_zeroed_aligned_and_apart),
        cmocka_unit_test(arena_refuses_what_cannot_be),
        cmocka_unit_test(arena_texts),
        cmocka_unit_test(vectors_grow),
        cmocka_unit_test(vector_without_memory_stays_as_it_was),
        cmocka_unit_test(buffers),
        cmocka_unit_test(numbers_are_short),
        cmocka_unit_test(numbers_read_back),
        cmocka_unit_test(columns_count_characters),
        cmocka_unit_test(symbols_are_the_same_if_their_text_is),
        cmocka_unit_test(caret_under_an_operator),
        cmocka_unit_test(caret_keeps_tabs_and_counts_characters),
        cmocka_unit_test(caret_at_the_end),
        cmocka_unit_test(notes_warnings_and_messages_without_a_place),
        cmocka_unit_test(slow_philox_gives_the_known_answers),
        cmocka_unit_test(rng_gives_the_known_answer),
        cmocka_unit_test(normal_numbers_have_these_bits),
        cmocka_unit_test(rng_is_philox_of_index_stream_and_seed),
        cmocka_unit_test(uniform_numbers),
        cmocka_unit_test(normal_numbers),
        cmocka_unit_test(numbers_below),
        cmocka_unit_test(shuffles_are_permutations),
        cmocka_unit_test(shuffles_are_all_equally_likely),
        cmocka_unit_test(arrays_hold_copies_by_name),
        cmocka_unit_test(arrays_have_shapes),
        cmocka_unit_test(names_have_distances),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
