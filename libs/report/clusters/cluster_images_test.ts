import { imagesToShow, membersOf } from "./cluster_images.ts";
import assert from "node:assert/strict";

Deno.test("membersOf() lists the images of the clusters asked for", () => {
  const members = membersOf(Int32Array.of(2, 0, 2, 1, 2), [2, 3]);
  assert.deepEqual([...members.keys()], [2, 3]);
  assert.deepEqual([...members.get(2)!], [0, 2, 4]);
  assert.deepEqual([...members.get(3)!], []);
});

const members = Int32Array.of(0, 1, 2, 3, 4, 5);
const distances = Float32Array.of(3, 0, 5, 1, 1, 9);

Deno.test("imagesToShow() gives the nearest and, apart from them, the farthest", () => {
  const shown = imagesToShow(0, members, {
    near: 3,
    far: 2,
    distances,
    seed: 1,
  });
  assert.deepEqual([...shown.members], [1, 3, 4]);
  assert.deepEqual([...shown.farthest], [5, 2]);
});

Deno.test("imagesToShow() shows no image twice", () => {
  const shown = imagesToShow(0, members, {
    near: 5,
    far: 8,
    distances,
    seed: 1,
  });
  assert.deepEqual([...shown.members, ...shown.farthest], [1, 3, 4, 0, 2, 5]);
});

Deno.test("imagesToShow() draws images where distances are unknown", () => {
  const many = Int32Array.from({ length: 100 }, (_, i) => 3 * i);
  const draw = (cluster: number, seed: number) =>
    imagesToShow(cluster, many, { near: 20, far: 5, seed });
  assert.deepEqual(draw(4, 1), draw(4, 1));
  assert.notDeepEqual(draw(4, 1), draw(4, 2));
  assert.notDeepEqual(draw(4, 1), draw(5, 1));
  const { members: drawn, farthest } = draw(4, 1);
  assert.equal(new Set(drawn).size, 20);
  assert.ok(drawn.every((index) => many.includes(index)));
  assert.deepEqual(drawn, drawn.toSorted());
  assert.equal(farthest.length, 0);
});
