/**
 * A made map for tests: clusters along two moons.
 */
import { draws } from "@deepcluster/core";
import type { EncodedArray, EncodedMap } from "./encoded_map.ts";

type Numbers = Int8Array | Int16Array | Int32Array | Uint16Array;

/** What a made map may differ in. */
export interface MadeMap {
  readonly points?: number;
  readonly clusters?: number;
  readonly epochs?: number;
  readonly labels?: boolean;
  readonly thumbnails?: boolean;
}

/** Points of a cluster lie together; the labels are the two moons. */
export const madeMap = (
  {
    points = 2000,
    clusters = 20,
    epochs = 3,
    labels = true,
    thumbnails = true,
  }: MadeMap = {},
): EncodedMap => {
  const random = draws(7, "made map").uniform;
  const normal = () =>
    Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const positions = new Uint16Array(2 * points);
  const moons = new Int8Array(points);
  const found = Array.from({ length: epochs }, () => new Int32Array(points));
  for (let i = 0; i < points; i++) {
    const cluster = Math.floor(i * clusters / points);
    const moon = cluster % 2;
    const along = Math.floor(cluster / 2) / Math.max(1, clusters / 2 - 1);
    const angle = Math.PI * (along + moon);
    const spread = Math.min(0.02, 0.6 / clusters);
    const x = 0.35 + 0.3 * moon + 0.27 * Math.cos(angle) + spread * normal();
    const y = 0.55 - 0.1 * moon - 0.35 * Math.sin(angle) + spread * normal();
    positions[2 * i] = Math.round(65_535 * Math.min(1, Math.max(0, x)));
    positions[2 * i + 1] = Math.round(65_535 * Math.min(1, Math.max(0, y)));
    moons[i] = i % 50 === 49 ? -1 : moon;
    found.forEach((of, epoch) => {
      const strays = random() < 0.3 * (epochs - 1 - epoch) / epochs;
      of[i] = strays ? Math.floor(random() * clusters) : cluster;
    });
  }
  return {
    kind: "centroids",
    epoch: 5 * epochs - 5,
    images: 3 * points,
    leftOut: 0,
    points,
    trustworthiness: 0.912,
    measuredOn: Math.min(2000, points),
    seed: 7,
    indices: encoded("Int32", Int32Array.from({ length: points }, (_, i) => i)),
    positions: encoded("Uint16", positions),
    epochs: found.map((_, epoch) => 5 * epoch + 1),
    clusters: found.map((of) => encoded("Int32", of)),
    ...(labels && {
      labels: { names: ["upper", "lower"], classes: encoded("Int8", moons) },
    }),
    paths: Array.from(
      { length: points },
      (_, i) => `photos/${moons[i]}/picture ${i}.png`,
    ),
    ...(thumbnails && { sprites: madeSprites(points, clusters) }),
  };
};

const encoded = (
  type: EncodedArray["type"],
  values: Numbers,
): EncodedArray => ({
  type,
  base64: Buffer.from(values.buffer).toString("base64"),
});

/** Sheets of 16 x 16 squares, each with its cluster's hue and a disc. */
const madeSprites = (points: number, clusters: number) => {
  const [side, columns, rows] = [32, 16, 16];
  const each = columns * rows;
  const sheets = Array.from(
    { length: Math.ceil(points / each) },
    (_, sheet) => {
      const squares = Array.from(
        { length: Math.min(each, points - sheet * each) },
        (_, square) => {
          const i = sheet * each + square;
          const hue = Math.floor(i * clusters / points) * 137 % 360;
          const x = square % columns * side;
          const y = Math.floor(square / columns) * side;
          return `<rect x='${x}' y='${y}' width='32' height='32' ` +
            `fill='hsl(${hue} 60% 45%)'/><circle cx='${x + 16}' cy='${
              y + 16
            }' ` +
            `r='${4 + i % 10}' fill='white'/>`;
        },
      );
      return `data:image/svg+xml,${
        encodeURIComponent(
          `<svg xmlns='http://www.w3.org/2000/svg' width='512' height='512'>${
            squares.join("")
          }</svg>`,
        )
      }`;
    },
  );
  const squares = Int32Array.from({ length: points }, (_, i) => i);
  return { side, columns, rows, sheets, squares: encoded("Int32", squares) };
};
