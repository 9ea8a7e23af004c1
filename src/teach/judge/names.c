/* Names of learners' programs: tables of what is used for what. */
#include "teach/judge/names.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

void name_plain(const char *name, char *out, size_t size) {
    size_t n = 0;
    for (; *name && n + 1 < size; name++) {
        char c = *name;
        if (c >= 'A' && c <= 'Z') c = (char)(c - 'A' + 'a');
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (unsigned char)c >= 128) out[n++] = c;
    }
    out[n] = '\0';
}

enum { LONGEST = 80 };

static bool is_called(const model *m, var_id v, const char *plain) {
    char own[LONGEST];
    name_plain(ir_var_name(&m->g, v), own, sizeof own);
    return strcmp(own, plain) == 0;
}

/* X and x may be two variables: the exact name first. */
var_id name_variable(const model *m, const char *name) {
    char plain[LONGEST];
    for (var_id v = 1; v < m->g.vars.n; v++)
        if (ir_var(&m->g, v)->kind != VAR_GRADIENT && strcmp(ir_var_name(&m->g, v), name) == 0) return v;
    name_plain(name, plain, sizeof plain);
    for (var_id v = 1; v < m->g.vars.n && *plain; v++)
        if (ir_var(&m->g, v)->kind != VAR_GRADIENT && is_called(m, v, plain)) return v;
    return 0;
}

/* a0 is the input; al, yhat what is predicted. */
static var_id variable_or_input(const model *m, const char *plain) {
    for (var_id v = 1; v < m->g.vars.n && *plain; v++)
        if (ir_var(&m->g, v)->kind != VAR_GRADIENT && is_called(m, v, plain)) return v;
    if (strcmp(plain, "al") == 0 || strcmp(plain, "yhat") == 0 || strcmp(plain, "ahat") == 0)
        return m->predict.n ? m->predict.at[0] : 0;
    if (strcmp(plain, "a0") != 0) return 0;
    var_id v = 1;
    while (v < m->g.vars.n && ir_var(&m->g, v)->kind != VAR_INPUT) v++;
    return v < m->g.vars.n ? v : 0;
}

static const char *const before[] = {"gradients", "gradient", "grads", "grad", "nabla",
                                     "delta",     "dj",       "dl",    "d",    "g"};
static const char *const behind[] = {"gradient", "grad", "gradients", "delta", "der", "deriv", "update"};

var_id name_gradient(const model *m, const char *name) {
    char plain[LONGEST], rest[LONGEST];
    name_plain(name, plain, sizeof plain);
    size_t n = strlen(plain);
    for (size_t i = 0; i < sizeof before / sizeof *before; i++) {
        size_t k = strlen(before[i]);
        if (n <= k || strncmp(plain, before[i], k) != 0) continue;
        var_id v = variable_or_input(m, plain + k);
        if (!v && plain[k] == 'd') v = 0;
        if (!v && strncmp(plain + k, "d", 1) == 0) v = variable_or_input(m, plain + k + 1);
        if (v) return v;
    }
    for (size_t i = 0; i < sizeof behind / sizeof *behind; i++) {
        size_t k = strlen(behind[i]);
        if (n <= k || strcmp(plain + n - k, behind[i]) != 0) continue;
        snprintf(rest, sizeof rest, "%.*s", (int)(n - k), plain);
        var_id v = variable_or_input(m, rest);
        if (v) return v;
    }
    return 0;
}

/* W1 for W0: the digits at the end are one more. false: there are none. */
static bool count_on(const char *name, char *out, size_t size) {
    char plain[LONGEST];
    name_plain(name, plain, sizeof plain);
    size_t n = strlen(plain), k = n;
    while (k && plain[k - 1] >= '0' && plain[k - 1] <= '9') k--;
    if (k == n || n - k > 3) return false;
    unsigned number = 0;
    for (size_t i = k; i < n; i++) number = 10 * number + (unsigned)(plain[i] - '0');
    snprintf(out, size, "%.*s%u", (int)k, plain, number + 1);
    return true;
}

