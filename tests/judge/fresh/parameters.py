import numpy as np

class Param:
    def __init__(self, data):
        self.data = data
        self.grad = np.zeros_like(data)

class Linear:
    def __init__(self, d_in, d_out):
        self.weight = Param(np.random.randn(d_in, d_out) / np.sqrt(d_in))
        self.bias = Param(np.zeros(d_out))
    def __call__(self, x):
        self.inp = x
        return x @ self.weight.data + self.bias.data
    def backward(self, g):
        self.weight.grad = self.inp.T @ g
        self.bias.grad = g.sum(axis=0)
        return g @ self.weight.data.T
    def params(self):
        return [self.weight, self.bias]

class ReLU:
    def __call__(self, x):
        self.mask = x > 0
        return x * self.mask
    def backward(self, g):
        return g * self.mask
    def params(self):
        return []

class CrossEntropy:
    def __call__(self, logits, y):
        z = logits - logits.max(axis=1, keepdims=True)
        self.p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
        self.y = y
        return -np.sum(y * np.log(self.p)) / len(y)
    def backward(self):
        return (self.p - self.y) / len(self.y)

class SGD:
    def __init__(self, params, lr):
        self.params, self.lr = params, lr
    def step(self):
        for p in self.params:
            p.data -= self.lr * p.grad

net = [Linear(4, 5), ReLU(), Linear(5, 3)]
params = [p for l in net for p in l.params()]
opt = SGD(params, 0.1)
crit = CrossEntropy()
X = np.random.randn(30, 4)
Y = np.eye(3)[np.random.randint(0, 3, 30)]
for it in range(50):
    h = X
    for l in net:
        h = l(h)
    loss = crit(h, Y)
    g = crit.backward()
    for l in net[::-1]:
        g = l.backward(g)
    opt.step()
