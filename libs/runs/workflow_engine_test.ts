import { ArtifactRef, StorageError } from "@deepcluster/storage";
import { effectTest } from "@deepcluster/test";
import { Deferred, Effect, Fiber, Layer, Ref, Schema } from "effect";
import { Activity, Workflow } from "effect/workflow";
import { type Journal, openJournal } from "./journal.ts";
import {
  activityEntry,
  layerJournaled,
  withJournalErrors,
} from "./workflow_engine.ts";
import assert from "node:assert/strict";

class DivergedError extends Schema.TaggedError<DivergedError>()(
  "DivergedError",
  { epoch: Schema.Int },
) {}

const Epoch = Schema.Struct({ loss: Schema.Number, weights: ArtifactRef });

const Train = Workflow.make("Train", {
  payload: { run: Schema.String, epochs: Schema.Int },
  idempotencyKey: ({ run }) => run,
  success: Schema.Array(Epoch),
  error: DivergedError,
});

const payload = { run: "a", epochs: 3 };

const weights = (epoch: number): ArtifactRef => ({
  path: `checkpoints/${epoch}`,
  sha256: "0".repeat(64),
  bytes: epoch,
});

/** One engine's life: runs the workflow with `epoch` as its activity. */
const engineOnce = (
  journal: Journal,
  epoch: (n: number) => Effect.Effect<typeof Epoch.Type, DivergedError>,
) =>
  Effect.provide(
    Train.execute(payload),
    Train.toLayer(Effect.fnUntraced(function* ({ epochs }) {
      const results: Array<typeof Epoch.Type> = [];
      for (let n = 0; n < epochs; n++) {
        results.push(
          yield* Activity.make({
            name: `e${n}/train`,
            success: Epoch,
            error: DivergedError,
            execute: epoch(n),
          }),
        );
        yield* Activity.make({ name: `e${n}/prune`, execute: Effect.void });
      }
      return results;
    })).pipe(Layer.provideMerge(layerJournaled(journal))),
  );

const good = (n: number) => ({
  loss: n === 0 ? NaN : 1 / n,
  weights: weights(n),
});

effectTest(
  "activities run once across two engines on one journal, with the same results",
  () =>
    Effect.gen(function* () {
      const journal = yield* openJournal(":memory:");
      const runs: Array<number> = [];
      const epoch = (n: number) =>
        Effect.sync(() => {
          runs.push(n);
          return good(n);
        });
      const first = yield* engineOnce(journal, epoch);
      assert.deepEqual(first, [good(0), good(1), good(2)]);
      assert.deepEqual(yield* engineOnce(journal, epoch), first);
      assert.deepEqual(runs, [0, 1, 2]);
      const id = yield* Train.executionId(payload);
      assert.deepEqual(
        (yield* journal.entries).map(({ name }) => name),
        ["e0/train", "e0/prune", "e1/train", "e1/prune", "e2/train", "e2/prune"]
          .map((name) => activityEntry(id, name)),
      );
    }),
);

effectTest(
  "a failed activity fails the execution with its typed error, and another engine tries it again",
  () =>
    Effect.gen(function* () {
      const journal = yield* openJournal(":memory:");
      const runs: Array<number> = [];
      const epoch = (diverges: boolean) => (n: number) =>
        Effect.suspend(() => {
          runs.push(n);
          return diverges && n === 1
            ? Effect.fail(new DivergedError({ epoch: 1 }))
            : Effect.succeed(good(n));
        });
      for (const _ of [1, 2]) {
        const error = yield* Effect.flip(engineOnce(journal, epoch(true)));
        assert.ok(error instanceof DivergedError);
        assert.equal(error.epoch, 1);
      }
      const results = yield* engineOnce(journal, epoch(false));
      assert.deepEqual(results, [good(0), good(1), good(2)]);
      assert.deepEqual(runs, [0, 1, 1, 1, 2]);
    }),
);