/* W for W1, where there is one layer. */
static var_id single(const model *m, const name_layers *layers, const char *name,
                     var_id (*find)(const model *, const char *)) {
    char one[LONGEST + 8];
    if (layers->weights.n != 1 || layers->biases.n > 1) return 0;
    snprintf(one, sizeof one, "%.*s1", LONGEST, name);
    var_id v = find(m, one);
    return v && ir_var(&m->g, v)->kind == VAR_PARAM ? v : 0;
}

static var_id counted(const model *m, const name_layers *layers, const char *name,
                      var_id (*find)(const model *, const char *)) {
    char   next[LONGEST + 8];
    var_id own = find(m, name);
    if (!own) own = single(m, layers, name, find);
    if (!layers->from_zero || !count_on(name, next, sizeof next)) return own;
    var_id v = find(m, next);
    if (v && ir_var(&m->g, v)->kind == VAR_PARAM) return v;
    return own && ir_var(&m->g, own)->kind == VAR_PARAM ? 0 : own;
}

var_id name_variable_in(const model *m, const name_layers *layers, const char *name) {
    if (layers->y_predicted && strcmp(name, "y") == 0) return m->predict.n ? m->predict.at[0] : 0;
    return counted(m, layers, name, name_variable);
}

var_id name_gradient_in(const model *m, const name_layers *layers, const char *name) {
    if (layers->y_predicted && (strcmp(name, "dy") == 0 || strcmp(name, "g_y") == 0))
        return m->predict.n ? m->predict.at[0] : 0;
    return counted(m, layers, name, name_gradient);
}

static bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool name_counts_from_zero(const model *m, const char *text, size_t len) {
    static const char *const zeros[] = {"w0", "b0", "dw0", "db0", "weights0", "bias0", "theta0"};
    if (name_variable(m, "w0") || name_variable(m, "b0")) return false;
    for (size_t i = 0; i < len;) {
        char   word[LONGEST], plain[LONGEST];
        size_t n = 0;
        while (i + n < len && is_word(text[i + n])) n++;
        snprintf(word, sizeof word, "%.*s", (int)(n < LONGEST ? n : LONGEST - 1), text + i);
        name_plain(word, plain, sizeof plain);
        for (size_t k = 0; n && k < sizeof zeros / sizeof *zeros; k++)
            if (strcmp(plain, zeros[k]) == 0) return true;
        i += n + 1;
    }
    return false;
}

/* The next sign or word at *at, behind blanks; its length. */
static size_t next_word(const char *text, size_t len, size_t *at) {
    size_t n = 0;
    while (*at < len && (text[*at] == ' ' || text[*at] == '\t')) ++*at;
    while (*at + n < len && is_word(text[*at + n])) n++;
    return n ? n : *at < len;
}

bool name_y_is_predicted(const model *m, const char *text, size_t len) {
    static const char *const said[] = {"y", "-", "t"};
    size_t                   k = 0;
    if (name_variable(m, "t")) return false;
    for (size_t i = 0, n; i < len; i += n) {
        n = next_word(text, len, &i);
        bool same = k < 3 && n == 1 && text[i] == said[k][0];
        k = same ? k + 1 : n == 1 && text[i] == 'y' ? 1 : 0;
        if (k == 3) return true;
    }
    return false;
}

