import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { matrix } from "./matrix.ts";
import { heldRows, readInto, type RowReader, rowsOf } from "./row_reader.ts";
import assert from "node:assert/strict";

const values = Float32Array.of(0, 1, 2, 3, 4, 5);

effectTest(
  "readInto() fills the memory it is given, whether or not the source does",
  () =>
    Effect.gen(function* () {
      const copying: RowReader = {
        ...rowsOf(matrix(3, 2, values)),
        read: (start, count, into = new Float32Array(count * 2)) => {
          into.set(values.subarray(start * 2, (start + count) * 2));
          const data = into.subarray(0, count * 2);
          return Effect.succeed(matrix(count, 2, data));
        },
      };
      for (const rows of [rowsOf(matrix(3, 2, values)), copying]) {
        const into = new Float32Array(6).fill(9);
        const block = yield* readInto(rows, 1, 2, into.subarray(1));
        assert.deepEqual([...into], [9, 2, 3, 4, 5, 9]);
        assert.deepEqual([block.rows, block.columns], [2, 2]);
        assert.equal(block.data.buffer, into.buffer);
        block.data.fill(7);
        assert.deepEqual([...values], [0, 1, 2, 3, 4, 5]);
      }
    }),
);

effectTest(
  "heldRows() reads rows once where they fit in memory, and as often as asked where not",
  () =>
    Effect.gen(function* () {
      const m = matrix(3, 2, Float32Array.of(1, 2, 3, 4, 5, 6));
      const readsWith = Effect.fnUntraced(function* (memoryBytes: number) {
        let reads = 0;
        const rows = yield* heldRows({
          ...rowsOf(m),
          read: (start, count) => {
            reads++;
            return rowsOf(m).read(start, count);
          },
        }, memoryBytes);
        for (let time = 0; time < 2; time++) {
          const { data } = yield* rows.read(1, 2);
          assert.deepEqual([...data], [3, 4, 5, 6]);
        }
        return reads;
      });
      assert.equal(yield* readsWith(24), 1);
      assert.equal(yield* readsWith(23), 2);
    }),
);
