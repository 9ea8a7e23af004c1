"""Models that take the formats where examples/ and tests/eq/ do not go."""

DATA = "input X : (n0, m)\nlabel Y : (n1, m)\nparam W : (n1, n0)\nparam b : (n1, 1)\n"
END = "J = 1/m * sum((A - Y)**2)\nminimize J\npredict A\n"

MODELS = {
    "penalty": DATA + "const lambda = 0.7\nA = sigmoid(W @ X + b)\n"
               "J = -1/m * sum(Y * log(A) + (1 - Y) * log(1 - A)) + lambda/(2*m) * sum(W**2)\nminimize J\n",
    # Python's words, the module's own, and what numpy calls sizes
    "names": "input np : (def, m)\nlabel values : (print, m)\nparam float : (print, def)\nparam class : (print, 1)\n"
             "const lambda = 0.1\nforward = float @ np + class\nbackward = sigmoid(forward)\n"
             "None = 1/m * sum((backward - values)**2) + lambda * sum(float**2)\nminimize None\npredict backward\n",
    "close_names": DATA + "const lambda = 0.5\nconst lambda_ = 2\nsigmoid_ = sigmoid(W @ X + b)\n"
                   "is = sigmoid_ * lambda\nA = is * lambda_\n" + END,
    "functions": DATA + "Z = W @ X + b\nA = gelu(Z) + swish(Z) + softplus(Z) + elu(Z) + leaky_relu(Z, 0.2) + erf(Z)"
                 " + log1p(Z**2) + sqrt(1 + Z**2) + sin(Z) * cos(Z) + abs(Z)\n" + END,
    "comparisons": DATA + "Z = W @ X + b\nB = (Z > 0) - (Z < 0.5)\nC = -(Z > 0.1)\nD = (Z > 0) * (Z < 1)\n"
                   "E = (Z > 0) + (Z > 0.2)\nF = (1 - (Z > 0)) * exp(Z > 0)\nG = (Z > 0)**2 + (Z == Z) + sum(Z > 0)\n"
                   "H = ((Z > 0) < (Z > 1)) + sign(Z > 0)\nI = where(Z > 0, 1, 2)**(-1)\n"
                   "A = Z * B + Z * C + Z * D + Z * E + Z * F + Z * G + Z * H + Z * I + Z * (Z > 0).T.T\n" + END,
    "extrema": DATA + "Z = W @ X + b\nM = max(Z, axis=0)\nN = max(Z, axis=1)\n"
               "A = maximum(Z, 0.1) * M + minimum(Z, N/2) - where(Z > 0.3, Z**2, exp(Z)) + max(Z)\n" + END,
    "rows": "input X : (m, n0)\nlabel Y : (m, k) onehot\nparam W : (n0, k)\nparam b : (1, k)\n"
            "A = softmax(X @ W + b)\nL = -sum(Y * log(A), axis=1)\nJ = mean(L)\nminimize J\npredict A\n",
    "log_softmax": "input X : (n0, m)\nlabel Y : (k, m) onehot\nparam W : (k, n0)\nA = log_softmax(W @ X)\n"
                   "J = -1/m * sum(Y * A)\nminimize J\n",
    "one_example": "input x : (n0, 1)\nlabel y : (n1, 1)\nparam W1 : (n1, n0)\nparam b1 : (n1, 1)\n"
                   "z1 = W1 @ x + b1\na1 = tanh(z1)\nl = sum((a1 - y)**2)\nminimize l\n",
    "normalised": DATA + "param g : (n1, 1)\nZ = W @ X\nC = Z - mean(Z, axis=1)\nV = mean(C**2, axis=1)\n"
                  "A = g * C / sqrt(V + 1e-5) + b\n" + END,
    "scalars": DATA + "param s : (1, 1)\nparam t_in : (1, 1)\nA = s * (W @ X) + b * t_in**2 + pi * s / m\n" + END,
    "unreached": DATA + "param lambda : (n1, n0)\nA = W @ X\n" + END,
    "tied": "input X : (n, m)\nparam W : (k, n)\nparam b : (k, 1)\nA = tanh(W @ X + b)\nR = W.T @ A\n"
            "J = 1/m * sum((R - X)**2) + max(abs(W)) / 10\nminimize J\n",
    "greek": "input ξ : (n, m)\nlabel Y : (1, m)\nparam θ : (1, n)\nconst λ = 0.25\nϕ = θ @ ξ\nφ = tanh(ϕ)\n"
             "J = 1/m * sum((φ - Y)**2) + λ * sum(θ**2)\nminimize J\n",
    "sizes": DATA + "size k = 3\nA = k * (W @ X) + b + ones(n1, m) / n0**(-1)\n" + END,
    "powers": DATA + "Z = W @ X + b\nA = (Z**2 + 1)**(-0.5) + 2**Z - (-Z)**3 - -Z * 2 + (Z - (b - 1)) / (1 + Z**2 / 3) - (Z - 2)\n" + END,
    "dropout": DATA + "param V : (n1, n1)\nA1 = tanh(W @ X + b)\nD1 = dropout(A1, 0.8)\nA = V @ D1\n" + END,
}

OPEN_MODELS = {
    "open": DATA + "function g1\nparam V : (n1, n1)\nA1 = g1(W @ X + b)\nA = V @ A1\n" + END,
    "open_names": DATA + "function lambda\nlambda_prime = lambda(W @ X + b)\nA = lambda(lambda_prime)\n" + END,
}
