#!/usr/bin/env bash
# faiss's wheel of version 1.15.1 multiplies matrices with an OpenBLAS of 2021.
#
# Versions: faiss-cpu 1.15.1, numpy 2.4.6, threadpoolctl 3.8.0 of the Python
# registry; Linux, x86-64.
# Guess: a new wheel of faiss brings a new OpenBLAS, as NumPy's does.
# Seen: it brings 0.3.15, of May 2021, which does not know processors that came
# later: on an AMD EPYC of the Zen 4 generation it runs the AVX2 kernels of
# "Zen", where NumPy's runs those of "SkylakeX" (AVX-512). The product that one
# block of faiss's k-means needs (4096 x 256 by 256 x 1000, floats, two threads)
# ran there at 99 GFLOP/s, NumPy's at 197 in the same process. A comparison with
# faiss is in part one with that OpenBLAS. `faiss.get_compile_options()` does
# not tell: it names AVX512, which only faiss's own loops use.
#
#   OpenBLAS of faiss: 0.3.15
#   OpenBLAS of NumPy: 0.3.31
#
# The rates of this machine are printed below these lines, and not compared.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
expected=$(sed -n "s/^#   \([^ ]\)/\1/p" "$0")
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
  faiss-cpu==1.15.1 numpy==2.4.6 threadpoolctl==3.8.0
cat > "$folder/blas.py" <<'PY'
import ctypes, sys, time
import numpy as np, faiss
from threadpoolctl import threadpool_info

libraries = [i for i in threadpool_info() if i["internal_api"] == "openblas"]
of_faiss = next(i for i in libraries if "faiss" in i["filepath"])
of_numpy = next(i for i in libraries if "numpy" in i["filepath"])
short = lambda i: ".".join(i["version"].split(".")[:3])
print("OpenBLAS of faiss:", short(of_faiss))
print("OpenBLAS of NumPy:", short(of_numpy))

n, d, k = 4096, 256, 1000
points = np.random.rand(n, d).astype("f")
centroids = np.random.rand(k, d).astype("f")
products = np.empty((n, k), "f")
sgemm = ctypes.CDLL(of_faiss["filepath"]).sgemm_
pointer = lambda x: x.ctypes.data_as(ctypes.POINTER(ctypes.c_float))
integer = lambda v: ctypes.byref(ctypes.c_int(v))
real = lambda v: ctypes.byref(ctypes.c_float(v))
letter = lambda v: ctypes.byref(ctypes.c_char(v))

def faiss_product():
    sgemm(letter(b"T"), letter(b"N"), integer(k), integer(n), integer(d),
          real(1), pointer(centroids), integer(d), pointer(points), integer(d),
          real(0), pointer(products), integer(k))

def numpy_product():
    np.matmul(points, centroids.T, out=products)

def seconds(call):
    start = time.perf_counter()
    call()
    return time.perf_counter() - start

faiss_product()
first = products.copy()
numpy_product()
assert abs(first - products).max() < 1e-3, "the two calls multiply the same"
pairs = [(seconds(faiss_product), seconds(numpy_product)) for _ in range(30)]
for name, info, column in (("faiss", of_faiss, 0), ("NumPy", of_numpy, 1)):
    rate = 2e-9 * n * d * k / min(pair[column] for pair in pairs)
    print(f"{name}: kernels {info['architecture']}, {rate:.0f} GFLOP/s",
          file=sys.stderr)
PY
seen=$("$folder/venv/bin/python" "$folder/blas.py")
echo "$seen"
[ "$seen" = "$expected" ]
