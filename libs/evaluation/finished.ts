/**
 * What was judged already is not judged again: findings by what they are of.
 *
 * @module
 */
import { folderStore, type StorageError } from "@deepcluster/checkpoint";
import { Backend } from "@deepcluster/gpu-backend";
import { type } from "arktype";
import { Clock, Effect } from "effect";
import { type ResultInputs, resultKey } from "./cache_keys.ts";
import type { Finding } from "./figures.ts";

/** What a judge found, and how long it took. */
export interface Finished {
  /** Figures in the order in which they are shown. */
  readonly findings: readonly Finding[];
  /** Seconds that it took when it was judged. */
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
 * Judges, or finds what was judged.
 *
 * @param folder Where findings are kept.
 * @param inputs Everything that the findings depend on, except the engine,
 * which is added.
 * @param judge What to do otherwise; told the key of the inputs, for saving
 * its state under.
 * @param discard Removes the state of that name, once the findings are kept.
 * @returns The findings, or `StorageError`, or the judge's own error.
 */
export const finished = Effect.fnUntraced(function* <E, R>(
  folder: string,
  inputs: Omit<ResultInputs, "engine">,
  judge: (name: string) => Effect.Effect<readonly Finding[], E, R>,
  discard: (name: string) => Effect.Effect<void, StorageError> = () =>
    Effect.void,
): Effect.fn.Return<Finished, E | StorageError, R | Backend> {
  const { info } = yield* Backend;
  const name = resultKey({ ...inputs, engine: info });
  const store = folderStore(folder);
  const path = `judged/${name}.json`;
  if ((yield* store.list("judged/")).includes(path)) {
    const kept = Kept(new TextDecoder().decode(yield* store.read(path)));
    if (!(kept instanceof type.errors)) return kept;
  }
  const startedMs = yield* Clock.currentTimeMillis;
  const findings = yield* judge(name);
  const seconds = ((yield* Clock.currentTimeMillis) - startedMs) / 1000;
  const found: Finished = { findings, seconds };
  yield* store.put(path, new TextEncoder().encode(JSON.stringify(found)));
  yield* discard(name);
  return found;
});
