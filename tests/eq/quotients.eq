# Quotients whose denominators have what the numerator has: like terms meet, roots meet what they are of, and nothing
# is divided by what may be zero, inside of a sum neither.
param V : (n, n)
param P : (n, n)
param Q : (n, n)
param r : (1, 1)
param s : (1, 1)
Z1 = (V + r)**2/sqrt(1 + ((V + r)**2)**2)
Z2 = (P + s)/(1 + (P + s)**2)
Z3 = Q**2/sqrt(1 + Q**4)
J = sum(Z1) + sum(Z2) + sum(Z3)
minimize J