effectTest(
  "a forgotten activity runs again, and only that",
  () =>
    Effect.gen(function* () {
      const journal = yield* openJournal(":memory:");
      const runs: Array<number> = [];
      const epoch = (n: number) =>
        Effect.sync(() => {
          runs.push(n);
          return good(n);
        });
      yield* engineOnce(journal, epoch);
      const id = yield* Train.executionId(payload);
      yield* journal.forget([activityEntry(id, "e1/train")]);
      yield* engineOnce(journal, epoch);
      assert.deepEqual(runs, [0, 1, 2, 1]);
    }),
);

effectTest(
  "an interruption waits for the activity's finalisers, journals nothing, and can be resumed",
  () =>
    Effect.gen(function* () {
      const journal = yield* openJournal(":memory:");
      const saved = yield* Ref.make(false);
      const begun = yield* Deferred.make<void>();
      const stuck = (n: number) =>
        n === 0
          ? Effect.succeed(good(0))
          : Deferred.succeed(begun, undefined).pipe(
            Effect.andThen(Effect.never),
            Effect.onInterrupt(() =>
              Effect.andThen(Effect.sleep("20 millis"), Ref.set(saved, true))
            ),
          );
      const fiber = yield* Effect.forkChild(engineOnce(journal, stuck));
      yield* Deferred.await(begun);
      yield* Fiber.interrupt(fiber);
      assert.equal(yield* Ref.get(saved), true);
      assert.equal((yield* journal.entries).length, 2);
      const results = yield* engineOnce(
        journal,
        (n) => Effect.succeed(good(n)),
      );
      assert.equal(results.length, 3);
    }),
);

effectTest(
  "a success of a later attempt is the activity's result",
  () =>
    Effect.gen(function* () {
      const journal = yield* openJournal(":memory:");
      const runs = yield* Ref.make(0);
      const Flaky = Workflow.make("Flaky", {
        payload: { run: Schema.String },
        idempotencyKey: ({ run }) => run,
        success: Schema.Int,
        error: DivergedError,
      });
      const layer = Flaky.toLayer(() =>
        Activity.make({
          name: "flaky",
          success: Schema.Int,
          error: DivergedError,
          execute: Effect.flatMap(
            Ref.updateAndGet(runs, (n) => n + 1),
            (n) => n < 3 ? new DivergedError({ epoch: n }) : Effect.succeed(n),
          ),
        }).pipe(Activity.retry({ times: 5 }))
      ).pipe(Layer.provideMerge(layerJournaled(journal)));
      for (const _ of [1, 2]) {
        const result = yield* Effect.provide(
          Flaky.execute({ run: "a" }),
          Layer.fresh(layer),
        );
        assert.equal(result, 3);
      }
      assert.equal(yield* Ref.get(runs), 3);
    }),
);

effectTest(
  "a journal that cannot be written ends the execution with its error",
  () =>
    Effect.gen(function* () {
      const journal = yield* openJournal(":memory:");
      const full = new StorageError({
        action: "write",
        path: "journal.db",
        reason: "disk-full",
        detail: "database or disk is full",
      });
      const execution = engineOnce(
        { ...journal, put: () => Effect.fail(full) },
        (n) => Effect.succeed(good(n)),
      );
      const error = yield* Effect.flip(withJournalErrors(execution));
      assert.equal(error, full);
    }),
);

effectTest(
  "a journaled result of another kind is a CorruptJournalError",
  () =>
    Effect.gen(function* () {
      const journal = yield* openJournal(":memory:");
      const id = yield* Train.executionId(payload);
      yield* journal.put(activityEntry(id, "e0/train"), { loss: "low" });
      const execution = engineOnce(journal, (n) => Effect.succeed(good(n)));
      const error = yield* Effect.flip(withJournalErrors(execution));
      assert.match(error.message, /e0\/train is of another kind: /);
    }),
);
