/* Pictures: numbers and texts in them, ticks, paths, contours; whole pictures are looked at by
 * tests/cli/test_plot.py. */
#include "failing_allocator.h"

#include <math.h>
#include <stdio.h>

#include "core/base/rng.h"
#include "teach/plot/svg.h"

static buf   out;
static arena scratch;

static int start(void **state) {
    (void)state;
    buf_init(&out, mem_default());
    arena_init(&scratch, mem_default());
    return 0;
}

static int stop(void **state) {
    (void)state;
    buf_free(&out);
    arena_free(&scratch);
    return 0;
}

/* What was written since the last call. */
static const char *written(void) {
    assert_int_equal(buf_status(&out), DFOO_OK);
    out.len = 0;
    return out.text ? out.text : "";
}

/* ---------------------------------------------------------- numbers and texts */

static void numbers(void **state) {
    (void)state;
    static const struct {
        double      x;
        int         digits;
        const char *text;
    } cases[] = {
        {0, 3, "0"},           {1, 3, "1"},          {-1.5, 3, "-1.5"},       {0.25, 4, "0.25"},     {1.0 / 3, 4, "0.3333"},
        {123456, 3, "123456"}, {0.0001, 3, "0.0001"}, {1234567, 3, "1.23e6"}, {1e-5, 3, "1e-5"},     {9.9999e-7, 3, "1e-6"},
        {-2e300, 2, "-2e300"}, {NAN, 3, "nan"},      {INFINITY, 3, "inf"},    {99.996, 4, "100"},    {5e-324, 2, "4.9e-324"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        put_digits(&out, cases[i].x, cases[i].digits);
        assert_string_equal(written(), cases[i].text);
    }
    put_length(&out, -0.04);
    assert_string_equal(written(), "0");
    put_length(&out, 12.25);
    put_length(&out, -3);
    assert_string_equal(written(), "12.3-3");
    put_decimals(&out, -1234.5, 3);
    assert_string_equal(written(), "-1234.500");
}

static void texts(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"a<b>&\"c\"", "a&lt;b&gt;&amp;&quot;c&quot;"},
        {"Gr\303\266\303\237e \342\202\254 \360\237\230\200", "Gr\303\266\303\237e \342\202\254 \360\237\230\200"},
        {"\001x\177\n", "\357\277\275x\357\277\275\357\277\275"},
        {"\344tna", "\357\277\275tna"},                                       /* Latin-1 */
        {"\300\257", "\357\277\275\357\277\275"},                             /* longer than need be */
        {"\355\240\200", "\357\277\275\357\277\275\357\277\275"},             /* half of a pair */
        {"\357\277\277", "\357\277\275\357\277\275\357\277\275"},             /* no character */
        {"\342\202", "\357\277\275\357\277\275"},                             /* ends early */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        put_text(&out, cases[i][0]);
        assert_string_equal(written(), cases[i][1]);
    }
    put_short(&out, "setosa", 100);
    assert_string_equal(written(), "setosa");
    put_short(&out, "a <long> name of a class", 60);
    const char *text = written();
    assert_non_null(strstr(text, "<title>a &lt;long&gt; name of a class</title>a &lt;"));
    assert_true(text_width(strstr(text, "</title>") + 8, TEXT_SIZE) < 100);
}

/* --------------------------------------------------------------------- ticks */

/* 1, 2 or 5 times a power of ten? */
static bool is_round(double x) {
    double times = x / pow(10, floor(log10(x) + 1e-9));
    return fabs(times - 1) < 1e-6 || fabs(times - 2) < 1e-6 || fabs(times - 5) < 1e-6;
}

static void ticks_of_random_axes(void **state) {
    (void)state;
    rng r = rng_start(1, RNG_CHECK, 0);
    for (int i = 0; i < 20000; i++) {
        double low = rng_normal(&r) * pow(10, rng_uniform(&r) * 12 - 6), range = pow(10, rng_uniform(&r) * 10 - 5);
        axis   a = {.low = low, .high = low + range, .to = 100};
        int    wanted = 2 + (int)rng_below(&r, 10);
        if (a.high - a.low < fabs(low) * 1e-9) continue;
        ticks t = axis_ticks(&a, wanted);
        assert_true(is_round(t.step));
        assert_in_range(t.n, wanted * 2 / 5, wanted + 1);
        for (int k = 0; k < t.n; k++) {
            assert_true(t.at[k] >= a.low - range * 1e-6 && t.at[k] <= a.high + range * 1e-6);
            assert_true(fabs(t.at[k] / t.step - round(t.at[k] / t.step)) < 1e-6);
            if (k) assert_true(fabs(t.at[k] - t.at[k - 1] - t.step) < t.step * 1e-3);
        }
    }
}

