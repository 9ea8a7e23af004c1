import numpy as np
def sig(z): return 1/(1+np.exp(-z))
np.random.seed(1)
X = np.array([[1.,2,3],[4,5,6]])
Y = np.array([[0,1,1]])
W1 = np.arange(8).reshape(4,2)*0.1
b1 = np.zeros((4,1))
def initialize(n_x, n_h=4, *, n_y=1):
    parameters = {"W1": W1, "b1": b1, "W2": np.ones((n_y, n_h))*.1, "b2": np.zeros((n_y,1))}
    return parameters
def forward(X, parameters):
    Z1 = np.dot(parameters["W1"], X) + parameters['b1']
    A1 = np.tanh(Z1)
    Z2 = parameters["W2"] @ A1 + parameters["b2"]
    A2 = sig(Z2)
    assert A2.shape == (1, X.shape[1])
    cache = {k: v for k, v in zip(["Z1","A1","Z2","A2"], (Z1,A1,Z2,A2))}
    return A2, cache
p = initialize(2)
A2, cache = forward(X, p)
m = X.shape[1]
grads = {}
dZ2 = A2 - Y
for l in reversed(range(1,3)):
    A = cache["A" + str(l-1)] if l > 1 else X
    dZ = locals_dZ = dZ2 if l == 2 else np.dot(p["W2"].T, dZ2)*(1-np.power(cache[f"A{1}"],2))
    grads["dW%d" % l] = 1/m * dZ @ A.T
    grads["db{}".format(l)] = np.sum(dZ, axis=1, keepdims=True)/m
d1, d2 = grads["dW1"], grads["dW2"]
probs = A2.copy().T
dscores = probs
dscores[range(3), [0,0,0]] -= 1
class Net:
    def __init__(self, n): self.n = n; self.W = np.ones((n,n))
    def f(self, x): self.W -= 0.1 * x; return self.W
    @property
    def k(self): return self.n + 1
net = Net(2); q = net.f(3); kk = net.k
nabla = [np.zeros(b.shape) for b in [b1, A2]]
nabla[-1] = d2
t = (1,) + (2, 3)
m1 = Y > 0
Z = np.array([[1.,-1,2]])
Z[Z<=0] = 0
cost = -np.sum(np.log(A2)*Y)/m
s = f"{cost:.3f} {m:>4}|{'a':<3}|"
a,*b = [1,2,3]
x = [i*j for i in range(3) for j in range(2) if j]
u = undefined_thing + 1
