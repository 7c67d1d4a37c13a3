import assert from "node:assert/strict";
import {
  panned,
  resized,
  wholeMap,
  zoomed,
  zoomOf,
} from "./browser/map_camera.js";
import { decodeMap } from "./browser/map_data.js";
import { detailOf, levelOfZoom } from "./browser/map_detail.js";
import { compositionOf, pathsTable, pathsText } from "./browser/map_lists.js";
import {
  nearestPoint,
  pointsInside,
  pointTowards,
} from "./browser/map_points.js";
import { madeMap } from "./map_testing.ts";

const plane = (...places: [number, number][]) => ({
  x: Float32Array.from(places, ([x]) => x),
  y: Float32Array.from(places, ([, y]) => y),
});

Deno.test("nearestPoint() finds no point beyond its reach", () => {
  const points = plane([0, 0], [0.5, 0.5], [1, 0]);
  assert.equal(nearestPoint(points, 0.6, 0.5), 1);
  assert.equal(nearestPoint(points, 0.6, 0.5, 0.05), undefined);
});

Deno.test("pointTowards() goes along its direction, not beside it", () => {
  const points = plane([0, 0], [0.1, 0.3], [0.4, 0.1], [-0.2, 0]);
  assert.equal(pointTowards(points, 0, [1, 0]), 2);
  assert.equal(pointTowards(points, 0, [-1, 0]), 3);
  assert.equal(pointTowards(points, 0, [0, 1]), 1);
  assert.equal(pointTowards(points, 0, [0, -1]), undefined);
});

Deno.test("pointTowards() reaches every point at one place", () => {
  const points = plane([0, 0], [0, 0], [0, 0], [1, 0]);
  assert.equal(pointTowards(points, 0, [1, 0]), 1);
  assert.equal(pointTowards(points, 1, [1, 0]), 2);
  assert.equal(pointTowards(points, 2, [1, 0]), 3);
  assert.equal(pointTowards(points, 2, [-1, 0]), 1);
});

Deno.test("pointsInside() leaves out what lies in a bay of the line", () => {
  const points = plane([0.2, 0.2], [0.5, 0.2], [0.5, 0.8], [1.2, 0.5]);
  const line = [[0, 0], [0.4, 0], [0.5, 0.6], [0.6, 0], [1, 0], [1, 1], [0, 1]];
  assert.deepEqual(pointsInside(points, line as [number, number][]), [0, 2]);
});

Deno.test("a map is shown as large as there is room", () => {
  const map = { width: 1, height: 0.25 };
  const camera = wholeMap({ width: 1032, height: 500, map });
  assert.deepEqual(
    [camera.scale, camera.left, camera.top],
    [1000, 16, 125],
  );
});

Deno.test("zooming keeps the place under the mouse", () => {
  const start = wholeMap({
    width: 800,
    height: 600,
    map: { width: 1, height: 1 },
  });
  const place = (camera: typeof start) => [
    (300 - camera.left) / camera.scale,
    (200 - camera.top) / camera.scale,
  ];
  const camera = zoomed(start, 4, 300, 200);
  assert.equal(zoomOf(camera), 4);
  place(camera).forEach((value, axis) =>
    assert.ok(Math.abs(value - place(start)[axis]!) < 1e-12)
  );
  assert.equal(zoomOf(zoomed(camera, 1 / 100, 0, 0)), 1);
  assert.equal(zoomOf(resized(camera, 400, 900)), 4);
  assert.equal(panned(start, 1e6, 0).left, 600);
});

Deno.test("detailOf() never lets two thumbnails overlap, nor one vanish", () => {
  const { x, y } = decodeMap(madeMap());
  const squares = Int32Array.from(x, (_, i) => i % 10 === 0 ? -1 : i);
  const [scale, side] = [500, 30];
  const { levels, first } = detailOf({ x, y, squares }, scale, side);
  assert.ok(first > 0 && first < 10);
  for (const zoom of [1, 2, 8, 32]) {
    const level = levelOfZoom(zoom);
    const shown = [...levels.keys()].filter((i) => levels[i]! <= level);
    assert.ok(shown.length > 20);
    assert.ok(shown.every((i) => squares[i]! >= 0));
    for (const i of shown) {
      for (const j of shown) {
        const apart = Math.max(
          Math.abs(x[i]! - x[j]!),
          Math.abs(y[i]! - y[j]!),
        ) * scale * zoom;
        assert.ok(i === j || apart >= side - 1e-6);
      }
    }
  }
});

Deno.test("a selection is told by cluster and label, and as a table", () => {
  const data = decodeMap(madeMap({ points: 100, clusters: 4, epochs: 1 }));
  const parts = compositionOf(data.clustersOf(0), [0, 1, 30, 99]);
  assert.deepEqual(
    parts.map(({ group, count }) => [group?.name, count]),
    [["cluster 0", 2], ["cluster 1", 1], ["cluster 3", 1]],
  );
  const labels = compositionOf(data.labels!, [0, 99]);
  assert.deepEqual(labels.map(({ group }) => group?.name), [
    undefined,
    "upper",
  ]);
  assert.equal(
    pathsText(data, [0, 30]),
    "photos/0/picture 0.png\nphotos/1/picture 30.png\n",
  );
  const paths = data.about.paths.map((path, i) => i === 0 ? 'a,"b".png' : path);
  assert.equal(
    pathsTable({ ...data, about: { ...data.about, paths } }, [0, 30], 0),
    "path,cluster,label\r\n" +
      '"a,""b"".png",0,upper\r\nphotos/1/picture 30.png,1,lower\r\n',
  );
});

Deno.test("a group in two parts is named in the larger one", () => {
  const positions = Uint16Array.of(
    ...[0, 0, 65_535, 65_535, 100, 200, 65_535, 65_000, 65_000, 65_535],
  );
  const { clustersOf, x, y } = decodeMap({
    ...madeMap({ points: 5, clusters: 1, epochs: 1 }),
    positions: {
      type: "Uint16",
      base64: Buffer.from(positions.buffer).toString("base64"),
    },
  });
  const [group] = clustersOf(0).groups;
  assert.equal(group!.size, 5);
  assert.deepEqual([group!.x, group!.y], [x[1], y[1]]);
});
