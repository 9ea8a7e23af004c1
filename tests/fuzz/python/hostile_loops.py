def f(n): return f(n + 1)
x = [0]
while True: x = x + x
