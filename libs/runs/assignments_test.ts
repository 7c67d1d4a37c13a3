import { CheckpointStore } from "@deepcluster/storage";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { readAssignedClusters } from "./assigned_clusters.ts";
import {
  assignmentEpochs,
  assignmentsPath,
  readAssignments,
  writeAssignments,
} from "./assignments.ts";
import assert from "node:assert/strict";

const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const bytesOf = (text: string) => new TextEncoder().encode(text);

effectTest(
  "writeAssignments() writes a table with escaped names",
  () =>
    Effect.gen(function* () {
      const store = yield* CheckpointStore;
      yield* writeAssignments(store, 3, {
        paths: ["a/b.png", "tab\tline\nreturn\r", "back\\slash\\n", "ü 🙂", ""],
        clusters: Int32Array.of(0, 12, 3, 4, 5),
      });
      assert.equal(
        textOf(yield* store.read("assignments/epoch-0003.tsv")),
        "path\tcluster\na/b.png\t0\ntab\\tline\\nreturn\\r\t12\n" +
          "back\\\\slash\\\\n\t3\nü 🙂\t4\n\t5\n",
      );
    }).pipe(Effect.provide(CheckpointStore.layerMemory)),
);

effectTest(
  "readAssignments() undoes writeAssignments() for any name, across blocks",
  () =>
    Effect.gen(function* () {
      const store = yield* CheckpointStore;
      const odd = ["\t", "\\", "\\\\t", "\\t", "\r\n", "\ufeff", "🙂é", "x"];
      const paths = Array.from(
        { length: 200_000 },
        (_, i) => `${odd[i % odd.length]}/${odd[i % 3]}${i}`,
      );
      const clusters = Int32Array.from(paths, (_, i) => (i * 31) % 10_000);
      const ref = yield* writeAssignments(store, 0, { paths, clusters });
      assert.ok(ref.bytes > 3 << 20);
      const back = yield* readAssignments(store, 0);
      assert.deepEqual(back.clusters, clusters);
      assert.deepEqual(yield* readAssignedClusters(store, 0), clusters);
      assert.ok(back.paths.every((path, i) => path === paths[i]));
      assert.equal(back.paths.length, paths.length);
    }).pipe(Effect.provide(CheckpointStore.layerMemory)),
);

effectTest(
  "readAssignments() reads a character that lies across two blocks",
  () =>
    Effect.gen(function* () {
      const store = yield* CheckpointStore;
      const paths = ["é".repeat(1 << 20)]; // from byte 13, so odd ones begin it
      yield* writeAssignments(store, 0, { paths, clusters: Int32Array.of(1) });
      const back = yield* readAssignments(store, 0);
      assert.ok(back.paths[0] === paths[0]);
    }).pipe(Effect.provide(CheckpointStore.layerMemory)),
);

effectTest(
  "readAssignments() names file, line and rule of a damaged table",
  () =>
    Effect.gen(function* () {
      const store = yield* CheckpointStore;
      const damages: ReadonlyArray<[string, RegExp]> = [
        ["", /line 1 .*: every line must end .* an empty file$/],
        [
          "path\tlabel\n",
          /line 1 .*columns must be path, cluster, found path, label/,
        ],
        [
          "path\tcluster\na\t1\nb\n",
          /line 3 .*a row must have 2 cells, found 1/,
        ],
        ["path\tcluster\na\t1\nb\t1", /line 3 .*a line that is cut off/],
        ["path\tcluster\na\t1\nb\tx\n", /line 3 .*a cluster must be a number/],
        ["path\tcluster\na\t-1\n", /line 2 .*a cluster must be a number/],
      ];
      for (const [text, message] of damages) {
        yield* store.put(assignmentsPath(0), bytesOf(text));
        const error = yield* Effect.flip(readAssignments(store, 0));
        assert.match(
          error.message,
          /^Cannot read memory:assignments\/epoch-0000/,
        );
        assert.match(error.message, message);
      }
    }).pipe(Effect.provide(CheckpointStore.layerMemory)),
);

for (
  const [what, text, message] of [
    ["other columns", "path\tlabel\na\t1\n", /line 1.*path, cluster/],
    ["an empty file", "", /line 1/],
    ["a word", "path\tcluster\na\t1\nb\tx\n", /line 3.*number from 0/],
    ["a missing cell", "path\tcluster\na\n", /line 2.*number from 0/],
    ["a third cell", "path\tcluster\na\tb\t1\n", /line 2/],
    ["an empty cell", "path\tcluster\na\t\n", /line 2/],
    ["a number beyond 9 digits", "path\tcluster\na\t1234567890\n", /line 2/],
    ["a cut-off line", "path\tcluster\na\t1\nb\t2", /line 3.*line feed/],
  ] as const
) {
  effectTest(
    `readAssignedClusters() refuses ${what}, naming the line`,
    () =>
      Effect.gen(function* () {
        const store = yield* CheckpointStore;
        yield* store.put("assignments/epoch-0001.tsv", bytesOf(text));
        const error = yield* Effect.flip(readAssignedClusters(store, 1));
        assert.match(error.message, message);
      }).pipe(Effect.provide(CheckpointStore.layerMemory)),
  );
}

effectTest(
  "assignmentEpochs() lists the epochs that have a table, ascending",
  () =>
    Effect.gen(function* () {
      const store = yield* CheckpointStore;
      const none = { paths: [], clusters: new Int32Array() };
      for (const epoch of [12_000, 9, 10]) {
        yield* writeAssignments(store, epoch, none);
      }
      assert.deepEqual(yield* assignmentEpochs(store), [9, 10, 12_000]);
      assert.deepEqual(yield* readAssignedClusters(store, 9), none.clusters);
    }).pipe(Effect.provide(CheckpointStore.layerMemory)),
);
