import numpy as np
a = np.zeros((100000, 100000))
b = range(10**12)
c = 'a' * 10**12
d = [0] * 10**10
e = 9**9**9
f = np.tile(np.ones(1000), 10**9)
g = np.repeat(np.ones(1000), 10**15)
h = np.arange(10**18)
i = "%999999999d" % 1
j = f"{1:>99999999999}"
def k(n): return k(n)
k(1)
l = []
l.append(l)
str(l)
l == l
m = np.array(l)
n = np.random.permutation(10**15)
o = sorted(range(10**9))
p = 1 << 3
