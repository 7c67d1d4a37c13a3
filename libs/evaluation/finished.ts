/**
 * What was judged already is not judged again: findings by what they are of.
 *
 * @module
 */
import {
  folderStore,
  sha256Of,
  type StorageError,
} from "@deepcluster/checkpoint";
import { Backend } from "@deepcluster/gpu-backend";
import { type } from "arktype";
import { Clock, Effect } from "effect";
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
  }).array(),
  seconds: "number",
});

/**
 * Judges, or finds what was judged.
 *
 * @param folder Where findings are kept.
 * @param key Plain data: everything that the findings depend on, but the
 * engine, which is added.
 * @param judge What to do otherwise; told a name that belongs to the key, for
 * saving its state under.
 * @param discard Removes the state of that name, once the findings are kept.
 * @returns The findings, or `StorageError`, or the judge's own error.
 */
export const finished = Effect.fnUntraced(function* <E, R>(
  folder: string,
  key: unknown,
  judge: (name: string) => Effect.Effect<readonly Finding[], E, R>,
  discard: (name: string) => Effect.Effect<void, StorageError> = () =>
    Effect.void,
): Effect.fn.Return<Finished, E | StorageError, R | Backend> {
  const { info } = yield* Backend;
  const text = new TextEncoder().encode(JSON.stringify([key, info]));
  const name = sha256Of(text).slice(0, 24);
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
