"""The backward pass as a slide has it, in numpy."""
import numpy as np


def by_hand(v):
    """All values and gradients of the two-layer model."""
    m = v["X"].shape[1]
    A1 = np.tanh(v["W1"] @ v["X"] + v["b1"])
    A2 = 1 / (1 + np.exp(-(v["W2"] @ A1 + v["b2"])))
    dZ2 = A2 - v["Y"]
    dZ1 = v["W2"].T @ dZ2 * (1 - A1**2)
    J = -np.mean(v["Y"] * np.log(A2) + (1 - v["Y"]) * np.log(1 - A2))
    return {"J": J, "dZ2": dZ2, "dW2": dZ2 @ A1.T / m, "db2": dZ2.sum(1, keepdims=True) / m, "dZ1": dZ1, "dW1": dZ1 @ v["X"].T / m,
            "db1": dZ1.sum(1, keepdims=True) / m}
