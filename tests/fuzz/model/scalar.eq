input x : (1,1)
J = x
minimize J