static const struct {
    name_role   role;
    const char *names; /* plain, with blanks around each */
} roles[] = {
    {ROLE_INPUT, " x inputs input data xtrain trainx trainsetx features xbatch batchx xb inputdata "
                 "traininginputs a0 xs trainingset "
                 "xdata trainingsetinputs imgs images samples datax "},
    {ROLE_LABEL,
     " y labels label targets target ytrain trainy trainsety ybatch batchy yb ytrue t outputs "
     "trainingoutputs expected "
     "expectedoutput desired desiredoutput ys ydata trainingsetoutputs onehoty yonehot ytr truth datay "},
    {ROLE_PREDICTED, " al yhat ypred output probs predictions preds pred yp prediction out o aout "
                     "finaloutput probabilities predicted "
                     "predictedoutput ypredicted outputactivations softmaxoutput finaloutputs h alast lasta "
                     "afinal finala aout outputactivation "},
    {ROLE_PARAMETERS, " parameters params weights param theta thetas model weightsandbiases p parametersdict "
                      "net wb paramsdict "},
    {ROLE_CACHE, " cache caches forwardcache memory memo activations forward forwardpass store stored "
                 "intermediates values "
                 "forwardvalues fwd cached cacheforward tape states outs layeroutputs "},
    {ROLE_EXAMPLES,
     " m nsamples nexamples numexamples batchsize numsamples samplesize numtrain mtrain nexample bs nbatch "},
    {ROLE_PENALTY, " lambd lambda reg l2 regularization regstrength lam lmbda lbd l2reg "
                   "regularizationstrength lambdareg lamda "},
    {ROLE_KEEP, " keepprob keep dropout pkeep p keeprate dropoutrate droprate dropprob "
                "dropoutprob keepprobs pdrop "},
    {ROLE_RATE, " learningrate lr alpha eta rate stepsize learnrate learning epsilon "},
    {ROLE_ROUNDS, " epochs epoch iterations numiterations niter nepochs numiters maxiter iters numiter "
                  "numepochs niterations its "
                  "trainingiterations nsteps steps numiterationstotal numpasses numberoftrainingiterations "},
    {ROLE_LAYERS, " layersdims layerdims sizes layers dims layersizes architecture layerssizes "
                  "nnarchitecture layersdim layerdim "
                  "structure topology nunits units "},
    {ROLE_N_IN, " nx ninput inputsize inputdim d ni nin inputnodes ninputs numinput inputlayersize "
                "inputunits inputlayer n0 indim "
                "nfeatures numfeatures inputlayerneurons infeatures inodes inputneurons nvisible visible "
                  "visiblesize numvisible din nfeat insize nvis sizein "},
    {ROLE_N_HIDDEN, " nh nhidden hiddensize hiddendim hidden nhid hiddennodes numhidden hiddenlayersize "
                    "hiddenunits hiddenlayer n1 "
                    "hiddenlayerneurons hnodes hiddenneurons nhiddens dhidden dhid ncode codesize codedim "
                    "latent "
                    "latentdim nlatent hid hsize dh bottleneck "},
    {ROLE_N_OUT, " ny noutput outputsize outputdim k c no nout outputnodes nclasses numclasses numoutput "
                 "outputlayersize outputunits "
                 "n2 outdim outputneurons onodes numlabels nlabels noutputs dout outsize "
                 "outfeatures sizeout "},
    {ROLE_FLAG, " printcost verbose debug print plot showcost printloss initialization "},
    {ROLE_GRADIENTS, " grads gradients grad derivatives gradientsdict "},
    {ROLE_ONE, " minibatch batch trainingdata "}};

static bool among(const char *names, const char *plain) {
    size_t n = strlen(plain);
    for (const char *at = names; n && (at = strstr(at, plain)); at++)
        if (at[-1] == ' ' && at[n] == ' ') return true;
    return false;
}

name_role name_role_of(const char *name) {
    char plain[LONGEST];
    name_plain(name, plain, sizeof plain);
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
        if (among(roles[i].names, plain)) return roles[i].role;
    return ROLE_NONE;
}

bool name_is_backward(const char *name) {
    char plain[LONGEST];
    name_plain(name, plain, sizeof plain);
    bool short_of = plain[0] == 'g' && (plain[1] == 'w' || plain[1] == 'b') && (!plain[2] || plain[2] < 'a');
    return short_of || strstr(plain, "delta") || strstr(plain, "err") || strstr(plain, "grad") ||
           strstr(plain, "diff") ||
           strncmp(plain, "nabla", 5) == 0 || strncmp(name, "g_", 2) == 0 ||
           (plain[0] == 'd' && strncmp(plain, "data", 4) != 0 && strncmp(plain, "dim", 3) != 0);
}

