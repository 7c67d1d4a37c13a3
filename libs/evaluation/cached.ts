/**
 * What was evaluated already is not evaluated again: findings by what they are of.
 *
 * @module
 */
import { Backend } from "@deepcluster/gpu-backend";
import type { Metric } from "@deepcluster/metrics";
import {
  folderStore,
  type StorageError,
  type Store,
  workLock,
} from "@deepcluster/storage";
import { type } from "arktype";
import { Clock, Effect } from "effect";
import { type ResultInputs, resultKey } from "./cache_keys.ts";

/** What a protocol measured, and how long it took. */
export interface CachedResult {
  /** Figures in the order in which they are shown. */
  readonly findings: readonly Metric[];
  /** Seconds that it took when it was evaluated. */
  readonly seconds: number;
}

const Kept = type("string.json.parse").to({
  findings: type({
    statistic: "string",
    value: "number",
    "interval?": { low: "number", high: "number" },
    "dimensions?": { asked: "number", kept: "number" },
  }).array(),
  seconds: "number",
});

/**
 * Evaluates, or finds what was evaluated.
 *
 * One process evaluates at a time what belongs to the same inputs, as the state
 * of a probe and its augmented features have one writer; others wait for it.
 *
 * @param folder Where findings are kept.
 * @param inputs Everything that the findings depend on, except the engine,
 * which is added.
 * @param evaluate What to do otherwise; told the key of the inputs, for saving
 * its state under.
 * @param discard Removes the state of that name, once the findings are kept.
 * @returns The findings, or `StorageError`, or the protocol's own error.
 */
export const cached: <E, R>(
  folder: string,
  inputs: Omit<ResultInputs, "engine">,
  evaluate: (name: string) => Effect.Effect<readonly Metric[], E, R>,
  discard?: (name: string) => Effect.Effect<void, StorageError>,
) => Effect.Effect<CachedResult, E | StorageError, R | Backend> = Effect
  .fnUntraced(function* <E, R>(
    folder: string,
    inputs: Omit<ResultInputs, "engine">,
    evaluate: (name: string) => Effect.Effect<readonly Metric[], E, R>,
    discard: (name: string) => Effect.Effect<void, StorageError> = () =>
      Effect.void,
  ) {
    const { info } = yield* Backend;
    const name = resultKey({ ...inputs, engine: info.identity });
    const store = folderStore(folder);
    const path = `judged/${name}.json`;
    const lock = `judged/${name}.lock`;
    const before = yield* keptAt(store, path);
    if (before !== undefined) return before;
    const found = yield* Effect.scoped(Effect.gen(function* () {
      yield* workLock(store.pathOf(lock), "computes this result");
      // Whoever was waited for may have left it.
      const meanwhile = yield* keptAt(store, path);
      if (meanwhile !== undefined) return meanwhile;
      const startedMs = yield* Clock.currentTimeMillis;
      const findings = yield* evaluate(name);
      const seconds = ((yield* Clock.currentTimeMillis) - startedMs) / 1000;
      const evaluated: CachedResult = { findings, seconds };
      yield* store.put(
        path,
        new TextEncoder().encode(JSON.stringify(evaluated)),
      );
      yield* discard(name);
      return evaluated;
    }));
    // A lock that cannot be removed does no harm, and the result is there.
    yield* Effect.ignore(store.remove(lock));
    return found;
  });

const keptAt = Effect.fnUntraced(function* (
  store: Store,
  path: string,
): Effect.fn.Return<CachedResult | undefined, StorageError> {
  if (!(yield* store.list("judged/")).includes(path)) return undefined;
  const kept = Kept(new TextDecoder().decode(yield* store.read(path)));
  return kept instanceof type.errors ? undefined : kept;
});
