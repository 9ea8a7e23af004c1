import numpy as np

class DeepNet:
    def __init__(self, layers, activation_slope=0.01):
        self.layers = layers
        self.slope = activation_slope
        self.params = {}
        for l in range(1, len(layers)):
            self.params[f"W{l}"] = np.random.randn(layers[l], layers[l-1]) * 0.1
            self.params[f"b{l}"] = np.zeros((layers[l], 1))

    def _act(self, z):
        return np.where(z > 0, z, self.slope * z)

    def _dact(self, z):
        d = np.ones_like(z)
        d[z < 0] = self.slope
        return d

    def forward(self, X):
        self.cache = {"A0": X}
        L = len(self.layers) - 1
        for l in range(1, L + 1):
            Z = self.params[f"W{l}"] @ self.cache[f"A{l-1}"] + self.params[f"b{l}"]
            self.cache[f"Z{l}"] = Z
            self.cache[f"A{l}"] = self._act(Z) if l < L else 1 / (1 + np.exp(-Z))
        return self.cache[f"A{L}"]

    def backward(self, Y):
        grads = {}
        L = len(self.layers) - 1
        m = Y.shape[1]
        for l in range(L, 0, -1):
            if l == L:
                dZ = self.cache[f"A{L}"] - Y
            else:
                dA = self.params[f"W{l+1}"].T @ dZ
                dZ = dA * self._dact(self.cache[f"Z{l}"])
            grads[f"W{l}"] = dZ @ self.cache[f"A{l-1}"].T / m
            grads[f"b{l}"] = np.sum(dZ, axis=1, keepdims=True) / m
        return grads

    def update(self, grads, lr):
        for k, g in grads.items():
            self.params[k] -= lr * g
