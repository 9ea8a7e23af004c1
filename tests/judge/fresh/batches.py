import numpy as np

class Affine:
    def __init__(self, W, b):
        self.params = {"W": W, "b": b}
        self.grads = {}
    def forward(self, A):
        self.A = A
        return self.params["W"].dot(A) + self.params["b"]
    def backward(self, dZ):
        m = dZ.shape[1]
        self.grads["W"] = dZ.dot(self.A.T) / m
        self.grads["b"] = dZ.sum(axis=1, keepdims=True) / m
        return self.params["W"].T.dot(dZ)

class Leaky:
    slope = 0.1
    def forward(self, Z):
        self.factor = np.where(Z > 0, 1.0, self.slope)
        return Z * self.factor
    def backward(self, dA):
        return dA * self.factor

class SigmoidWithLoss:
    def forward(self, Z, Y):
        self.Y = Y
        self.A = 1.0 / (1.0 + np.exp(-Z))
        return -np.mean(np.sum(Y * np.log(self.A) + (1 - Y) * np.log(1 - self.A), axis=0))
    def backward(self):
        return self.A - self.Y

class Net:
    def __init__(self, sizes):
        self.stack = []
        for i in range(len(sizes) - 1):
            W = np.random.randn(sizes[i + 1], sizes[i]) * np.sqrt(2.0 / sizes[i])
            self.stack.append(Affine(W, np.zeros((sizes[i + 1], 1))))
            if i < len(sizes) - 2:
                self.stack.append(Leaky())
        self.head = SigmoidWithLoss()
    def loss(self, X, Y):
        out = X
        for layer in self.stack:
            out = layer.forward(out)
        return self.head.forward(out, Y)
    def gradient(self, X, Y):
        self.loss(X, Y)
        d = self.head.backward()
        for layer in self.stack[::-1]:
            d = layer.backward(d)
        return [layer.grads for layer in self.stack if isinstance(layer, Affine)]

rng = np.random.RandomState(3)
X = rng.randn(3, 64)
Y = np.vstack([X[0] > 0, X[1] > X[2]]).astype(float)
net = Net([3, 5, 4, 2])
for it in range(100):
    net.gradient(X, Y)
    for layer in net.stack:
        if isinstance(layer, Affine):
            for k in layer.params:
                layer.params[k] -= 0.3 * layer.grads[k]
