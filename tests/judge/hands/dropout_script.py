import numpy as np

def forward(X, params):
    Z1 = params['W1'].dot(X) + params['b1']
    A1 = Z1 * (Z1 > 0)
    Z2 = params['W2'].dot(A1) + params['b2']
    A2 = 1 / (1 + np.exp(-Z2))
    return Z1, A1, Z2, A2

def backward(X, Y, params):
    Z1, A1, Z2, A2 = forward(X, params)
    m = Y.shape[-1]
    delta2 = (A2 - Y) / m
    grads = dict()
    grads['W2'] = delta2.dot(A1.T)
    grads['b2'] = delta2.sum(1, keepdims=True)
    delta1 = params['W2'].T.dot(delta2) * (Z1 > 0).astype(float)
    grads['W1'] = delta1.dot(X.T)
    grads['b1'] = delta1.sum(1, keepdims=True)
    return grads

def step(params, grads, lr=0.1):
    for key in params:
        params[key] = params[key] - lr * grads[key]
    return params
