def backward(X, Y, parameters, cache):
    # my solution, week 3
    A1, A2, Z1, Z2 = cache['A1'], cache['A2'], cache['Z1'], cache['Z2']
    W2 = parameters.get('W2')
    m = float(Y.shape[1])
    error = A2 - Y
    one = np.ones((Y.shape[1], 1))
    # output layer
    dw2 = error.dot(A1.transpose()) / m
    db2 = error.dot(one) / m
    # hidden layer
    slope = 1.0 / np.cosh(Z1) ** 2
    hidden_error = W2.transpose().dot(error) * slope
    dw1 = hidden_error.dot(X.transpose()) / m
    db1 = hidden_error.dot(one) / m
    return {'dW1': dw1, 'db1': db1, 'dW2': dw2, 'db2': db2}
