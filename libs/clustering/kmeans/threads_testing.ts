/**
 * k-means on two threads, however little there is to do. As a program it saves
 * the state of every iteration to the file that it is given, and kills itself
 * while its threads work on the fourth.
 *
 * @module
 */
import { layerOnnx } from "@deepcluster/gpu-backend";
import { Effect, Layer } from "effect";
import { Assigner } from "../assign/assigner.ts";
import { makeThreadedAssigner } from "../assign/threaded_assigner.ts";
import { normalPoints } from "../testing.ts";
import { kmeans, type KMeansState } from "./kmeans.ts";

/** Assigns on two threads. */
export const layerTwoThreads: Layer.Layer<Assigner> = Layer.effect(
  Assigner,
  Effect.map(makeThreadedAssigner(0), (prepare) =>
    Assigner.of({
      prepare,
      assign: (points, centroids) =>
        Effect.scoped(
          Effect.flatMap(prepare(points), (assign) => assign(centroids)),
        ),
    })),
).pipe(Layer.provide(Layer.orDie(layerOnnx({ provider: "cpu", threads: 2 }))));

/** Points of which every iteration moves some. */
export const manyPoints = normalPoints("threads", 20_000, 32);
/** How they are clustered. */
export const options = { k: 200, iterations: 6, seed: 3 };

/**
 * Writes a state as JSON.
 *
 * @param state See {@link KMeansState}.
 * @returns The text; numbers keep their bits.
 */
export const textOf = (
  { centroids, assignments, history }: KMeansState,
): string =>
  JSON.stringify({
    centroids: { ...centroids, data: [...centroids.data] },
    assignments: [...assignments],
    history,
  });

/**
 * Reads a state.
 *
 * @param text Of {@link textOf}.
 * @returns The state.
 */
export const stateOf = (text: string): KMeansState => {
  const { centroids, assignments, history } = JSON.parse(text);
  return {
    centroids: { ...centroids, data: Float32Array.from(centroids.data) },
    assignments: Int32Array.from(assignments),
    history,
  };
};

if (import.meta.main) {
  const file = Deno.args[0]!;
  const save = (state: KMeansState) =>
    Effect.sync(() => {
      Deno.writeTextFileSync(`${file}.new`, textOf(state));
      Deno.renameSync(`${file}.new`, file);
      if (state.history.length < 3) return;
      // Once the event loop turns, which it does while threads work.
      setTimeout(() => Deno.kill(Deno.pid, "SIGKILL"));
    });
  await Effect.runPromise(
    kmeans(manyPoints, { ...options, onProgress: save }).pipe(
      Effect.provide(layerTwoThreads),
    ),
  );
}
