#!/usr/bin/env bash
# scikit-learn's PCA of single-precision numbers far from zero returns noise.
#
# Versions: scikit-learn 1.9.1, numpy 2.4.6.
# For up to 1000 columns and ten times as many rows, the shape of features to be
# whitened, PCA as it comes takes the solver "covariance_eigh" (since 1.5). The
# manual says that it works on centred data and asks for care where the condition
# number is large. Here it is small: spreads go from 1 to 2, in all directions.
# Guess: solvers agree to three digits, wherever zero lies, as PCA subtracts the
# mean.
# Seen: this one never does. It takes the sums of products of the numbers as they
# are and subtracts the products of the means, in the precision of the input. Of
# two large singles nearly alike little is left: with a mean of 100 variances are
# off by tens of per cent; at 300 (kelvins; 16-bit images; years) the last ones
# are zero, the first trebled, and whitening multiplies by a million. No warning,
# and the explained shares add up to 1. The solver "full" is right, and so is
# this one once the means are subtracted before, or with doubles.
#
# 20 000 rows of 64 columns; how far variances are off those in doubles, at most,
# and the largest spread of a whitened column:
#
#   mean 0, auto: below 0.001, whitened 1.00
#   mean 100, auto: above 0.1, whitened above 1.1
#   mean 300, auto: above 1, whitened above 1000
#   mean 300, full: below 0.001, whitened 1.00
#   mean 300, auto, centred before: below 0.001, whitened 1.00
#   mean 300, auto, in doubles: below 0.001, whitened 1.00
#   mean 300, auto, explained shares: 1.00
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
expected=$(sed -n "s/^#   \([^ ]\)/\1/p" "$0")
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check \
  scikit-learn==1.9.1 numpy==2.4.6
cat > show.py <<'PY'
import sys
import warnings

import numpy as np
from sklearn.decomposition import PCA

warnings.simplefilter("error")
noise = np.random.default_rng(0).standard_normal((20_000, 64))
noise *= np.linspace(1, 2, 64)


def told(name, numbers, solver="auto"):
    exact = PCA(svd_solver="full").fit(numbers.astype(np.float64))
    model = PCA(svd_solver=solver, whiten=True).fit(numbers)
    off = np.abs(model.explained_variance_ / exact.explained_variance_ - 1).max()
    spread = model.transform(numbers).std(axis=0).max()
    limit = next((f"above {at}" for at in (1, 0.1) if off > at), "below 0.001")
    if limit.startswith("below"):
        assert off < 0.001
    whitened = next((f"above {at}" for at in (1000, 1.1) if spread > at),
                    f"{spread:.2f}")
    print(f"{name}: {limit}, whitened {whitened}")
    print(f"{name}: {off:.4f}, whitened {spread:.4f}", file=sys.stderr)
    return model


told("mean 0, auto", noise.astype(np.float32))
told("mean 100, auto", (noise + 100).astype(np.float32))
far = (noise + 300).astype(np.float32)
model = told("mean 300, auto", far)
told("mean 300, full", far, "full")
told("mean 300, auto, centred before", far - far.mean(axis=0))
told("mean 300, auto, in doubles", far.astype(np.float64))
print(f"mean 300, auto, explained shares: "
      f"{model.explained_variance_ratio_.sum():.2f}")
PY
venv/bin/python show.py > seen
cat seen
diff <(echo "$expected") seen && echo "As before"
