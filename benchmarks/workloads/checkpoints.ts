/**
 * Workloads of checkpoints: saving and loading parameters and momenta.
 *
 * @module
 */
import { initialise, type Network, zeroMomenta } from "@deepcluster/models";
import { folderStore, loadTensors, saveTensors } from "@deepcluster/storage";
import { Effect } from "effect";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { requireCorrect, type Workload } from "../measure/workload.ts";
import { seed } from "./networks.ts";

const path = "checkpoints/bench.safetensors";

/** A store in a folder that is removed with the scope, and tensors to save. */
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
 * Saves a checkpoint with its SHA-256 and flushes it to the disk.
 *
 * Check: the loaded tensors equal the saved ones.
 *
 * @param network The network.
 * @returns The workload; its number is the bytes written.
 */
export const save = (network: Network): Workload => ({
  name: `save checkpoint ${network.name}`,
  operations: 0,
  prepare: Effect.gen(function* () {
    const { store, tensors } = yield* prepared(network);
    const run = Effect.map(
      saveTensors(store, path, tensors),
      ({ bytes }) => bytes,
    );
    yield* run;
    const loaded = (yield* loadTensors(store, path)).tensors;
    for (const [name, { data }] of Object.entries(tensors)) {
      yield* requireCorrect(
        data.every((value, i) => value === loaded[name]?.data[i]),
        () => `${name} was loaded with other values`,
      );
    }
    return { run };
  }),
});

/**
 * Loads a checkpoint and verifies its SHA-256.
 *
 * @param network The network.
 * @returns The workload; its number is the number of tensors.
 */
export const load = (network: Network): Workload => ({
  name: `load checkpoint ${network.name}`,
  operations: 0,
  prepare: Effect.gen(function* () {
    const { store, tensors } = yield* prepared(network);
    yield* saveTensors(store, path, tensors);
    const run = Effect.map(
      loadTensors(store, path),
      (file) => Object.keys(file.tensors).length,
    );
    const [loaded, saved] = [yield* run, Object.keys(tensors).length];
    yield* requireCorrect(loaded === saved, () => `${loaded} of ${saved}`);
    return { run };
  }),
});
