#!/usr/bin/env bash
# pca-js divides its covariances by the number of columns in place of the rows.
#
# Versions: pca-js 2.0.6, ml-pca 4.1.1 of the npm registry; Node 20.
# Guess: eigenvalues are the variances along the components, divided by n or n - 1,
# as ml-pca's; twice the same rows change nothing, or the third digit.
# Seen: the matrix of products is divided by its own length, which is that of a row.
# So eigenvalues grow with the data, to ten times the variances for 31 rows of three
# numbers; twice the rows double them, and a constant column lowers them all. Vectors
# and shares of variance are right; components "with an eigenvalue above 1",
# whitening, and distances in standard deviations are not. The manual promises n, or
# n less one.
#
# First eigenvalue of three columns of numbers; with every row twice; with a fourth
# column of zeros:
#   ml-pca: 9.55 9.39 9.55
#   pca-js: 95.47 190.94 71.60
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
expected=$(sed -n "s/^#   \([^ ]\)/\1/p" "$0")
cd "$folder"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund --ignore-scripts pca-js@2.0.6 ml-pca@4.1.1
cat > show.cjs <<'JS'
const pcaJs = require("pca-js");
const { PCA } = require("ml-pca");

const rows = Array.from({ length: 31 }, (_, row) =>
  [row % 11, (row * 7) % 5 / 10, (row * 3) % 7 / 10]);
const sets = [rows, [...rows, ...rows], rows.map((row) => [...row, 0])];
const first = {
  "ml-pca": (points) => new PCA(points).getEigenvalues()[0],
  "pca-js": (points) =>
    Math.max(...pcaJs.getEigenVectors(points).map((vector) => vector.eigenvalue)),
};
for (const [name, eigenvalue] of Object.entries(first)) {
  console.log(`${name}: ${sets.map((set) => eigenvalue(set).toFixed(2)).join(" ")}`);
}
JS
node show.cjs > seen
cat seen
diff <(echo "$expected") seen && echo "As before"
