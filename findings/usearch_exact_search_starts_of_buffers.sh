#!/usr/bin/env bash
# usearch's exactSearch in JavaScript searches other rows than those it is given.
#
# Version: usearch 2.26.2 (npm).
# Rows of a large matrix are handed over as `matrix.subarray(from, to)`, a view
# without a copy: a block of a feature file, or one query among many.
# Guess: exactSearch sees the view, as Index.add and Index.search do.
# Seen: it takes the memory from the start of the underlying buffer, whatever
# the view's offset, for the matrix and for the queries. So exact search, which
# one asks for the truth when measuring an index, is wrong without a word, and
# the recall of a perfect index comes out as 1/8 below. A view that begins at 0 is right,
# which is why a first test passes; `slice()`, which copies, helps.
#
# Sixteen points on a line, at 0, 10, 20 … 150. Searched are the last eight
# (80 … 150) for the one nearest to 100, which is number 2 at distance 0:
#
#   matrix copied, query copied: 2 at distance 0
#   matrix a view, query copied: 7 at distance 30
#   matrix copied, query a view: 0 at distance 80
#   Index with views: 2 at distance 0
#   recall of the index against exactSearch on views: 0.125
#   recall of the index against exactSearch on copies: 1
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
expected=$(sed -n "s/^#   \([^ ]\)/\1/p" "$0")
cd "$folder"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund --ignore-scripts usearch@2.26.2
cat > search.mjs <<'JS'
import { exactSearch, Index, MetricKind } from "usearch";

const line = new Float32Array(32);
for (let row = 0; row < 16; row++) line[2 * row] = 10 * row;
const matrix = line.subarray(16);
const query = line.subarray(20, 22);
const said = ({ keys, distances }) =>
  `${keys[0]} at distance ${Math.sqrt(distances[0])}`;
const exact = (rows, queries) =>
  exactSearch(rows, queries, 2, 1, MetricKind.L2sq, 1);
console.log(
  "matrix copied, query copied:",
  said(exact(matrix.slice(), query.slice())),
);
console.log("matrix a view, query copied:", said(exact(matrix, query.slice())));
console.log("matrix copied, query a view:", said(exact(matrix.slice(), query)));
const index = new Index({ metric: MetricKind.L2sq, dimensions: 2 });
index.add(BigUint64Array.from([0n, 1n, 2n, 3n, 4n, 5n, 6n, 7n]), matrix, 1);
console.log("Index with views:", said(index.search(query, 1, 1)));
const recall = (truth) => {
  const found = index.search(matrix, 1, 1).keys;
  const right = found.filter((key, row) => key === truth(row).keys[0]);
  return right.length / found.length;
};
const rowOf = (row) => matrix.subarray(2 * row, 2 * row + 2);
console.log(
  "recall of the index against exactSearch on views:",
  recall((row) => exact(matrix, rowOf(row))),
);
console.log(
  "recall of the index against exactSearch on copies:",
  recall((row) => exact(matrix.slice(), rowOf(row).slice())),
);
JS
node search.mjs > seen
cat seen
diff <(echo "$expected") seen && echo "As before"
