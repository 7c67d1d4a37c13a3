import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { coloursOfMap, mapColours } from "./browser/map_colours.js";
import { decodeMap } from "./browser/map_data.js";
import { madeMap } from "./map_testing.ts";

Deno.test("clusters that lie side by side have different colours", () => {
  for (const clusters of [2, 12, 60, 2000]) {
    const data = decodeMap(madeMap({ points: 6000, clusters }));
    const { groups } = data.clustersOf(2);
    const { ofGroups } = coloursOfMap(data).clustersOf(2);
    if (clusters <= mapColours) assert.equal(new Set(ofGroups).size, clusters);
    let same = 0;
    groups.forEach((group, rank) => {
      const apart = groups.map(({ x, y }, other) =>
        other === rank ? Infinity : Math.hypot(x - group.x, y - group.y)
      );
      const nearest = apart.indexOf(Math.min(...apart));
      if (ofGroups[rank] === ofGroups[nearest]) same++;
    });
    assert.ok(same <= clusters / 100, `${same} of ${clusters}`);
  }
});

Deno.test("a cluster keeps its colour over the epochs", () => {
  const data = decodeMap(madeMap({ epochs: 4 }));
  const { clustersOf } = coloursOfMap(data);
  const [first, last] = [clustersOf(0).ofPoints, clustersOf(3).ofPoints];
  const kept = first.filter((colour, point) => colour === last[point]);
  assert.ok(kept.length > 0.6 * data.points, `${kept.length}`);
});

Deno.test("points without a label have the colour of none", () => {
  const data = decodeMap(madeMap());
  const { ofPoints } = coloursOfMap(data).labels!;
  data.labels!.of.forEach((label, point) =>
    assert.equal(label === -1, ofPoints[point] === mapColours)
  );
});

Deno.test(
  "the colours can be told apart with any kind of sight, in both themes",
  async () => {
    const file = new URL("./browser/map.css", import.meta.url);
    const all = (await readFile(file, "utf8")).matchAll(
      /--map-(\d+): #(..)(..)(..);/g,
    );
    const colours = Array.from(
      all,
      ([, , ...hex]) =>
        hex.map((value) => linear(Number.parseInt(value, 16) / 255)),
    );
    assert.equal(colours.length, 2 * (mapColours + 1));
    for (const start of [0, mapColours + 1]) {
      const theme = colours.slice(start, start + mapColours);
      for (const sight of sights) {
        const seen = theme.map((colour) => oklab(times(sight, colour)));
        seen.forEach((one, i) =>
          seen.slice(0, i).forEach((other, j) => {
            const apart = Math.hypot(
              ...one.map((value, k) => value - other[k]!),
            );
            assert.ok(apart > 0.09, `${j} and ${i}: ${apart}`);
          })
        );
      }
    }
  },
);

const linear = (value: number) =>
  value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;

const times = (matrix: number[][], [a, b, c]: number[]) =>
  matrix.map(([x, y, z]) => Math.max(0, x! * a! + y! * b! + z! * c!));

/** Full sight, and none of red or of green (Machado et al. 2009). */
const sights = [
  [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
];

/** Ottosson 2020: 0.02 is the least difference that one sees. */
const oklab = (colour: number[]) => {
  const [l, m, s] = times([
    [0.4122214708, 0.5363325363, 0.0514459929],
    [0.2119034982, 0.6806995451, 0.1073969566],
    [0.0883024619, 0.2817188376, 0.6299787005],
  ], colour).map(Math.cbrt) as [number, number, number];
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
};
