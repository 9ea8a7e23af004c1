/* CSV files: tables, and one clear message for what does not fit. */
#include "data/files.h"

#include <locale.h>
#include <math.h>

static void expect_numbers(const data_table *t, size_t rows, size_t cols, const double *want) {
    assert_int_equal(t->n_rows, rows);
    assert_int_equal(t->n_cols, cols);
    for (size_t i = 0; i < rows * cols; i++)
        if (t->values[i] != want[i]) fail_msg("entry %zu is %g, not %g", i, t->values[i], want[i]);
}

/* All of these are the numbers 1 2 3 4 in two rows, without names. */
static void forms_of_the_same_table(void **state) {
    (void)state;
    static const double      want[] = {1, 2, 3, 4};
    static const char *const texts[] = {
        "1,2\n3,4\n",
        "1,2\n3,4",
        "1,2\r\n3,4\r\n",
        "1,2\r3,4\r",
        "1;2\n3;4\n",
        "1\t2\n3\t4\n",
        "\357\273\2771,2\n3,4\n",
        "\n\n1,2\n\n  \n3,4\n\n",
        " 1 , 2\n3,4 ",
        "\"1\",\"2\"\n3,4",
        "+1,2.\n.3e1,40e-1",
        "1.0,2E0\n0.03e+2,4.00000000000000000000000\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        result r;
        read_table(&r, put_text("t.csv", texts[i]), DATA_HEADER_AUTO);
        expect_ok(&r);
        expect_numbers(&r.table, 2, 2, want);
        assert_null(r.table.names);
        result_free(&r);
    }
}

