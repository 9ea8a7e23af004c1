import torch

def train(X, Y, hidden=6, lr=0.1, steps=50):
    n_in, m = X.shape
    n_out = Y.shape[0]
    w1 = torch.randn(hidden, n_in) * 0.1
    b1 = torch.zeros(hidden, 1)
    w2 = torch.randn(n_out, hidden) * 0.1
    b2 = torch.zeros(n_out, 1)
    for t in range(steps):
        h = w1.mm(X) + b1
        h_relu = h.clamp(min=0)
        y_pred = torch.sigmoid(w2.mm(h_relu) + b2)
        loss = -(Y * torch.log(y_pred) + (1 - Y) * torch.log(1 - y_pred)).sum() / m
        grad_z2 = (y_pred - Y) / m
        grad_w2 = grad_z2.mm(h_relu.t())
        grad_b2 = grad_z2.sum(dim=1, keepdim=True)
        grad_h_relu = w2.t().mm(grad_z2)
        grad_h = grad_h_relu.clone()
        grad_h[h < 0] = 0
        grad_w1 = grad_h.mm(X.t())
        grad_b1 = grad_h.sum(dim=1, keepdim=True)
        w1 -= lr * grad_w1
        b1 -= lr * grad_b1
        w2 -= lr * grad_w2
        b2 -= lr * grad_b2
    return w1, b1, w2, b2
