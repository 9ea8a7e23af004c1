import math

def sig(z):
    return 1 / (1 + math.exp(-z))

w11, w12, w21, w22 = 0.3, -0.1, 0.7, 0.2
b1, b2 = 0.1, -0.2
v1, v2, c = 0.5, -0.4, 0.05

def step(x1, x2, y, lr):
    global w11, w12, w21, w22, b1, b2, v1, v2, c
    z1 = w11 * x1 + w12 * x2 + b1
    z2 = w21 * x1 + w22 * x2 + b2
    h1 = sig(z1)
    h2 = sig(z2)
    o = sig(v1 * h1 + v2 * h2 + c)
    d_o = (o - y) * o * (1 - o)
    d_v1 = d_o * h1
    d_v2 = d_o * h2
    d_c = d_o
    d_h1 = d_o * v1
    d_h2 = d_o * v2
    d_z1 = d_h1 * h1 * (1 - h1)
    d_z2 = d_h2 * h2 * (1 - h2)
    d_w11 = d_z1 * x1
    d_w12 = d_z1 * x2
    d_w21 = d_z2 * x1
    d_w22 = d_z2 * x2
    d_b1 = d_z1
    d_b2 = d_z2
    w11 -= lr * d_w11
    w12 -= lr * d_w12
    w21 -= lr * d_w21
    w22 -= lr * d_w22
    b1 -= lr * d_b1
    b2 -= lr * d_b2
    v1 -= lr * d_v1
    v2 -= lr * d_v2
    c -= lr * d_c

data = [(0.2, 0.7, 1), (0.9, -0.3, 0), (-0.4, 0.5, 1), (0.1, 0.1, 0)]
for epoch in range(100):
    for x1, x2, y in data:
        step(x1, x2, y, 0.5)
