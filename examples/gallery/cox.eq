# cox.eq: Cox's proportional hazards: rows sorted by time, the last first; E says who had the event
input X : (m, n)
label E : (m, 1)
param w : (n, 1) ~ normal(0.1)
examples none
Eta = X @ w
Risk = cumsum(exp(Eta), axis=0)
J = -1/m * sum(E * (Eta - log(Risk)))
minimize J
