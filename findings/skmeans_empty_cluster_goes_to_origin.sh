#!/usr/bin/env bash
# skmeans moves the centroid of an empty cluster to the origin, so that its
# clusters depend on where zero lies.
#
# Version: skmeans 0.11.3 of the npm registry; Node 20.
# Guess: the centroid of a cluster without points stays where it was, or an error
# says that a cluster is empty.
# Seen: its sums are divided by a count of zero, and the result, which is no
# number, is replaced by 0. k-means does not know an origin: points and first
# centroids moved by the same vector must give the same clusters. Here they do
# not. Nothing is reported.
#
#   around zero: labels 2 0 0 1 1 1, third centroid 0 0
#   moved by 500: labels 0 0 0 1 1 1, third centroid 0 0
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
expected=$(sed -n "s/^#   \([^ ]\)/\1/p" "$0")
cd "$folder"
npm init --yes > /dev/null
npm install --silent --no-audit --no-fund skmeans@0.11.3
cat > empty.mjs <<'JS'
import skmeans from "skmeans";

const points = [[0, 0], [0, 1], [1, 0], [20, 20], [20, 21], [21, 20]];
// The third centroid is far from every point: its cluster is empty at first.
const first = [[5, 5], [15, 15], [90, 90]];
const moved = (rows, by) => rows.map((row) => row.map((x) => x + by));

const show = (name, by) => {
  const { idxs, centroids } = skmeans(moved(points, by), 3, moved(first, by));
  const third = centroids[2].map((x) => Number(x.toFixed(2))).join(" ");
  console.log(`${name}: labels ${idxs.join(" ")}, third centroid ${third}`);
};
show("around zero", 0);
show("moved by 500", 500);
JS
seen=$(node empty.mjs)
echo "$seen"
[ "$seen" = "$expected" ]
