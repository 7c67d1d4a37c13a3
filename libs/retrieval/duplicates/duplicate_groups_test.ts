import assert from "node:assert/strict";
import {
  type DuplicateCandidate,
  duplicateGroups,
} from "./duplicate_groups.ts";

const image = (
  path: string,
  vector: number,
  more: Partial<DuplicateCandidate> = {},
): DuplicateCandidate => ({
  path,
  vector,
  size: 100,
  width: 10,
  height: 10,
  sha256: `bytes of ${path}`,
  pixels: `pixels of ${vector}`,
  ...more,
});

const shown = (groups: ReturnType<typeof duplicateGroups>) =>
  groups.map(({ kind, keep, why, duplicates }) =>
    `${kind}: ${keep.path} (${why}) ` +
    duplicates.map(({ image, kind, score }) => `${image.path} ${kind} ${score}`)
      .join(", ")
  );

const images = [
  image("b.png", 0, { sha256: "one" }),
  image("copies/b.png", 0, { sha256: "one" }),
  image("b.webp", 0, { size: 90 }),
  image("alone.png", 1),
  image("large.png", 2, { width: 20 }),
  image("x.png", 3, { size: 101 }),
];

const near = new Map([
  [0, [{ row: 2, score: 0.97 }]],
  [2, [{ row: 0, score: 0.97 }, { row: 3, score: 0.96 }]],
  [3, [{ row: 2, score: 0.96 }]],
]);

Deno.test("duplicateGroups() by bytes groups equal files and keeps the shorter path", () => {
  assert.deepEqual(shown(duplicateGroups(images, "bytes")), [
    "bytes: b.png (shortest path) copies/b.png bytes 1",
  ]);
});

Deno.test("duplicateGroups() by pixels holds the same bytes too, and says which is which", () => {
  assert.deepEqual(shown(duplicateGroups(images, "pixels")), [
    "pixels: b.png (largest file) copies/b.png bytes 1, b.webp pixels 1",
  ]);
});

Deno.test("duplicateGroups() of near images keeps the most pixels and takes what is near to that one", () => {
  assert.deepEqual(
    shown(duplicateGroups(images, "near", (row) => near.get(row) ?? [])),
    [
      "near: large.png (most pixels) b.png near 0.97, copies/b.png near 0.97, " +
      "b.webp near 0.97, x.png near 0.96",
    ],
  );
});

Deno.test("duplicateGroups() does not hand similarity on from image to image", () => {
  const chain = ["a", "b", "c", "d", "e"].map((name, row) =>
    image(name, row, { size: 100 - row })
  );
  const neighbours = (row: number) =>
    [row - 1, row + 1].filter((one) => one >= 0 && one < 5)
      .map((row) => ({ row, score: 0.9 }));
  assert.deepEqual(
    shown(duplicateGroups(chain, "near", neighbours)),
    [
      "near: a (largest file) b near 0.9",
      "near: c (largest file) d near 0.9",
    ],
  );
});

Deno.test("duplicateGroups() puts the same bytes first, then the same pixels, then the largest groups", () => {
  const many = [
    image("n1", 5, { width: 12 }),
    image("n2", 6),
    image("n3", 7),
    image("p1", 1),
    image("p2", 1),
    image("s1", 2, { sha256: "s" }),
    image("s2", 2, { sha256: "s" }),
    image("m1", 8, { width: 12 }),
    image("m2", 9),
  ];
  const rows = new Map([
    [5, [{ row: 6, score: 0.9 }, { row: 7, score: 0.95 }]],
    [8, [{ row: 9, score: 0.99 }]],
  ]);
  const groups = duplicateGroups(many, "near", (row) => rows.get(row) ?? []);
  assert.deepEqual(groups.map(({ kind, keep }) => `${kind} ${keep.path}`), [
    "bytes s1",
    "pixels p1",
    "near n1",
    "near m1",
  ]);
  assert.deepEqual(
    groups[2]!.duplicates.map(({ image }) => image.path),
    ["n3", "n2"],
  );
});

Deno.test("duplicateGroups() tells other sizes apart though their pixels hash alike", () => {
  const blank = { pixels: "black" };
  const some = [
    image("wide", 0, { ...blank, width: 20, height: 5 }),
    image("tall", 0, { ...blank, width: 5, height: 20 }),
  ];
  assert.deepEqual(duplicateGroups(some, "pixels"), []);
});
