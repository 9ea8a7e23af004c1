/* numpy's spelling of the operations that are called, and the functions that it lacks, in
 * forms that neither overflow nor cancel. A text stands behind those that it calls. */
#include "ship/emit/numpy.h"

static const numpy_function functions[] = {
    {.op = OP_EXP, .call = "np.exp"},
    {.op = OP_LOG, .call = "np.log"},
    {.op = OP_SQRT, .call = "np.sqrt"},
    {.op = OP_SIN, .call = "np.sin"},
    {.op = OP_COS, .call = "np.cos"},
    {.op = OP_ABS, .call = "np.abs"},
    {.op = OP_SIGN, .call = "np.sign"},
    {.op = OP_FLOOR, .call = "np.floor"},
    {.op = OP_MAXIMUM, .call = "np.maximum"},
    {.op = OP_MINIMUM, .call = "np.minimum"},
    {.op = OP_WHERE, .call = "np.where"},
    {.op = OP_LOG1P, .call = "np.log1p"},
    {.op = OP_EXPM1, .call = "np.expm1"},
    {.op = OP_TANH, .call = "np.tanh"},
    {.op = OP_SUM, .call = "np.sum"},
    {.op = OP_MEAN, .call = "np.mean"},
    {.op = OP_MAX, .call = "np.max"},
    {.op = OP_ERF, .call = "erf", .math = true,
     .text = "def erf(z):\n"
             "    return np.vectorize(math.erf, otypes=[float])(z)\n"},
    {.op = OP_ERFC, .call = "erfc", .math = true,
     .text = "def erfc(z):\n"
             "    return np.vectorize(math.erfc, otypes=[float])(z)\n"},
    {.op = OP_SECH, .call = "sech",
     .text = "def sech(z):\n"
             "    e = np.exp(-np.abs(z))\n"
             "    return 2 * e / (1 + e * e)\n"},
    {.op = OP_SIGMOID, .call = "sigmoid",
     .text = "def sigmoid(z):\n"
             "    e = np.exp(-np.abs(z))\n"
             "    return np.where(z >= 0, 1, e) / (1 + e)\n"},
    {.op = OP_RELU, .call = "relu",
     .text = "def relu(z):\n"
             "    return np.maximum(z, 0)\n"},
    {.op = OP_LEAKY_RELU, .call = "leaky_relu",
     .text = "def leaky_relu(z, slope):\n"
             "    return np.where(z > 0, z, slope * z)\n"},
    {.op = OP_ELU, .call = "elu",
     .text = "def elu(z, a):\n"
             "    return np.where(z > 0, z, a * np.expm1(np.minimum(z, 0)))\n"},
    {.op = OP_SOFTPLUS, .call = "softplus",
     .text = "def softplus(z):\n"
             "    return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))\n"},
    {.op = OP_SWISH, .call = "swish", .needs = OP_SIGMOID,
     .text = "def swish(z):\n"
             "    return z * sigmoid(z)\n"},
    {.op = OP_GELU, .call = "gelu", .math = true,
     .text = "def gelu(z):\n"
             "    return z * np.vectorize(math.erfc, otypes=[float])(-z / math.sqrt(2)) / 2\n"},
    {.op = OP_SOFTMAX, .call = "softmax",
     .text = "def softmax(z, axis):\n"
             "    e = np.exp(z - np.max(z, axis=axis, keepdims=True))\n"
             "    return e / np.sum(e, axis=axis, keepdims=True)\n"},
    {.op = OP_LOG_SOFTMAX, .call = "log_softmax",
     .text = "def log_softmax(z, axis):\n"
             "    z = z - np.max(z, axis=axis, keepdims=True)\n"
             "    return z - np.log(np.sum(np.exp(z), axis=axis, keepdims=True))\n"},
};

const numpy_function *numpy_function_of(op_id op) {
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        if (functions[i].op == op) return &functions[i];
    return NULL;
}
