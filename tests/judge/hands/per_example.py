import numpy as np

def sigmoid(z):
    return 1.0/(1.0+np.exp(-z))

class Network:
    def __init__(self, n_in, n_hidden, n_out):
        self.W1 = np.random.randn(n_hidden, n_in)
        self.b1 = np.random.randn(n_hidden, 1)
        self.W2 = np.random.randn(n_out, n_hidden)
        self.b2 = np.random.randn(n_out, 1)

    def backprop(self, x, y):
        z1 = np.dot(self.W1, x) + self.b1
        a1 = np.tanh(z1)
        z2 = np.dot(self.W2, a1) + self.b2
        a2 = sigmoid(z2)
        delta = a2 - y
        nabla_b2 = delta
        nabla_w2 = np.dot(delta, a1.transpose())
        delta = np.dot(self.W2.transpose(), delta) * (1 - np.square(a1))
        nabla_b1 = delta
        nabla_w1 = np.dot(delta, x.transpose())
        return nabla_w1, nabla_b1, nabla_w2, nabla_b2

    def update(self, X, Y, eta):
        m = X.shape[1]
        sw1 = np.zeros(self.W1.shape)
        sb1 = np.zeros(self.b1.shape)
        sw2 = np.zeros(self.W2.shape)
        sb2 = np.zeros(self.b2.shape)
        for i in range(m):
            w1, b1, w2, b2 = self.backprop(X[:, i:i+1], Y[:, i:i+1])
            sw1 += w1
            sb1 += b1
            sw2 += w2
            sb2 += b2
        self.W1 -= eta / m * sw1
        self.b1 -= eta / m * sb1
        self.W2 -= eta / m * sw2
        self.b2 -= eta / m * sb2
