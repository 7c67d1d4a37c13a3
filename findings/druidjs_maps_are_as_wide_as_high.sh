#!/usr/bin/env bash
# druidjs's MDS and ISOMAP make every map as high as it is wide.
#
# Version: @saehrimnir/druidjs 0.9.0 of the npm registry; Node 20.
# Classical multidimensional scaling (MDS) lays points so that their distances are
# those given; of Euclidean distances that is PCA. ISOMAP does it with the lengths of
# paths between neighbours. One draws images by their features so.
# Guess: points that lie in a plane come back with all of their distances, as by PCA
# of the same package, but for turning and mirroring.
# Seen: the eigenvectors are returned as they are, of length 1, not times the roots of
# their eigenvalues. A direction with a hundredth of the spread is drawn as large as
# the first, so noise looks like structure; clusters far apart come near, and no
# distance is right, nor any ratio of two. Nothing tells. PCA is right. (Not found in
# its issues.)
#
# 60 random points of a rectangle, all of them neighbours; the spread along the map's
# longer axis over that along the other, and by how much the worst distance is off:
#
#   rectangle 1 by 1: PCA 1.29, off by 0.0; MDS 1.00, off by 0.8; ISOMAP 1.00, off by 0.8
#   rectangle 10 by 1: PCA 9.44, off by 0.0; MDS 1.00, off by 9.0; ISOMAP 1.00, off by 9.0
#   rectangle 100 by 1: PCA 101.74, off by 0.0; MDS 1.00, off by 94.1; ISOMAP 1.00, off by 94.1
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
expected=$(sed -n "s/^#   \([^ ]\)/\1/p" "$0")
cd "$folder"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund --ignore-scripts \
  @saehrimnir/druidjs@0.9.0
cat > show.mjs <<'JS'
import { ISOMAP, MDS, PCA } from "@saehrimnir/druidjs";

let state = 1;
const random = () => {
  state = (state * 48271) % 2147483647;
  return state / 2147483647;
};
const mean = (values) => values.reduce((a, b) => a + b) / values.length;
const spread = (values) =>
  Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)));
const distance = (a, b) => Math.hypot(...a.map((value, i) => value - b[i]));

for (const width of [1, 10, 100]) {
  const points = Array.from({ length: 60 }, () => [width * random(), random(), 0]);
  const maps = {
    PCA: new PCA(points, { d: 2 }),
    MDS: new MDS(points, { d: 2 }),
    ISOMAP: new ISOMAP(points, { d: 2, neighbors: 59 }),
  };
  const results = Object.entries(maps).map(([name, map]) => {
    const rows = [...map.transform()].map((row) => [...row]);
    const [long, short] = [0, 1].map((j) => spread(rows.map((row) => row[j])))
      .sort((a, b) => b - a);
    let worst = 0;
    for (let i = 0; i < 60; i++) {
      for (let j = 0; j < i; j++) {
        const error = distance(rows[i], rows[j]) - distance(points[i], points[j]);
        worst = Math.max(worst, Math.abs(error));
      }
    }
    return `${name} ${(long / short).toFixed(2)}, off by ${worst.toFixed(1)}`;
  });
  console.log(`rectangle ${width} by 1: ${results.join("; ")}`);
}
JS
node show.mjs > seen
cat seen
diff <(echo "$expected") seen && echo "As before"
