/**
 * A durable workflow engine: Effect's engine in memory, with the results of
 * activities in a {@link Journal}.
 *
 * Successes are journaled, failures and interruptions are not: run again in
 * another process, a workflow takes finished activities from the journal and
 * tries again from the first that is not. An activity killed between its
 * work and its entry runs twice, so activities must be idempotent. Deferreds
 * and clocks live in memory only: a sleep starts anew.
 *
 * @module
 */
import { CorruptJournalError, StorageError } from "@deepcluster/storage";
import { Effect, Exit, Layer, Option, Schema } from "effect";
import { type Activity, Workflow, WorkflowEngine } from "effect/workflow";
import type { Journal, JournalError } from "./journal.ts";

type Engine = WorkflowEngine.WorkflowEngine["Service"];

/**
 * Returns the name of an activity's result in the journal.
 *
 * @param executionId Of the workflow, from `workflow.executionId(payload)`.
 * @param activity Name of the activity, unique in its workflow.
 * @returns The entry's name, for `journal.get` and `journal.forget`.
 */
export const activityEntry = (executionId: string, activity: string): string =>
  `${executionId}/${activity}`;

/**
 * The engine over a journal. One process at a time may use a journal: hold
 * the run's lock.
 *
 * When the journal cannot be read or written the workflow dies of its error,
 * which `Activity` has no place for: wrap the execution in
 * {@link withJournalErrors} to have it back as a failure.
 *
 * @param journal Where results stand.
 * @returns The engine.
 */
export const layerJournaled = (
  journal: Journal,
): Layer.Layer<WorkflowEngine.WorkflowEngine> =>
  Layer.effect(
    WorkflowEngine.WorkflowEngine,
    Effect.gen(function* () {
      const engine = yield* WorkflowEngine.WorkflowEngine;
      const inMemory = engine.activityExecute;
      // changed in place, because it hands itself to the workflows' bodies
      return Object.assign(
        engine,
        {
          activityExecute: (activity, attempt) =>
            journaled(journal, activity, inMemory(activity, attempt)),
        } satisfies Partial<Engine>,
      );
    }),
  ).pipe(Layer.provide(Layer.fresh(WorkflowEngine.layerMemory)));

/**
 * Turns the death of a workflow by its journal back into a failure.
 *
 * @param execution An execution on {@link layerJournaled}.
 * @returns The same, failing with the journal's error when that ended it.
 */
export const withJournalErrors = <A, E, R>(
  execution: Effect.Effect<A, E, R>,
): Effect.Effect<A, E | JournalError, R> =>
  Effect.catchDefect(
    execution,
    (defect) =>
      defect instanceof StorageError || defect instanceof CorruptJournalError
        ? Effect.fail(defect)
        : Effect.die(defect),
  );

/** Whatever the attempt: a success is the activity's result from then on. */
const journaled = Effect.fnUntraced(function* <
  Success extends Schema.Constraint,
  Error extends Schema.Constraint,
  R,
>(
  journal: Journal,
  activity: Activity.Activity<Success, Error, R>,
  run: Effect.Effect<
    Workflow.Result<Success["Type"], Error["Type"]>,
    never,
    R | WorkflowEngine.WorkflowInstance
  >,
) {
  const { executionId } = yield* WorkflowEngine.WorkflowInstance;
  const name = activityEntry(executionId, activity.name);
  const json = Schema.toCodecJson(activity.successSchema);
  const entry = yield* Effect.orDie(journal.get(name));
  if (Option.isSome(entry)) {
    const value = yield* Schema.decodeUnknownEffect(json)(entry.value).pipe(
      Effect.mapError(({ message }) => {
        const found = `the entry ${name} is of another kind: ${message}`;
        return new CorruptJournalError({ path: journal.path, found });
      }),
      Effect.orDie,
    );
    return new Workflow.Complete({ exit: Exit.succeed(value) });
  }
  return yield* Effect.uninterruptibleMask((restore) =>
    Effect.tap(
      restore(run),
      (result) =>
        result._tag === "Complete" && Exit.isSuccess(result.exit)
          ? encoded(json, result.exit.value).pipe(
            Effect.flatMap((value) => journal.put(name, value)),
            Effect.orDie,
          )
          : Effect.void,
    )
  );
});

/** Activities hide the services that encode; those of ours need none. */
const encoded = <Success extends Schema.Constraint>(
  json: Schema.toCodecJson<Success>,
  value: Success["Type"],
) =>
  Schema.encodeEffect(json)(value) as Effect.Effect<
    unknown,
    Schema.SchemaError
  >;