static void ticks_of_special_axes(void **state) {
    (void)state;
    axis  epochs = {.low = 4.5, .high = 5.5, .whole = true}, log = {.low = 0.02, .high = 300, .log = true};
    axis  tiny = {.low = 1e-300, .high = 1e300, .log = true}, narrow = {.low = 0.9, .high = 1.1, .log = true};
    ticks t = axis_ticks(&epochs, 5);
    assert_int_equal(t.n, 1);
    assert_true(t.at[0] == 5);
    t = axis_ticks(&log, 5);
    assert_int_equal(t.n, 4);
    for (int k = 0; k < 4; k++) assert_true(fabs(t.at[k] / pow(10, k - 1) - 1) < 1e-12);
    assert_in_range(axis_ticks(&tiny, 6).n, 3, 7);
    assert_true(axis_ticks(&narrow, 4).n >= 2); /* no power of ten is enough for an axis */
    assert_true(fabs(axis_at(&(axis){.low = 0.01, .high = 100, .from = 10, .to = 50, .log = true}, 1) - 30) < 1e-9);
}

static void ticks_as_text(void **state) {
    (void)state;
    static const struct {
        axis        a;
        const char *text;
    } cases[] = {
        {{.low = -0.1, .high = 1}, "0 0.2 0.4 0.6 0.8 1.0 "},
        {{.low = 0.5, .high = 1, .percent = true}, "50% 60% 70% 80% 90% 100% "},
        {{.low = 0, .high = 50000}, "0 10000 20000 30000 40000 50000 "},
        {{.low = 0, .high = 5e-7}, "0 1e-7 2e-7 3e-7 4e-7 5e-7 "},
        {{.low = 1e9, .high = 1e9 + 5}, "1e9 1.000000001e9 1.000000002e9 1.000000003e9 1.000000004e9 1.000000005e9 "},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ticks t = axis_ticks(&cases[i].a, 6);
        for (int k = 0; k < t.n; k++) {
            put_tick(&out, &cases[i].a, &t, k);
            buf_puts(&out, " ");
        }
        assert_string_equal(written(), cases[i].text);
    }
}

/* --------------------------------------------------------------------- paths */

enum { MOST = 200000 };

/* The corners of a path's outlines, and where each outline begins. */
typedef struct corners {
    size_t n, n_outlines;
    double x[MOST], y[MOST];
    size_t from[MOST];
} corners;

static void read_corners(const char *text, corners *c) {
    c->n = c->n_outlines = 0;
    text = strstr(text, " d=\"");
    assert_non_null(text);
    for (text += 4; *text != '"';) {
        if (*text == 'z') {
            text++;
            continue;
        }
        assert_true(*text == 'M' || *text == 'L');
        if (*text == 'M') c->from[c->n_outlines++] = c->n;
        char *end;
        c->x[c->n] = strtod(text + 1, &end);
        c->y[c->n] = strtod(end, &end);
        c->n++;
        text = end;
        assert_true(c->n < MOST);
    }
    c->from[c->n_outlines] = c->n;
}

static double distance_to(double x, double y, double x1, double y1, double x2, double y2) {
    double dx = x2 - x1, dy = y2 - y1, length = dx * dx + dy * dy;
    double part = length > 0 ? fmin(1, fmax(0, ((x - x1) * dx + (y - y1) * dy) / length)) : 0;
    return hypot(x - x1 - part * dx, y - y1 - part * dy);
}

/* Walks, curves and turns: every point that was given lies close to the line that was written. */
static void paths_keep_close(void **state) {
    (void)state;
    enum { POINTS = 400 };
    static corners c;
    double         x[POINTS], y[POINTS];
    rng            r = rng_start(2, RNG_CHECK, 0);
    for (int kind = 0; kind < 60; kind++) {
        path p;
        path_open(&p, &out, "t", 0.3);
        for (int i = 0; i < POINTS; i++) {
            double t = i * 0.05;
            x[i] = kind % 3 == 0 ? 50 * cos(t) : kind % 3 == 1 && i ? x[i - 1] + rng_normal(&r) * 0.4 : i * 0.5;
            y[i] = kind % 3 == 0 ? 30 * sin(t * (1 + kind)) : kind % 3 == 1 && i ? y[i - 1] + rng_normal(&r) * 0.4 : kind % 2 ? 20 : rng_uniform(&r);
            path_to(&p, x[i], y[i]);
        }
        path_end(&p);
        read_corners(written(), &c);
        assert_true(c.n >= 2 && c.n <= POINTS);
        for (int i = 0; i < POINTS; i++) {
            double best = 1e9;
            for (size_t k = 0; k + 1 < c.n; k++) best = fmin(best, distance_to(x[i], y[i], c.x[k], c.y[k], c.x[k + 1], c.y[k + 1]));
            assert_true(best < 0.3 + 0.08); /* and the rounding of the corners */
        }
    }
}

