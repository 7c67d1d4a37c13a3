import { matrix, type RowReader } from "@deepcluster/core";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import assert from "node:assert/strict";
import { forEachBlock } from "./blocks.ts";

/** Seven rows of one column, read into the memory that is given. */
const reader = (events: string[]): RowReader => ({
  rows: 7,
  columns: 1,
  read: (start, count, into) =>
    Effect.gen(function* () {
      events.push(`read ${start}`);
      yield* Effect.yieldNow;
      const block = matrix(count, 1, into!.subarray(0, count));
      for (let i = 0; i < count; i++) block.data[i] = start + i;
      return block;
    }),
});

effectTest(
  "forEachBlock() reads the next block before one is used, and fills the last",
  () =>
    Effect.gen(function* () {
      const events: string[] = [];
      const filler = Float32Array.of(9);
      yield* forEachBlock(
        reader(events),
        { height: 3, filler },
        Effect.fnUntraced(function* ({ data }, { start }) {
          yield* Effect.yieldNow;
          events.push(`use ${start}: ${data.join(" ")}`);
        }),
      );
      assert.deepEqual(events, [
        "read 0",
        "read 3",
        "use 0: 0 1 2",
        "read 6",
        "use 3: 3 4 5",
        "use 6: 6 9 9",
      ]);
    }),
);

effectTest(
  "forEachBlock() fails with the error of reading or of use, and uses nothing after it",
  () =>
    Effect.gen(function* () {
      const used: number[] = [];
      const failing = forEachBlock(
        { ...reader([]), read: () => Effect.fail("unread") },
        { height: 3 },
        (_, { start }) => Effect.sync(() => void used.push(start)),
      );
      assert.equal(yield* Effect.flip(failing), "unread");
      const refusing = forEachBlock(
        reader([]),
        { height: 3 },
        (_, { start }) => {
          used.push(start);
          return start === 3 ? Effect.fail("unused") : Effect.void;
        },
      );
      assert.equal(yield* Effect.flip(refusing), "unused");
      assert.deepEqual(used, [0, 3]);
    }),
);
