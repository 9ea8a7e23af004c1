size n = 1e30, m = 99999999999999999999
const c = 1e999
minimize