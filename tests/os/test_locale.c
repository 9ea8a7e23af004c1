/* The library writes and reads numbers with a point in a program that has set a locale with a comma. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <dfoo.h>
#include <locale.h>

static const char model_text[] = "const r = 0.25\ninput X : (1, m)\nparam W : (1, 1) ~ normal(0.5)\nZ = W @ X + 1.5\nJ = r/m * sum(Z**2.5)\nminimize J\n";

static char folder[] = "/tmp/dfoo_locale_XXXXXX";

/* One that is installed, or made from its source; NULL: neither can be had here. */
static const char *comma_locale(void) {
    static const char *const names[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "de_DE.utf8", "fr_FR.utf8"};
    char command[200];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (setlocale(LC_ALL, names[i])) return names[i];
    if (!mkdtemp(folder)) return NULL;
    snprintf(command, sizeof command, "localedef -i de_DE -f UTF-8 %s/de_DE.UTF-8 >/dev/null 2>&1", folder);
    if (system(command) != 0) return NULL;
    setenv("LOCPATH", folder, 1);
    return setlocale(LC_ALL, "de_DE.UTF-8") ? "de_DE.UTF-8" : NULL;
}

/* Everything that writes numbers: the derivation, its formats, the plan, the gradient, an error. */
static void write_all(char *out, size_t size) {
    dfoo        *d;
    dfoo_model  *m;
    dfoo_arrays *in, *result;
    char        *text;
    const double x[2] = {0.5, 2.5}, w = 1.25;
    assert_int_equal(dfoo_open(NULL, &d), DFOO_OK);
    assert_int_equal(dfoo_model_parse(d, "net.eq", model_text, strlen(model_text), &m), DFOO_OK);
    out[0] = 0;
    for (int format = DFOO_TEXT; format <= DFOO_JSON; format++) {
        const dfoo_derive_options how = {.size = sizeof how, .format = (dfoo_format)format};
        assert_int_equal(dfoo_derive(m, &how, &text), DFOO_OK);
        strncat(out, text, size - strlen(out) - 1);
        dfoo_text_free(d, text);
    }
    assert_int_equal(dfoo_show(m, DFOO_WITH(dfoo_show_options, .plan = 1), &text), DFOO_OK);
    strncat(out, text, size - strlen(out) - 1);
    dfoo_text_free(d, text);
    const dfoo_train_options adam = {.size = sizeof adam, .optimizer = "adam"};
    assert_int_equal(dfoo_show_optimizer(d, &adam, &text), DFOO_OK);
    strncat(out, text, size - strlen(out) - 1);
    dfoo_text_free(d, text);
    assert_int_equal(dfoo_arrays_new(d, &in), DFOO_OK);
    assert_int_equal(dfoo_arrays_add_matrix(in, "X", 1, 2, x, NULL), DFOO_OK);
    assert_int_equal(dfoo_arrays_add_matrix(in, "W", 1, 1, &w, NULL), DFOO_OK);
    assert_int_equal(dfoo_grad(m, in, NULL, &result), DFOO_OK);
    snprintf(out + strlen(out), size - strlen(out), "%a\n", dfoo_arrays_get(result, "J")->data[0]);
    assert_int_equal(dfoo_model_set(m, "m", 2.5), DFOO_EINPUT);
    strncat(out, dfoo_messages(d), size - strlen(out) - 1);
    dfoo_arrays_free(result);
    dfoo_arrays_free(in);
    dfoo_model_free(m);
    dfoo_close(d);
}

static void numbers_have_a_point(void **state) {
    static char plain[1 << 16], comma[1 << 16], own[20];
    (void)state;
    setlocale(LC_ALL, "C");
    write_all(plain, sizeof plain);
    assert_non_null(strstr(plain, "2.5"));
    if (!comma_locale()) skip();
    write_all(comma, sizeof comma);
    snprintf(own, sizeof own, "%.1f", 0.5);
    setlocale(LC_ALL, "C");
    if (strcmp(own, "0,5") != 0) fail_msg("the locale of the program was changed, or has a point: %s", own);
    char *p = strstr(comma, "0x1"), *q = strstr(plain, "0x1"); /* %a is the test's own, written with a comma */
    assert_true(p && q);
    for (char *c = p; *c && *c != '\n'; c++)
        if (*c == ',') *c = '.';
    assert_string_equal(plain, comma);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(numbers_have_a_point)};
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    char command[100];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return failed + (strstr(folder, "XXXXXX") ? 0 : system(command) != 0);
}