static void straight_lines_are_two_points(void **state) {
    (void)state;
    static corners c;
    path           p;
    path_open(&p, &out, "t", 0.2);
    for (int i = 0; i <= 1000; i++) path_to(&p, i * 0.1, 5 + i * 0.3);
    path_lift(&p, false);
    path_to(&p, 7, 7);
    path_to(&p, 9, 7);
    path_to(&p, 7, 7); /* and back */
    path_end(&p);
    read_corners(written(), &c);
    assert_int_equal(c.n_outlines, 2);
    assert_int_equal(c.n, 5);
    assert_true(c.x[1] == 100 && c.y[1] == 305 && c.x[3] == 9 && c.x[4] == 7);
}

/* ------------------------------------------------------------------ contours */

/* The sum of the outlines' areas; holes count below zero. */
static double area(const corners *c) {
    double sum = 0;
    for (size_t o = 0; o < c->n_outlines; o++)
        for (size_t i = c->from[o], end = c->from[o + 1]; i < end; i++) {
            size_t next = i + 1 < end ? i + 1 : c->from[o];
            sum += (c->x[i] * c->y[next] - c->x[next] * c->y[i]) / 2;
        }
    return sum;
}

static void region(const field *f, double within, corners *c) {
    path p;
    path_open(&p, &out, "t", within);
    assert_int_equal(contour_region(f, &scratch, &p), DFOO_OK);
    path_end(&p);
    read_corners(written(), c);
}

static void lines(const field *f, corners *c) {
    path p;
    path_open(&p, &out, "t", 0.05);
    assert_int_equal(contour_lines(f, &scratch, &p), DFOO_OK);
    path_end(&p);
    read_corners(written(), c);
}

enum { SIDE = 40 };
static double place[SIDE], values[SIDE * SIDE];

static field square(void) {
    for (int i = 0; i < SIDE; i++) place[i] = i * 10;
    return (field){SIDE, SIDE, place, place, values};
}

static void a_circle(void **state) {
    (void)state;
    static corners c;
    field          f = square();
    for (int j = 0; j < SIDE; j++)
        for (int i = 0; i < SIDE; i++) values[j * SIDE + i] = 120 - hypot(place[i] - 195, place[j] - 195);
    region(&f, 0.1, &c);
    assert_int_equal(c.n_outlines, 1);
    assert_true(fabs(area(&c) / (3.14159265358979 * 120 * 120) - 1) < 0.01);
    for (size_t i = 0; i < c.n; i++) assert_true(fabs(hypot(c.x[i] - 195, c.y[i] - 195) - 120) < 0.4);
    for (int i = 0; i < SIDE * SIDE; i++) values[i] = -values[i]; /* the outside: the rim, and a hole in it */
    region(&f, 0.1, &c);
    assert_int_equal(c.n_outlines, 2);
    assert_true(fabs(area(&c) / (390 * 390 - 3.14159265358979 * 120 * 120) - 1) < 0.01);
    lines(&f, &c);
    assert_int_equal(c.n_outlines, 1);
}

static void a_straight_border(void **state) {
    (void)state;
    static corners c;
    field          f = square();
    for (int j = 0; j < SIDE; j++)
        for (int i = 0; i < SIDE; i++) values[j * SIDE + i] = place[i] - 123;
    lines(&f, &c);
    assert_int_equal(c.n, 2);
    for (int i = 0; i < 2; i++) assert_true(c.x[i] == 123);
    assert_true(fabs(c.y[0] - c.y[1]) == 390);
    region(&f, 0.05, &c);
    assert_in_range(c.n, 4, 5); /* an outline may begin inside a side */
    assert_true(fabs(area(&c) - (390 - 123) * 390) < 1);
}

/* Whatever the field is, what lies above and what lies below make up the square. Values that are
 * not finite are no reason to fall over. */
static void random_fields(void **state) {
    (void)state;
    static corners c;
    rng            r = rng_start(3, RNG_CHECK, 0);
    for (int n = 0; n < 30; n++) {
        field f = square();
        for (int i = 0; i < SIDE * SIDE; i++) values[i] = rng_normal(&r) * (n % 3 ? 1 : 1e12) + (n % 5 - 2) * 0.5;
        region(&f, 0, &c);
        double above = area(&c);
        for (int i = 0; i < SIDE * SIDE; i++) values[i] = -values[i];
        region(&f, 0, &c);
        assert_true(above >= 0 && area(&c) >= 0);
        assert_true(fabs((above + area(&c)) / (390 * 390) - 1) < 1e-3);
        for (int i = 0; i < SIDE * SIDE; i += 7) values[i] = i % 2 ? NAN : i % 3 ? INFINITY : -INFINITY;
        region(&f, 0, &c);
        assert_true(area(&c) > 0 && area(&c) < 390 * 390);
    }
    for (int sign = -1; sign <= 1; sign += 2) {
        field f = square();
        for (int i = 0; i < SIDE * SIDE; i++) values[i] = sign;
        region(&f, 0, &c);
        assert_true(fabs(area(&c) - (sign > 0 ? 390 * 390 : 0)) < 1e-6);
        lines(&f, &c);
        assert_int_equal(c.n, 0);
    }
}

