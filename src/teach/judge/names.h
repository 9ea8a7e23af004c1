/* What learners call things: W1, w1, self.W_1, grads["dW1"], nabla_w[-1], Y_hat, learning_rate, .. */
#ifndef JUDGE_NAMES_H
#define JUDGE_NAMES_H

#include "teach/judge/case.h"

/* Lower case, without underscores, primes and the like, in `out` (of size bytes). */
void name_plain(const char *name, char *out, size_t size);

/* The model's variable of that name; 0: there is none. */
var_id name_variable(const model *m, const char *name);

/* The variable whose gradient is meant by dW1, grad_W1, W1_grad, nabla_W1, ..; 0: none. */
var_id name_gradient(const model *m, const char *name);

typedef struct name_layers name_layers;

/* The same where the program may count its parameters from 0. */
var_id name_variable_in(const model *m, const name_layers *layers, const char *name);
var_id name_gradient_in(const model *m, const name_layers *layers, const char *name);

/* Does the program's text speak of a W0 or b0 that the model has not? */
bool name_counts_from_zero(const model *m, const char *text, size_t len);

/* Does the program's text say y - t: is y what is predicted there? */
bool name_y_is_predicted(const model *m, const char *text, size_t len);

/* What a parameter of a function, or a variable, is for. */
typedef enum {
    ROLE_NONE,
    ROLE_INPUT,
    ROLE_LABEL,
    ROLE_PREDICTED,
    ROLE_PARAMETERS, /* all of them, in a dict */
    ROLE_CACHE,
    ROLE_EXAMPLES, /* how many */
    ROLE_PENALTY,
    ROLE_KEEP,
    ROLE_RATE,
    ROLE_ROUNDS,
    ROLE_LAYERS, /* the sizes of all layers */
    ROLE_N_IN,
    ROLE_N_HIDDEN,
    ROLE_N_OUT,
    ROLE_FLAG,
    ROLE_GRADIENTS,
    ROLE_ONE /* a mini-batch: a list of pairs */
} name_role;

name_role name_role_of(const char *name);

/* Is it the name of something on the way back: delta, error, dscores, dhidden? */
bool name_is_backward(const char *name);

/* May it be the name of weights, of biases: w1, syn0, theta, bias_hidden? */
bool name_is_weight(const char *name);
bool name_is_bias(const char *name);

/* May it be the name of a dropout's mask: D1, mask1, drop_mask? *number: 1 of D1; 0: none. */
bool name_is_mask(const char *name, uint32_t *number);

/* The part of the units that somebody keeps, who calls x so: keep_prob, or dropout_rate. */
double name_keep(const char *name, double x);

/* The parameters in two lists, in order of declaration: what stands in a product, and the rest. */
struct name_layers {
    VEC(var_id) weights;
    VEC(var_id) biases;
    bool from_zero;   /* the program counts its parameters from 0: W0, b0 are the model's W1, b1 */
    bool y_predicted; /* y - t: its y is what is predicted, and t the labels */
};

dfoo_status name_split(const subject *s, arena *a, name_layers *out);

/* The parameter that element k (from the end if negative) of a list of that name stands for, as nabla_w[-1];
 * 0: none. base: the number of the first one, 0 or 1. */
var_id name_element(const name_layers *layers, const char *list, int64_t k, int base);

/* How many parameters a list of that name has; 0: it is no list of parameters. */
uint32_t name_elements(const name_layers *layers, const char *list);

/* weight.data: a part that says nothing, of one that does. */
bool name_says_nothing(const char *name);

#endif