/* w, w1, wo, who, b_h1: the letter with a number, or with the layers that it joins; no word of its own. */
static bool is_letter_with(const char *plain, char letter) {
    size_t n = strlen(plain);
    return plain[0] == letter && n <= 4 && (n <= 2 || strspn(plain + 1, "hioxy0123456789") == n - 1);
}

static bool looks_like(const char *name, char letter, const char *const *words, size_t n) {
    char plain[LONGEST];
    name_plain(name, plain, sizeof plain);
    for (size_t i = 0; i < n; i++)
        if (strstr(plain, words[i])) return true;
    return is_letter_with(plain, letter);
}

bool name_is_weight(const char *name) {
    static const char *const words[] = {"syn", "weight", "theta", "whid", "wout", "win", "wenc", "wdec"};
    return looks_like(name, 'w', words, sizeof words / sizeof *words);
}

bool name_is_bias(const char *name) {
    static const char *const words[] = {"bias", "bhid", "bout", "benc", "bdec"};
    return looks_like(name, 'b', words, sizeof words / sizeof *words);
}

bool name_is_mask(const char *name, uint32_t *number) {
    char plain[LONGEST];
    name_plain(name, plain, sizeof plain);
    size_t n = strlen(plain), k = n;
    while (k && plain[k - 1] >= '0' && plain[k - 1] <= '9') k--;
    *number = n - k == 1 ? (uint32_t)(plain[k] - '0') : 0;
    return strstr(plain, "mask") || strncmp(plain, "drop", 4) == 0 || (k == 1 && strchr("dmru", plain[0]));
}

double name_keep(const char *name, double x) {
    char plain[LONGEST];
    name_plain(name, plain, sizeof plain);
    return strstr(plain, "drop") ? 1 - x : x;
}

/* -------------------------------------------------------------------- layers */

dfoo_status name_split(const subject *s, arena *a, name_layers *out) {
    bool *in_product = arena_new(a, s->g->vars.n + 1);
    *out = (name_layers){{0}, {0}, out->from_zero, out->y_predicted};
    if (!in_product) return DFOO_ENOMEM;
    for (uint32_t i = 0; i < s->nodes.list.n; i++) {
        const node *x = ir_node(s->g, s->nodes.list.at[i]);
        for (int k = 0; x->op == OP_MATMUL && k < 2; k++) {
            const node *arg = ir_node(s->g, x->arg[k]);
            if (arg->op == OP_TRANSPOSE) arg = ir_node(s->g, arg->arg[0]);
            if (arg->op == OP_VAR) in_product[arg->ref] = true;
        }
    }
    for (var_id v = 1; v < s->g->vars.n; v++) {
        if (ir_var(s->g, v)->kind != VAR_PARAM) continue;
        if (in_product[v])
            vec_push(a, &out->weights, v);
        else
            vec_push(a, &out->biases, v);
    }
    return arena_status(a);
}

/* Is it a list of weights or of biases by its name? NULL: of neither. *n: how many there are. */
static const var_id *list_of(const name_layers *layers, const char *list, uint32_t *n) {
    char plain[LONGEST];
    name_plain(list, plain, sizeof plain);
    const char *w = strrchr(plain, 'w'), *b = strrchr(plain, 'b');
    bool        bias = strstr(plain, "bias") || strcmp(plain, "nablab") == 0 || (b && !w);
    *n = !w && !b ? 0 : bias ? layers->biases.n : layers->weights.n;
    return bias ? layers->biases.at : layers->weights.at;
}

uint32_t name_elements(const name_layers *layers, const char *list) {
    uint32_t n;
    list_of(layers, list, &n);
    return n;
}

var_id name_element(const name_layers *layers, const char *list, int64_t k, int base) {
    uint32_t      n;
    const var_id *at = list_of(layers, list, &n);
    k = k < 0 ? k + n : k - base;
    return k < 0 || k >= n ? 0 : at[k];
}

bool name_says_nothing(const char *name) {
    static const char *const names[] = {"data", "value", "val", "tensor", "array"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0) return true;
    return false;
}
