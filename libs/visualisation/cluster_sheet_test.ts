import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import {
  classesByNumber,
  clusterSheet,
  summariseCluster,
} from "./cluster_sheet.ts";
import assert from "node:assert/strict";

/** A sheet of one cluster of two images, whose class has a name. */
const sheetOf = (names: readonly string[], label: number) =>
  clusterSheet({
    assignments: Int32Array.of(0, 0),
    load: () =>
      Effect.succeed({ width: 1, height: 1, data: Uint8Array.of(9, 9, 9) }),
    labels: { names, classes: Int32Array.of(label, label) },
  }, {
    clusters: { by: "size", count: 1 },
    images: { by: "chance", count: 2, seed: 1 },
  });

effectTest(
  "clusterSheet() shows a class whose name cannot be drawn by its number",
  () =>
    Effect.gen(function* () {
      const names = ["дом", "猫", "犬"];
      assert.deepEqual(
        yield* sheetOf(names, 2),
        yield* sheetOf(["a", "b", "class 3"], 2),
      );
      assert.notDeepEqual(yield* sheetOf(names, 2), yield* sheetOf(names, 1));
      assert.deepEqual(classesByNumber({ names }), [[2, "猫"], [3, "犬"]]);
    }),
);

effectTest(
  "clusterSheet() writes names in Cyrillic",
  () =>
    Effect.gen(function* () {
      const sheet = yield* sheetOf(["дом", "кит"], 0);
      assert.notDeepEqual(sheet, yield* sheetOf(["дом", "кит"], 1));
      assert.notDeepEqual(sheet, yield* sheetOf(["\ufffd".repeat(3), "b"], 0));
    }),
);

effectTest(
  "summariseCluster() counts only images with a label in the fraction, as the " +
    "report does",
  () =>
    Effect.sync(() => {
      const labels = { names: ["a", "b"], classes: Int32Array.of(0, -1, 0, 1) };
      assert.deepEqual(
        summariseCluster(Int32Array.of(5, 5, 5, 5), 5, labels),
        { cluster: 5, images: 4, label: "a", labelled: 3, fraction: 2 / 3 },
      );
    }),
);
