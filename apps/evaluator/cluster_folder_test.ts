import { effectTest, temporaryFolder } from "@deepcluster/test";
import { Deferred, Effect, Fiber } from "effect";
import assert from "node:assert/strict";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { clusterFolder } from "./cluster_folder.ts";

effectTest(
  "clusterFolder() waits for another that writes the same folder, and then says that it is there",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder;
      const out = join(folder, "clusters");
      const isOpen = yield* Deferred.make<void>();
      const mayEnd = yield* Deferred.make<void>();
      const first = yield* Effect.forkScoped(
        Effect.scoped(Effect.gen(function* () {
          yield* clusterFolder(out);
          yield* Deferred.succeed(isOpen, undefined);
          yield* Deferred.await(mayEnd);
          yield* Effect.promise(() => mkdir(out)); // as it is published
        })),
      );
      yield* Deferred.await(isOpen);
      const second = yield* Effect.forkScoped(
        Effect.flip(Effect.scoped(clusterFolder(out))),
      );
      yield* Effect.sleep(50);
      assert.equal(second.pollUnsafe(), undefined, "it waits");
      yield* Deferred.succeed(mayEnd, undefined);
      yield* Fiber.join(first);
      const { message } = yield* Fiber.join(second);
      assert.match(message, /--out must be a new folder: a folder is there$/);
      assert.deepEqual(
        yield* Effect.promise(() => readdir(out)),
        [],
        "nothing was written into it",
      );
    }),
);
