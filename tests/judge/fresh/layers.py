def model_backward(params, caches, A_last, Y):
    grads = dict()
    n_layers = len(params) // 2
    m = Y.shape[1]
    dZ = A_last - Y
    for layer in range(n_layers, 0, -1):
        A_prev = caches[f"A{layer - 1}"]
        grads[f"dW{layer}"] = (dZ @ A_prev.T) / m
        grads[f"db{layer}"] = dZ.sum(axis=1, keepdims=True) / m
        if layer > 1:
            dA = params[f"W{layer}"].T @ dZ
            dZ = dA * (caches[f"Z{layer - 1}"] > 0)
    return grads
