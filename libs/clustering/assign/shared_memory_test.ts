import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import assert from "node:assert/strict";
import { sharedAllocators } from "./shared_memory.ts";

effectTest(
  "sharedAllocators() gives memory of a run that ended to one other run only",
  () =>
    Effect.gen(function* () {
      const allocator = sharedAllocators();
      const allocateTwo = Effect.map(
        allocator,
        (allocate) => [allocate(100), allocate(1000)],
      );
      const ended = yield* Effect.scoped(allocateTwo);
      const present = yield* allocateTwo;
      assert.ok(present.every((memory, i) => memory === ended[i]));
      const beside = yield* allocateTwo;
      assert.ok(beside.every((memory) => !ended.includes(memory)));
      assert.notEqual(beside[0], beside[1]);
    }).pipe(Effect.scoped),
);

effectTest(
  "sharedAllocators() gives no memory that is too small, or far too large",
  () =>
    Effect.gen(function* () {
      const allocator = sharedAllocators();
      const take = (bytes: number) =>
        Effect.scoped(Effect.map(allocator, (allocate) => allocate(bytes)));
      assert.equal((yield* take(100)).byteLength, 100);
      assert.equal((yield* take(60)).byteLength, 100);
      assert.equal((yield* take(40)).byteLength, 40);
      assert.equal((yield* take(41)).byteLength, 41);
    }),
);
