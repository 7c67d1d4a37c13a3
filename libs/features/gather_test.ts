import { matrix, type RowReader, rowsOf } from "@deepcluster/core";
import { effectTest, labelled } from "@deepcluster/test";
import { Effect } from "effect";
import { gatherFrom, readRows, subsetOf } from "./gather.ts";
import assert from "node:assert/strict";

/** Row i is `[10 i, 10 i + 1]`. */
const values = Float32Array.from(
  { length: 200 },
  (_, at) => 10 * Math.floor(at / 2) + at % 2,
);

/** Notes every read as `start+count`. */
const logged = () => {
  const inner = rowsOf(matrix(100, 2, values));
  const reads: string[] = [];
  const rows: RowReader = {
    ...inner,
    read: (start, count) => {
      reads.push(`${start}+${count}`);
      return inner.read(start, count);
    },
  };
  return { rows, reads };
};

effectTest(
  "gatherFrom() reads rows that fit once, others in the runs that are wanted",
  () =>
    Effect.gen(function* () {
      for (
        const [memoryBytes, expected] of [
          [800, ["0+100"]],
          [799, ["7+3", "2+1", "99+1"]],
        ] as const
      ) {
        const { rows, reads } = logged();
        const pick = yield* gatherFrom("pick", rows, memoryBytes);
        const into = new Float32Array(12);
        yield* pick(Int32Array.of(7, 8, 9, 2, 99), into);
        assert.deepEqual(reads, expected);
        assert.deepEqual(
          [...into],
          [70, 71, 80, 81, 90, 91, 20, 21, 990, 991, 0, 0],
        );
      }
    }),
);

effectTest(
  "gatherFrom() never reads more than 16 rows that do not fit",
  () =>
    Effect.gen(function* () {
      const { rows, reads } = logged();
      const pick = yield* gatherFrom("pick", rows, 1);
      const into = new Float32Array(80);
      yield* pick(Int32Array.from({ length: 40 }, (_, i) => i), into);
      assert.deepEqual(reads, ["0+16", "16+16", "32+8"]);
      assert.deepEqual(into, values.slice(0, 80));
    }),
);

effectTest(
  "readRows() is the rows in the order asked for, a block at a time",
  () =>
    Effect.gen(function* () {
      const rows = readRows(logged().rows, Int32Array.of(5, 5, 0, 1));
      assert.equal(rows.rows, 4);
      const block = yield* rows.read(1, 2);
      assert.deepEqual([...block.data], [50, 51, 0, 1]);
    }),
);

effectTest(
  "readRows() hands on rows that stand in a row, read at once",
  () =>
    Effect.gen(function* () {
      const { rows, reads } = logged();
      const some = readRows(
        rows,
        Int32Array.from({ length: 60 }, (_, i) => 9 + i),
      );
      const block = yield* some.read(10, 40);
      assert.deepEqual(reads, ["19+40"]);
      assert.deepEqual(block.data, values.subarray(38, 118));
      assert.equal((yield* some.read(5, 0)).data.length, 0);
    }),
);

effectTest(
  "readRows() reads rows that are most of those between their ends at once",
  () =>
    Effect.gen(function* () {
      for (
        const [step, expected] of [
          [2, ["0+99"]],
          [3, Array.from({ length: 34 }, (_, i) => `${3 * i}+1`)],
        ] as const
      ) {
        const { rows, reads } = logged();
        const positions = Int32Array.from(
          { length: Math.ceil(100 / step) },
          (_, i) => step * i,
        );
        const some = readRows(rows, positions);
        const block = yield* some.read(0, positions.length);
        assert.deepEqual(reads, expected);
        assert.deepEqual(
          [...block.data],
          [...positions].flatMap((
            position,
          ) => [10 * position, 10 * position + 1]),
        );
      }
    }),
);

effectTest(
  "subsetOf() keeps labels with their images",
  () =>
    Effect.gen(function* () {
      const all = labelled([4, 5, 6], [0, 1, 2], 3);
      const subset = subsetOf(all, Int32Array.of(2, 0));
      assert.deepEqual([...subset.labels], [2, 0]);
      assert.deepEqual([...(yield* subset.features.read(0, 2)).data], [6, 4]);
      assert.equal(subset.classes, 3);
    }),
);
