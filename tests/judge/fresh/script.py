import numpy as np
# XOR with 2-4-1, everything by hand
np.random.seed(0)
X = np.array([[0.,0.,1.,1.],[0.,1.,0.,1.]])
Y = np.array([[0.,1.,1.,0.]])
m = 4
n_h = 4
W1 = np.random.randn(n_h,2); b1 = np.zeros((n_h,1))
W2 = np.random.randn(1,n_h); b2 = np.zeros((1,1))
eta = 1.2
J_hist = []
for epoch in range(5000):
    Z1 = np.matmul(W1,X)+b1; A1 = np.tanh(Z1)
    Z2 = np.matmul(W2,A1)+b2; A2 = 1./(1.+np.exp(-Z2))
    J = -np.mean(Y*np.log(A2)+(1.-Y)*np.log(1.-A2))
    J_hist += [J]
    dJ_dA2 = (A2-Y)/(A2*(1-A2))/m
    dJ_dZ2 = dJ_dA2*A2*(1-A2)
    dJ_dW2 = np.matmul(dJ_dZ2,A1.T)
    dJ_db2 = np.sum(dJ_dZ2,axis=1)[:,None]
    dJ_dA1 = np.matmul(W2.T,dJ_dZ2)
    dJ_dZ1 = dJ_dA1*(1-A1*A1)
    dJ_dW1 = np.matmul(dJ_dZ1,X.T)
    dJ_db1 = np.sum(dJ_dZ1,axis=1)[:,None]
    W1, b1, W2, b2 = W1-eta*dJ_dW1, b1-eta*dJ_db1, W2-eta*dJ_dW2, b2-eta*dJ_db2
print('final', J_hist[-1])
