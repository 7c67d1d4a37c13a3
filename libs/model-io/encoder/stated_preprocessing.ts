/**
 * Where it is stated how images become the input of an encoder.
 *
 * @module
 */
import { kindOf, type StorageError } from "@deepcluster/storage";
import { Effect } from "effect";
import { basename, dirname, join } from "node:path";
import type { ModelFileError } from "../errors.ts";
import { factsInMetadata } from "./encoder_metadata.ts";
import {
  preprocessingPresets,
  type StatedPreprocessing,
} from "./preprocessing_facts.ts";
import {
  preprocessorConfigName,
  readPreprocessorConfig,
} from "./preprocessor_config.ts";

/**
 * Finds what `--preprocessing` names, else the model's metadata, else a
 * `preprocessor_config.json` beside it.
 *
 * @param path The model.
 * @param metadata Its metadata.
 * @param named A preset, or the path of such a file. Default: the other two.
 * @returns The statement, or nothing; or `ModelFileError` when it is of no form
 * that we know, or `StorageError`.
 */
export const statedPreprocessing: (
  path: string,
  metadata: Readonly<Record<string, string>>,
  named: string | undefined,
) => Effect.Effect<
  StatedPreprocessing | undefined,
  ModelFileError | StorageError
> = Effect.fnUntraced(function* (path, metadata, named) {
  const read = (config: string) =>
    Effect.map(readPreprocessorConfig(config), (facts) => ({
      source: config,
      factsFor: () => facts,
    }));
  if (named !== undefined) {
    const presets: Readonly<
      Record<string, StatedPreprocessing["factsFor"] | undefined>
    > = preprocessingPresets;
    const factsFor = presets[named];
    if (factsFor === undefined) return yield* read(named);
    return { source: `--preprocessing ${named}`, factsFor };
  }
  const own = yield* factsInMetadata(path, metadata);
  if (own !== undefined) return { source: "its metadata", factsFor: () => own };
  const folder = dirname(path);
  // Repositories for transformers.js have their models in a folder `onnx`.
  const folders = basename(folder) === "onnx"
    ? [folder, dirname(folder)]
    : [folder];
  for (const folder of folders) {
    const config = join(folder, preprocessorConfigName);
    if ((yield* kindOf(config)) === "file") return yield* read(config);
  }
  return undefined;
});
