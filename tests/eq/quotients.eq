# Quotients whose denominators have what the numerator has: like terms meet, roots meet what they are of, and nothing
# is divided by what may be zero, inside of a sum neither.
input X : (n, m)
param W : (k, n)
param r : (1, 1)
param s : (1, 1)
param t : (1, 1)
Z = W @ X
A1 = (Z + r)**2/sqrt(1 + ((Z + r)**2)**2)
A2 = (Z + s)/(1 + (Z + s)**2)
A3 = Z**2/sqrt(1 + Z**4)
A4 = (Z + t)*exp(-(Z + t)**2)
J = 1/m * sum(A1 + A2 + A3 + A4)
minimize J
