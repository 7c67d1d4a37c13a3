import { CheckpointStore } from "@deepcluster/storage";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { openJournal } from "./journal.ts";
import { recover } from "./recovery.ts";
import { RunFolder } from "./run_services.ts";
import assert from "node:assert/strict";

/** A journal of three whole epochs and a clustering of the fourth. */
const stoppedInEpoch4 = Effect.gen(function* () {
  const journal = yield* openJournal(":memory:");
  const store = yield* CheckpointStore;
  const put = Effect.fnUntraced(function* (entry: string, path: string) {
    const content = new TextEncoder().encode(`content of ${path}`);
    yield* journal.put(`run/${entry}`, yield* store.put(path, content));
  });
  yield* put("initialise", "w0");
  for (const epoch of [1, 2, 3, 4]) {
    yield* put(`e${epoch}/features`, `f${epoch}`);
    yield* put(`e${epoch}/cluster`, `c${epoch}`);
    if (epoch < 4) yield* put(`e${epoch}/train`, `w${epoch}`);
  }
  return { journal, store };
});

const names = (entries: readonly { readonly name: string }[]) =>
  entries.map(({ name }) => name.slice("run/".length));

/** What the journal still holds once the given files are damaged. */
const afterDamageTo = (...paths: string[]) =>
  Effect.gen(function* () {
    const { journal, store } = yield* stoppedInEpoch4;
    for (const path of paths) {
      yield* store.put(path, new TextEncoder().encode("something else"));
    }
    const recovery = yield* recover().pipe(
      Effect.provideService(RunFolder, { path: "run", journal }),
    );
    return { ...recovery, left: names(yield* journal.entries) };
  }).pipe(Effect.provide(CheckpointStore.layerMemory));

effectTest(
  "recover() forgets nothing while every file is whole",
  () =>
    Effect.gen(function* () {
      const { epoch, skipped, left } = yield* afterDamageTo();
      assert.equal(epoch, 3);
      assert.deepEqual(skipped, []);
      assert.deepEqual(left.slice(-2), ["e4/features", "e4/cluster"]);
      assert.equal(left.length, 12);
    }),
);

effectTest(
  "recover() trains an epoch again whose checkpoint is damaged",
  () =>
    Effect.gen(function* () {
      const { epoch, skipped, left } = yield* afterDamageTo("w3");
      assert.equal(epoch, 2);
      assert.deepEqual(skipped, ["w3"]);
      assert.deepEqual(left.slice(-2), ["e3/features", "e3/cluster"]);
    }),
);

effectTest(
  "recover() does not need features that are clustered",
  () =>
    Effect.gen(function* () {
      const { left } = yield* afterDamageTo("f4");
      assert.deepEqual(left.slice(-2), ["e4/features", "e4/cluster"]);
    }),
);

effectTest(
  "recover() keeps whole features under a damaged clustering",
  () =>
    Effect.gen(function* () {
      const { left, skipped } = yield* afterDamageTo("c4");
      assert.deepEqual(skipped, ["c4"]);
      assert.deepEqual(left.slice(-2), ["e3/train", "e4/features"]);
    }),
);

effectTest(
  "recover() passes over an epoch whose clustering is damaged, for the next is compared with it",
  () =>
    Effect.gen(function* () {
      const { epoch, left } = yield* afterDamageTo("c3", "f3");
      assert.equal(epoch, 2);
      assert.deepEqual(left.slice(-1), ["e2/train"]);
    }),
);

effectTest(
  "recover() starts anew when nothing is whole, the beginning included",
  () =>
    Effect.gen(function* () {
      const { epoch, left } = yield* afterDamageTo(
        "w0",
        "w1",
        "w2",
        "w3",
        "c1",
        "f1",
      );
      assert.equal(epoch, 0);
      assert.deepEqual(left, []);
    }),
);

effectTest(
  "recover() of an empty journal is the beginning",
  () =>
    Effect.gen(function* () {
      const journal = yield* openJournal(":memory:");
      const { epoch } = yield* recover().pipe(
        Effect.provideService(RunFolder, { path: "run", journal }),
      );
      assert.equal(epoch, 0);
    }).pipe(Effect.provide(CheckpointStore.layerMemory)),
);
