/**
 * Saving and loading checkpoints: parameters and momenta of a network.
 *
 * @module
 */
import { folderStore, loadTensors, saveTensors } from "@deepcluster/checkpoint";
import { initialise, type Network, zeroMomenta } from "@deepcluster/models";
import { Effect } from "effect";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { requireRight, type Work } from "../measure/work.ts";
import { seed } from "./networks.ts";

const path = "checkpoints/bench.safetensors";

/** A store in a folder that goes with the scope, and what is saved. */
const prepared = (network: Network) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.promise(() => mkdtemp(join(tmpdir(), "bench-checkpoint-"))),
      (folder) => Effect.promise(() => rm(folder, { recursive: true })),
    ),
    (folder) => ({
      store: folderStore(folder),
      tensors: { ...initialise(network, seed), ...zeroMomenta(network) },
    }),
  );

/**
 * Saving a checkpoint, with digest and on the disk for good.
 *
 * Checked: what is loaded is what was saved.
 *
 * @param network The network.
 * @returns The work; its number is the bytes written.
 */
export const save = (network: Network): Work => ({
  name: `save checkpoint ${network.name}`,
  operations: 0,
  open: Effect.gen(function* () {
    const { store, tensors } = yield* prepared(network);
    const run = Effect.map(
      saveTensors(store, path, tensors),
      ({ bytes }) => bytes,
    );
    yield* run;
    const loaded = (yield* loadTensors(store, path)).tensors;
    for (const [name, { data }] of Object.entries(tensors)) {
      yield* requireRight(
        data.every((value, i) => value === loaded[name]?.data[i]),
        () => `${name} comes back otherwise`,
      );
    }
    return { run };
  }),
});

/**
 * Loading a checkpoint and checking its digest.
 *
 * @param network The network.
 * @returns The work; its number is that of the tensors.
 */
export const load = (network: Network): Work => ({
  name: `load checkpoint ${network.name}`,
  operations: 0,
  open: Effect.gen(function* () {
    const { store, tensors } = yield* prepared(network);
    yield* saveTensors(store, path, tensors);
    const run = Effect.map(
      loadTensors(store, path),
      (file) => Object.keys(file.tensors).length,
    );
    const [found, expected] = [yield* run, Object.keys(tensors).length];
    yield* requireRight(found === expected, () => `${found} of ${expected}`);
    return { run };
  }),
});
