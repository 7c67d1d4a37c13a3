import { effectTest } from "@deepcluster/test";
import { Effect, Exit, Stream } from "effect";
import assert from "node:assert/strict";
import { takeFrom } from "./take_from.ts";

effectTest(
  "takeFrom() takes elements in order, whatever their chunks, and nothing ahead",
  () =>
    Effect.gen(function* () {
      const made: number[] = [];
      const stream = Stream.make(1, 2).pipe(
        Stream.concat(Stream.make(3)),
        Stream.concat(
          Stream.fromEffect(Effect.sync(() => {
            made.push(4);
            return 4;
          })),
        ),
      );
      const next = yield* takeFrom(stream);
      const taken = [yield* next, yield* next, yield* next];
      assert.deepEqual([taken, made], [[1, 2, 3], []]);
      assert.equal(yield* next, 4);
      assert.ok(Exit.hasDies(yield* Effect.exit(next)));
    }),
);

effectTest(
  "takeFrom() fails with the stream's error and closes the stream with the scope",
  () =>
    Effect.gen(function* () {
      let closed = 0;
      const failing = Stream.make(1).pipe(
        Stream.concat(Stream.fail("unreadable")),
        Stream.ensuring(Effect.sync(() => closed++)),
      );
      const exits = yield* Effect.scoped(Effect.gen(function* () {
        const next = yield* takeFrom(failing);
        return [yield* Effect.exit(next), yield* Effect.exit(next)];
      }));
      assert.deepEqual(exits, [Exit.succeed(1), Exit.fail("unreadable")]);
      yield* Effect.scoped(
        Effect.flatMap(takeFrom(failing), (next) => next),
      );
      assert.equal(closed, 2);
    }),
);
