"""The commonest mistakes of people who come from Python, from slides or from other tools: what is said to each of them, and what is
taken as it is meant. Each row is a network with one line of it replaced."""
import pytest

NETWORK = ["input X : (n0, m)", "label Y : (1, m)", "param W1 : (n1, n0)", "param b1 : (n1, 1)", "param W2 : (1, n1)", "Z1 = W1 @ X + b1", "A1 = tanh(Z1)",
           "Z2 = W2 @ A1", "A2 = sigmoid(Z2)", "L = -(Y * log(A2) + (1 - Y) * log(1 - A2))", "J = 1/m * sum(L)", "minimize J"]

# The line that is replaced, by what, and what is said.
SAID = [
    ("A1 =", "A1 = max(0.01 * Z1, Z1)", "the larger of two is written maximum(0.01 * Z1, Z1)"),
    ("A1 =", "A1 = ReLU(Z1)", "it is written relu"),
    ("A1 =", "A1 = LeakyReLU(Z1)", "it is written leaky_relu"),
    ("A1 =", "A1 = silu(Z1)", "it is written swish"),
    ("A1 =", "A1 = Tanh(Z1)", "did you mean tanh?"),
    ("A1 =", "A1 = logistic(Z1)", "it is written sigmoid"),
    ("A1 =", "A1 = σ(Z1)", "it is written sigmoid"),
    ("A1 =", "A1 = \\tanh(Z1)", "a function is written without it: tanh(Z1)"),
    ("A1 =", "A1 = 1/(1 + e**(-Z1))", "a power of e is written exp(z)"),
    ("A1 =", "A1 = lambda z: z", "a function of your own is written f(z) = z * sigmoid(z)"),
    ("A1 =", "def f(z):", "a function of your own is one line: f(z) = z * sigmoid(z)"),
    ("A1 =", "for i in range(3):", "there are no loops"),
    ("A1 =", "while True:", "there are no loops"),
    ("A1 =", "if Z1 > 0:", "where(Z > 0, Z, 0.01 * Z)"),
    ("A1 =", "class Net:", "a model is a list of equations"),
    ("input", "import numpy as np", "nothing is imported"),
    ("input", "from torch import nn", "nothing is imported"),
    ("input", "let X : (n0, m)", "a definition has no word in front"),
    ("input", "// a network", "a comment begins with #"),
    ("input", "% a network", "a comment begins with #"),
    ("input", "input X : n0 x m", "a shape is written (rows, columns)"),
    ("input", "input X (n0, m)", "a shape is expected here"),
    ("input", "inptu X : (n0, m)", "did you mean input?"),
    ("input", "X : (n0, m)", "a shape is declared with a word in front: input (data), label"),
    ("label", "# no label", "labels are declared: label Y : (1, m)"),
    ("param b1", "param b1 : (n1,)", "a column is (n1, 1), a row (1, n1)"),
    ("param b1", "param b1", "that of a number is : (1, 1)"),
    ("param b1", "param b1 : [n1, 1]", "a shape is written (rows, columns)"),
    ("param b1", "# no bias", "unknown name 'b1'"),
    ("Z1 =", "Z1 = W1 * X + b1", "did you mean @? the matrix product W1 @ X fits"),
    ("Z1 =", "Z1 = W1 · X + b1", "did you mean @? the matrix product W1 @ X fits"),
    ("Z1 =", "Z1 = W1.T @ X + b1", "W1 @ X would fit"),
    ("Z1 =", "Z1 = W1 @ x + b1", "did you mean X?"),
    ("Z1 =", "Z1 := W1 @ X + b1", "a definition is written name = expression"),
    ("Z1 =", "Z1 = W1 @ X + b1;", "a statement ends with its line"),
    ("Z2 =", "Z1 = W2 @ A1", "'Z1' is already there"),
    ("L =", "L = -(Y * ln(A2) + (1 - Y) * ln(1 - A2))", "the natural logarithm is written log"),
    ("L =", "L = cross_entropy(A2, Y)", "a loss is written out: L = -(Y * log(A) + (1 - Y) * log(1 - A))"),
    ("L =", "L = BCELoss(A2, Y)", "a loss is written out"),
    ("L =", "L = mse_loss(A2, Y)", "a loss is written out: J = 1/(2*m) * sum((A - Y)**2)"),
    ("L =", "L = (A2 - Y)^2", "a power is written **"),
    ("J =", "J = 1/m * Σ(L)", "it is written sum"),
    ("J =", "J = L", "the mean over the examples is 1/m * sum(J)"),
    ("minimize", "minimise J", "did you mean minimize?"),
    ("minimize", "# nothing", "end it with a line such as: minimize J"),
    ("minimize", "minimize(J)", "as in minimize J"),
    ("minimize", "minimize J\nreturn J", "what is computed is named by minimize J and predict A2"),
    ("minimize", "minimize J\nprint(J)", "values are shown by dfoo grad and dfoo explain --numbers"),
]

# What is meant is certain.
TAKEN = [
    ("A1 =", "A1 = np.tanh(Z1)"), ("A1 =", "A1 = torch.tanh(Z1)"), ("A1 =", "A1 = F.tanh(Z1)"), ("A1 =", "A1 = tf.math.tanh(Z1)"), ("A1 =", "A1 = math.tanh(Z1)"),
    ("Z1 =", "Z1 = np.dot(W1, X) + b1"), ("Z1 =", "Z1 = (W1ᵀ)ᵀ @ X + b1"), ("Z1 =", "Z₁ = W₁ @ X + b₁"), ("Z1 =", "Z[1] = W[1] @ X + b[1]"),
    ("L =", "L = −(Y·log(A2) + (1 − Y)×log(1 − A2))"), ("L =", "L = -(Y ⊙ log(A2) + (1 - Y) * log(1 - A2))"),
]


def replaced(beginning, line):
    place = [i for i, x in enumerate(NETWORK) if x.startswith(beginning)]
    return "\n".join([*NETWORK[:place[0]], line, *NETWORK[place[0] + 1:]]) + "\n"


@pytest.mark.parametrize("beginning, line, said", SAID, ids=[line for _, line, _ in SAID])
def test_a_mistake_is_told_what_is_meant(dfoo, beginning, line, said):
    done = dfoo("derive", "-", stdin=replaced(beginning, line))
    assert done.returncode == 2 and done.stdout == "" and said in done.stderr, done.stderr


@pytest.mark.parametrize("beginning, line", TAKEN, ids=[line for _, line in TAKEN])
def test_what_is_certain_is_taken(dfoo, beginning, line):
    done = dfoo("derive", "-", stdin=replaced(beginning, line))
    assert done.returncode == 0 and done.stderr == ""
    assert done.stdout == dfoo("derive", "-", stdin="\n".join(NETWORK)).stdout


@pytest.mark.parametrize("line, power", [("J = 1/(2*m) * sum((A2 - Y)²)", 2), ("J = 1/(2*m) * sum((A2 - Y)³)", 3)])
def test_powers_above_the_line(dfoo, line, power):
    written = dfoo("derive", "-", stdin=replaced("J =", f"J = 1/(2*m) * sum((A2 - Y)**{power})"))
    assert dfoo("derive", "-", stdin=replaced("J =", line)).stdout == written.stdout != ""


def test_a_cost_of_one_example(dfoo):
    done = dfoo("derive", "-", stdin="input x : (2, 1)\nlabel y : (3, 1)\nparam W : (3, 2)\nJ = (W @ x - y)**2\nminimize J\n")
    assert "the sum of its entries is sum(J)" in done.stderr