/* ------------------------------------------------------------------ pictures */

/* A hundred thousand epochs are a small file, and the one spike among them is still there. */
static void long_histories(void **state) {
    (void)state;
    enum { EPOCHS = 100000 };
    static double  epoch[EPOCHS], cost[EPOCHS];
    static corners c;
    for (int i = 0; i < EPOCHS; i++) {
        epoch[i] = i;
        cost[i] = 1 + (i % 1000) * 1e-4;
    }
    cost[54321] = 3;
    plot_history h = {.title = "long", .n = EPOCHS, .epoch = epoch, .cost = cost};
    assert_int_equal(plot_curves(&h, &scratch, &out), DFOO_OK);
    assert_true(out.len < 60000);
    const char *legend = strstr(written(), "class=\"curve l0\"");
    read_corners(strstr(legend + 1, "class=\"curve l0\""), &c);
    double top = 1e9, x = 0;
    for (size_t i = 0; i < c.n; i++)
        if (c.y[i] < top) {
            top = c.y[i];
            x = c.x[i];
        }
    assert_true(c.n > 150 && c.n < 4000); /* a hundred teeth */
    size_t higher = 0;
    for (size_t i = 0; i < c.n; i++) higher += c.y[i] < top + 50;
    assert_int_equal(higher, 1);
    assert_true(fabs((x - c.x[0]) / (c.x[c.n - 1] - c.x[0]) - 0.54321) < 0.002);
}

typedef struct everything {
    double   grid[3 * 16], points[2 * 5], value[5];
    uint32_t class_of[5];
} everything;

static dfoo_status draw(const dfoo_allocator *mem, plot_model *m, const plot_matrix *matrix) {
    arena a;
    buf   b;
    arena_init(&a, *mem);
    buf_init(&b, *mem);
    dfoo_status status = matrix ? plot_confusion(matrix, &a, &b) : m->ny > 1 ? plot_regions(m, &a, &b) : plot_outputs(m, &a, &b);
    if (status == DFOO_OK) assert_string_equal(b.text + b.len - 7, "</svg>\n");
    buf_free(&b);
    arena_free(&a);
    return status;
}

/* Classes and values, over one and over two features; a matrix. */
static dfoo_status draw_all(const dfoo_allocator *mem, void *user) {
    everything              *e = user;
    static const char *const names[] = {"a", "b", "c"};
    static const size_t      count[] = {3, 0, 1, 0, 0, 0, 2, 2, 9};
    plot_model               m = {.title = "t", .note = "n", .x_label = "x", .y_label = "y", .label = "l", .outputs = 3, .n_classes = 3, .classes = names,
                                  .x = {0, 1}, .y = {0, 1}, .nx = 4, .ny = 4, .value = e->grid};
    m.points = (plot_points){5, e->points, e->points + 5, e->class_of, NULL};
    DFOO_TRY(draw(mem, &m, NULL));
    m.nx = 16;
    m.ny = 1;
    DFOO_TRY(draw(mem, &m, NULL));
    m.n_classes = 0;
    m.outputs = 1;
    m.points.class_of = NULL;
    m.points.value = e->value;
    DFOO_TRY(draw(mem, &m, NULL));
    m.nx = m.ny = 4;
    DFOO_TRY(draw(mem, &m, NULL));
    return draw(mem, NULL, &(plot_matrix){"t", 3, names, count});
}

static void memory_runs_out(void **state) {
    (void)state;
    everything e;
    rng        r = rng_start(4, RNG_CHECK, 0);
    for (int i = 0; i < 48; i++) e.grid[i] = rng_uniform(&r);
    for (int i = 0; i < 10; i++) e.points[i] = rng_uniform(&r);
    for (int i = 0; i < 5; i++) {
        e.class_of[i] = (uint32_t)i % 4; /* one class too many: left out */
        e.value[i] = i == 3 ? NAN : rng_uniform(&r);
    }
    fail_every_call(draw_all, &e);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers),
        cmocka_unit_test(texts),
        cmocka_unit_test(ticks_of_random_axes),
        cmocka_unit_test(ticks_of_special_axes),
        cmocka_unit_test(ticks_as_text),
        cmocka_unit_test(paths_keep_close),
        cmocka_unit_test(straight_lines_are_two_points),
        cmocka_unit_test(a_circle),
        cmocka_unit_test(a_straight_border),
        cmocka_unit_test(random_fields),
        cmocka_unit_test(long_histories),
        cmocka_unit_test(memory_runs_out),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
