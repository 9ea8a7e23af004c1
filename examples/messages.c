/* What the library says about a model that is wrong: the status tells that something is, the
 * messages where, what was found and what would fit. Nothing is printed but by this program.
 *
 *   cc messages.c $(pkg-config --cflags --libs dfoo) && ./a.out
 */
#include <stdio.h>
#include <string.h>

#include <dfoo.h>

/* Logistic regression; %s is what W is multiplied with. */
static const char form[] = "input X : (n, m)\n"
                           "label Y : (1, m)\n"
                           "param W : (1, n)\n"
                           "A = sigmoid(W @ %s)\n"
                           "J = -1/m * sum(Y * log(A) + (1 - Y) * log(1 - A))\n"
                           "minimize J\n"
                           "predict A\n";

/* Reads the model; says what is wrong with it. */
static dfoo_model *read_model(dfoo *d, const char *operand) {
    char        text[512];
    dfoo_model *model;
    int         len = snprintf(text, sizeof text, form, operand);
    dfoo_status status = dfoo_model_parse(d, "typed.eq", text, (size_t)len, &model);
    printf("W @ %s: %s\n%s", operand, dfoo_status_text(status), dfoo_messages(d));
    dfoo_messages_clear(d); /* else they come again with the next ones */
    return model;           /* NULL where it failed */
}

int main(void) {
    dfoo *d;
    if (dfoo_open(NULL, &d) != DFOO_OK) return 2;
    dfoo_model *model = read_model(d, "Y"); /* not what fits */
    if (!model) model = read_model(d, "X");
    dfoo_status status = model ? DFOO_OK : DFOO_EINPUT;

    /* Every call that can fail tells it in the same way. */
    if (model && dfoo_model_set(model, "n", 2.5) == DFOO_EINPUT) fputs(dfoo_messages(d), stdout);
    dfoo_messages_clear(d);
    char *proof = NULL;
    if (model) status = dfoo_explain(model, "dQ", NULL, &proof);
    printf("explain dQ: %s\n%s", dfoo_status_text(status), dfoo_messages(d));
    dfoo_messages_clear(d);
    if (model) status = dfoo_explain(model, "dW", NULL, &proof);
    if (status == DFOO_OK) printf("explain dW: %s\n%.*s\n", dfoo_status_text(status), (int)strcspn(proof, "\n"), proof);

    dfoo_text_free(d, proof);
    dfoo_model_free(model);
    dfoo_close(d);
    return status == DFOO_OK ? 0 : 2;
}
