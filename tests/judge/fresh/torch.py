import torch
def step(x, y, w1, b1, w2, b2, lr):
    n = x.shape[0]
    z1 = x.mm(w1) + b1
    h = z1.clamp(min=0)
    logits = h.mm(w2) + b2
    p = torch.softmax(logits, dim=1)
    loss = -(y * torch.log(p)).sum() / n
    grad_logits = (p - y) / n
    grad_w2 = h.t().mm(grad_logits)
    grad_b2 = grad_logits.sum(dim=0)
    grad_h = grad_logits.mm(w2.t())
    grad_z1 = grad_h.clone()
    grad_z1[z1 < 0] = 0
    grad_w1 = x.t().mm(grad_z1)
    grad_b1 = grad_z1.sum(dim=0)
    w1 = w1 - lr * grad_w1
    b1 = b1 - lr * grad_b1
    w2 = w2 - lr * grad_w2
    b2 = b2 - lr * grad_b2
    return w1, b1, w2, b2