/* Numbers as people write them, and how they are told. */
static void written_numbers(void **state) {
    (void)state;
    static const struct {
        const char *text;
        double      want[4];
        const char *told;
    } cases[] = {
        {"a;b\n1,5;-2,25\n3;1.234.567,5\n", {1.5, -2.25, 3, 1234567.5}, "'1,5' in column 1 'a' is read as 1.5"},
        {"a\tb\n1,5\t2\n,5e\t1\n", {0}, NULL},
        {"1,5;2,5\n3,25;4,75\n", {1.5, 2.5, 3.25, 4.75}, "'1,5' in column 1 is read as 1.5"},
        {"1,234;2\n3;4\n", {1.234, 2, 3, 4}, "'1,234' in column 1 is read as 1.234"},
        {"a,b\n\"$1,250.50\",5%\n-$3,12.5 %\n", {1250.5, 5, -3, 12.5}, "'5%' in column 2 'b' is read as 5"},
        {"a,b\n£ 7,\"1,234,567\"\n£-8,89\n", {7, 1234567, -8, 89}, "'1,234,567' in column 2 'b'"},
        {"a,b\n7 €,1\n8\302\240€,2\n", {7, 1, 8, 2}, "'7 €' in column 1 'a' is read as 7"},
        {"a;b\n1,5;x, y\n2,5;z\n", {1.5, 0, 2.5, 1}, "'1,5' in column 1 'a' is read as 1.5"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        result r;
        read_table(&r, put_text("t.csv", cases[i].text), DATA_HEADER_AUTO);
        if (!cases[i].told) {
            assert_int_equal(r.status, DFOO_EINPUT);
        } else {
            expect_ok(&r);
            expect_numbers(&r.table, 2, 2, cases[i].want);
            expect_message(&r, DFOO_OK, cases[i].told);
        }
        result_free(&r);
    }
}

/* What looks like them and is something else stays a word. */
static void other_words(void **state) {
    (void)state;
    static const char *const words[] = {"1,5,6",  "\"1,2345\"", "1.2.2020", "192.168.100.200", "$",  "5%%", "$5%",
                                        "--$5", "12 km",        "3rd",      "%5 x",            "+-5%", "$1,25"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        result r;
        char   text[200];
        snprintf(text, sizeof text, "a;b\nx;1\n%s;1\n", words[i]);
        read_table(&r, put_text("t.csv", text), DATA_HEADER_AUTO);
        if (r.status == DFOO_OK) assert_int_equal(r.table.classes[0].n, 2);
        else expect_message(&r, DFOO_EINPUT, "is not one number");
        result_free(&r);
    }
}

static void names_and_words(void **state) {
    (void)state;
    static const double want[] = {5.1, 1, 2, 4.9, 0, 2, 6, 1, 0, 7, 2, 1};
    result              r;
    read_table(&r, put_text("t.csv", "length,species,\"a \"\"b\"\"\",\n5.1,b,z\n"), DATA_HEADER_AUTO);
    expect_message(&r, DFOO_EINPUT, "t.csv:2: 3 fields, but line 1 has 4");
    result_free(&r);
    read_table(&r, put_text("t.csv", "length,species,\"a \"\"b\"\"\"\n5.1,b,z\n4.9,a,z\n6,b,x\n7,\"c,d\",y"),
               DATA_HEADER_AUTO);
    expect_ok(&r);
    expect_numbers(&r.table, 4, 3, want);
    assert_string_equal(r.table.names[0], "length");
    assert_string_equal(r.table.names[2], "a \"b\"");
    assert_int_equal(r.table.classes[0].n, 0);
    assert_int_equal(r.table.classes[1].n, 3);
    assert_string_equal(r.table.classes[1].names[2], "c,d");
    assert_string_equal(r.table.classes[2].names[0], "x");
    assert_int_equal(r.d.list.n, 0);
    result_free(&r);
}

/* What the first line is, when it is not said. */
static void headers_are_found(void **state) {
    (void)state;
    static const struct {
        const char *text;
        data_header header;
        bool        names;
        size_t      rows;
        const char *warning;
    } cases[] = {
        {"5.1,Iris-setosa\n4.9,Iris-setosa\n6,other\n", DATA_HEADER_AUTO, false, 3,
         ":1: this line is read as data"},
        {"5.1,Iris-setosa\n4.9,Iris-setosa\n6,other\n", DATA_HEADER_NO, false, 3, NULL},
        {"5.1,Iris-setosa\n4.9,Iris-setosa\n6,other\n", DATA_HEADER_YES, true, 2, NULL},
        {",0,1\n0,1.5,2\n1,2.5,2\n", DATA_HEADER_AUTO, true, 2, NULL}, /* as pandas writes it */
        {"5.1,4.x\n4.9,1\n6,2\n", DATA_HEADER_AUTO, true, 2,
         ":1: this line is read as column names, though '5.1'"},
        {"1,2\n3,4\n", DATA_HEADER_YES, true, 1, NULL},
        {"a,b\nx,y\n", DATA_HEADER_AUTO, true, 1, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        result r;
        read_table(&r, put_text("t.csv", cases[i].text), cases[i].header);
        expect_ok(&r);
        assert_int_equal(r.table.n_rows, cases[i].rows);
        assert_int_equal(r.table.names != NULL, cases[i].names);
        assert_int_equal(r.d.list.n, cases[i].warning != NULL);
        if (cases[i].warning) expect_message(&r, DFOO_OK, cases[i].warning);
        result_free(&r);
    }
}

static void what_does_not_fit(void **state) {
    (void)state;
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"age,h\n1,2\n3,abc\n",
         "t.csv:3:2: column 2 'h': 'abc' is not a number, but line 2 has 2: a column holds"},
        {"age,h\nNA,2\n3,4\n", "t.csv:2:1: column 1 'age': 'NA' is not a number, but line 3 has 3"},
        {"1,2\n3,nan\n", "t.csv:2:2: column 2: 'nan' is not a number"},
        {"1,2\n3,0x10\n", "'0x10' is not a number"},
        {"1,2\n3,1e\n", "'1e' is not a number"},
        {"1,2\n3,-\n", "'-' is not a number"},
        {"1,2\n3,.\n", "'.' is not a number"},
        {"a,b\n1,2\n,4\n", "t.csv:3:1: column 1 'a': '' is empty"},
        {"a,b\n1,2\n\" \",4\n", "t.csv:3:1: column 1 'a': ' ' is empty"},
        {"a,b\n1,2\n\n3\n", "t.csv:4: 1 field, but line 1 has 2"},
        {"a,b\n1,2\n3,4,5\n", "t.csv:3: 3 fields, but line 1 has 2"},
        {"a,b\n\"x\ny\",2\n3,4\n", "t.csv:2:1: column 1 'a': 'x?y' is not a number, but line 4 has 3"},
        {"a,b\n1,\"2\n3,4\n", "t.csv:2: a field opens with a quote"},
        {"a,b\n1,2\"2\n3,4\n", "t.csv:2: a quote (\") stands in the wrong place"},
        {"a,b\n\"1,5\",2\n", "t.csv:2:1: column 1 'a': '1,5' is not one number: decimals are written 1.5"},
        {"a;b\n1,5;2\n2;3.5\n", "t.csv:3:2: column 2 'b': '3.5' has another decimal sign than 1,5 in line 2"},
        {"a;b\n1.5;2\n2;3,5\n", "t.csv:3:2: column 2 'b': '3,5' has another decimal sign than 1.5 in line 2"},
        {"a\n$1\n€2\n", "t.csv:3:1: column 1 'a': '€2' has another unit than $1 in line 2"},
        {"a\n5%\n0.5\n", "t.csv:3:1: column 1 'a': '0.5' has another unit than 5% in line 2"},
        {"a\n$5\nten\n", "'ten' is not a number, but line 2 has $5"},
        {"x\n1 2 3\n", "'1 2 3' is not one number"},
        {"a,b,a\n1,2,3\n", "t.csv:1:3: column 3 'a': 'a' names two columns"},
        {"\n\n", "t.csv: holds no rows"},
        {"a,b\n", "t.csv: holds column names, but no rows"},
        {"a\n\033[31m\n1\n", "'?[31m' is not a number"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        result r;
        read_table(&r, put_text("t.csv", cases[i].text), DATA_HEADER_AUTO);
        expect_message(&r, DFOO_EINPUT, cases[i].message);
        assert_int_equal(r.d.list.n, 1);
        assert_null(r.table.values);
        result_free(&r);
    }
}

static void zero_bytes_are_refused(void **state) {
    (void)state;
    char text[2000];
    memset(text, '1', sizeof text);
    for (size_t i = 9; i < sizeof text; i += 10) text[i] = '\n';
    text[1234] = 0;
    result r;
    read_table(&r, put("t.csv", text, sizeof text), DATA_HEADER_AUTO);
    expect_message(&r, DFOO_EINPUT, "t.csv:124:1: column 1: '1111' is followed by a zero byte");
    result_free(&r);
}

static void other_files_are_no_tables(void **state) {
    (void)state;
    result r;
    read_table(&r, put("t.csv", "\x93NUMPY\1\0\0\0", 10), DATA_HEADER_AUTO);
    expect_message(&r, DFOO_EINPUT, "t.csv: is not a CSV file");
    result_free(&r);
    read_table(&r, put_text("t.npz", "1,2\n"), DATA_HEADER_AUTO);
    expect_message(&r, DFOO_EINPUT, "t.npz: is not an NPZ file");
    result_free(&r);
}

/* data_read makes a matrix of a CSV, or a table if it was given one. */
static void matrices(void **state) {
    (void)state;
    data_read_options opt = {0};
    result            r;
    read_with(&r, put_text("t.csv", "a,b\n1,2\n3,4\n5,6\n"), NULL);
    expect_ok(&r);
    const dfoo_array *x = arrays_get(r.set, "t");
    assert_non_null(x);
    assert_int_equal(x->dim[0], 3);
    assert_int_equal(x->dim[1], 2);
    assert_true(x->data[5] == 6);
    result_free(&r);
    refuses(put_text("t.csv", "a,b\n1,z\n3,w\n"), DFOO_EINPUT, "t.csv: column 2 holds words, such as 'w'");

    result_start(&r);
    opt.table = &r.table;
    opt.tables = &r.a;
    result_check(&r, data_read(at("t.csv"), &opt, &r.d, r.set));
    expect_ok(&r);
    assert_int_equal(r.table.n_rows, 2);
    assert_int_equal(arrays_count(r.set), 0);
    result_free(&r);
}

/* The decimal point is a point in every locale, and numbers come back as they were. */
static void numbers_come_back(void **state) {
    (void)state;
    enum { N = 3000 };
    static double x[N];
    const size_t  dim[] = {N / 3, 3};
    const char   *names[] = {"a", "b, \"c\"", ""};
    uint64_t      bits = 88172645463325252u;
    for (size_t i = 0; i < N; i++) {
        do {
            bits ^= bits << 13, bits ^= bits >> 7, bits ^= bits << 17;
            memcpy(&x[i], &bits, 8);
        } while (isnan(x[i]));
        if (i % 3 == 0) x[i] = (double)(bits >> 40) / 1000;
    }
    x[10] = INFINITY;
    x[11] = -INFINITY;
    setlocale(LC_ALL, "de_DE.UTF-8"); /* where there is one */
    dfoo_array array = {.name = "x", .ndim = 2, .dim = {dim[0], dim[1]}, .data = x};
    result     r;
    result_start(&r);
    result_check(&r, data_write_csv(at("n.csv"), &array, names, &r.d));
    expect_ok(&r);
    result_free(&r);
    read_table(&r, at("n.csv"), DATA_HEADER_AUTO);
    expect_ok(&r);
    expect_numbers(&r.table, dim[0], dim[1], x);
    for (size_t k = 0; k < 3; k++) assert_string_equal(r.table.names[k], names[k]);
    result_free(&r);
    setlocale(LC_ALL, "C");
}

static void only_matrices_are_written(void **state) {
    (void)state;
    double     x[] = {1, 2};
    dfoo_array array = {.name = "x", .ndim = 3, .dim = {1, 1, 2}, .data = x};
    result     r;
    result_start(&r);
    result_check(&r, data_write_csv(at("m.csv"), &array, NULL, &r.d));
    expect_message(&r, DFOO_EINPUT, "m.csv: array 'x' has 3 dimensions; CSV holds a matrix");
    result_free(&r);
    array.ndim = 1;
    array.dim[0] = 2;
    result_start(&r);
    result_check(&r, data_write_csv(at("m.csv"), &array, NULL, &r.d));
    expect_ok(&r);
    size_t         len;
    unsigned char *bytes = get(at("m.csv"), &len);
    assert_int_equal(len, 4);
    assert_memory_equal(bytes, "1\n2\n", 4);
    free(bytes);
    result_free(&r);
    result_start(&r);
    result_check(&r, data_write_csv("/dev/full", &array, NULL, &r.d));
    expect_message(&r, DFOO_EIO, "/dev/full: cannot be written: No space left");
    result_free(&r);
}

/* More than one block of rows, more than one piece of the file. */
static void large_tables(void **state) {
    (void)state;
    enum { ROWS = 30000 };
    FILE  *file = fopen(at("large.csv"), "wb");
    result r;
    assert_non_null(file);
    for (int i = 0; i < ROWS; i++) fprintf(file, "%d,w%d,%d.25\n", i, i % 7, -i);
    fclose(file);
    read_table(&r, at("large.csv"), DATA_HEADER_NO);
    expect_ok(&r);
    assert_int_equal(r.table.n_rows, ROWS);
    for (int i = 0; i < ROWS; i++) {
        const double *row = r.table.values + (size_t)i * 3;
        assert_true(row[0] == i && row[1] == i % 7 && row[2] == (i ? -i - 0.25 : 0.25));
    }
    result_free(&r);
}

/* What data_write_csv writes of a value that is not there comes back where gaps are asked for, and else
 * is a word. */
static void gaps(void **state) {
    (void)state;
    static const char *const names[] = {"epoch", "cost", "test"};
    double                   values[] = {0, 1.5, NAN, 1, NAN, NAN};
    dfoo_array               array = {.name = "h", .ndim = 2, .dim = {2, 3}, .data = values};
    for (int allowed = 0; allowed < 2; allowed++) {
        result            r;
        data_read_options how = {.gaps = allowed};
        result_start(&r);
        assert_int_equal(data_write_csv(at("gaps.csv"), &array, names, &r.d), DFOO_OK);
        result_check(&r, data_read_csv(at("gaps.csv"), &how, &r.d, &r.a, &r.table));
        if (allowed) {
            expect_ok(&r);
            assert_true(isnan(r.table.values[2]) && isnan(r.table.values[4]) && r.table.values[3] == 1);
            assert_int_equal(r.table.classes[2].n, 0);
        } else {
            expect_message(&r, DFOO_EINPUT, "'nan' is not a number");
        }
        result_free(&r);
    }
}

/* Text is written as it is, in place of what was there or not at all. */
static void texts_are_written(void **state) {
    (void)state;
    size_t len, files = files_count(false);
    result r;
    put_text("t.svg", "old");
    result_start(&r);
    result_check(&r, data_write_text(at("t.svg"), "a\0b\n", 4, &r.d));
    expect_ok(&r);
    unsigned char *bytes = get(at("t.svg"), &len);
    assert_int_equal(len, 4);
    assert_memory_equal(bytes, "a\0b\n", 4);
    free(bytes);
    result_check(&r, data_write_text("/dev/full", "x", 1, &r.d));
    expect_message(&r, DFOO_EIO, "/dev/full: cannot be written: No space left");
    result_free(&r);
    assert_int_equal(files_count(false), files + 1); /* no temporary one */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forms_of_the_same_table),   cmocka_unit_test(written_numbers),
        cmocka_unit_test(other_words),               cmocka_unit_test(names_and_words),
        cmocka_unit_test(headers_are_found),         cmocka_unit_test(what_does_not_fit),
        cmocka_unit_test(zero_bytes_are_refused),    cmocka_unit_test(other_files_are_no_tables),
        cmocka_unit_test(matrices),                  cmocka_unit_test(numbers_come_back),
        cmocka_unit_test(only_matrices_are_written), cmocka_unit_test(large_tables),
        cmocka_unit_test(gaps),                      cmocka_unit_test(texts_are_written),
    };
    return cmocka_run_group_tests(tests, files_start, files_done);
}
