import numpy as np

def tanh_prime(z):
    return 1 - np.tanh(z) ** 2

def forward(net, x):
    z1 = np.dot(net['W1'], x) + net['b1']
    a1 = np.tanh(z1)
    z2 = np.dot(net['W2'], a1) + net['b2']
    a2 = np.tanh(z2)
    return z1, a1, z2, a2

def backward(net, x, y):
    m = x.shape[1]
    z1, a1, z2, a2 = forward(net, x)
    delta2 = (a2 - y) * tanh_prime(z2)
    dW2 = np.dot(delta2, a1.T) / m
    db2 = np.sum(delta2, axis=1, keepdims=True) / m
    delta1 = np.dot(net['W2'].T, delta2) * tanh_prime(z1)
    dW1 = np.dot(delta1, x.T) / m
    db1 = np.sum(delta1, axis=1, keepdims=True) / m
    return {'dW1': dW1, 'db1': db1, 'dW2': dW2, 'db2': db2}
