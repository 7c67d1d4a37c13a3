/**
 * What evaluations leave on disk: the cache of features and results.
 *
 * An entry of its own (`@deepcluster/evaluation/evaluation-storage`), as it
 * needs no engine.
 *
 * @module
 */
import {
  type FeaturesNote,
  readFeaturesNote,
} from "@deepcluster/features/features-note";
import {
  exclusiveLock,
  isShared,
  partialsOf,
  partOf,
  sharedLockName,
  type StorageKind,
  type StoragePart,
  type StoredFile,
} from "@deepcluster/storage";
import { Effect } from "effect";
import { join } from "node:path";

/** Folders of `--cache`, also those that an earlier version made. */
export const cacheStorage: StorageKind = {
  name: "evaluation cache",
  partNames: [
    "partial",
    "features",
    "augmented",
    "probes",
    "images",
    "results",
    "lock",
  ],
  recognise: (names) =>
    names.includes(sharedLockName) ||
    names.length > 1 && names.includes("images") &&
      names.every((name) => atTop.test(name)),
  inUse: isShared,
  lock: exclusiveLock,
  describe: Effect.fnUntraced(function* (folder, files, { inUse }) {
    const sets = yield* Effect.forEach(
      Map.groupBy(files.filter(({ path }) => features.test(path)), topOf),
      ([set, files]) =>
        Effect.map(
          readFeaturesNote(join(folder, set)),
          (note) => featureSet(set, files, note),
        ),
    );
    return {
      title: inUse ? "in use by an evaluation" : "not in use",
      parts: [partialsOf(files), ...sets, ...restOf(files)],
    };
  }),
};

const atTop = /^([0-9a-f]{24}|images|judged|probes|augmented)$/;
const features =
  /^[0-9a-f]{24}\/([^/]+\.f32(\.rows(\.partial)?)?|about\.json|extract\.lock)$/;
const augmented =
  /^augmented\/[0-9a-f]{24}(-\d+)?\/\d+\.f32(\.rows(\.partial)?)?$/;
const probes = /^probes\/[0-9a-f]{24}\.safetensors$/;
const results = /^judged\/[0-9a-f]{24}\.(json|lock)$/;
const digests = /^images\/[0-9a-f]{24}\.(json|tsv)$/;
const cacheLock = /^cache\.lock(-journal)?$/;

const topOf = ({ path }: StoredFile): string => path.split("/", 1)[0]!;

const featureSet = (
  set: string,
  files: readonly StoredFile[],
  note: FeaturesNote | undefined,
): StoragePart => {
  const layers = files.map(({ path }) =>
    /\/([^/]+?)(-[0-9a-f]{12})?\.f32$/.exec(path)?.[1]
  )
    .filter((layer) => layer !== undefined).sort();
  return {
    name: "features",
    path: set,
    cost: "safe",
    note: note === undefined
      ? `${layers.join(", ")}; of an earlier version, never used again`
      : `${note.model} on ${note.images}: ${layers.join(", ")}` +
        `${note.crops === "ten" ? ", ten crops" : ""}; computed again`,
    ...note !== undefined && { seconds: note.seconds },
    files,
  };
};

const restOf = (files: readonly StoredFile[]): readonly StoragePart[] => [
  partOf(files, [augmented], {
    name: "augmented",
    cost: "safe",
    note: "features of augmented images for a probe that was stopped; " +
      "computed again",
  }),
  partOf(files, [probes], {
    name: "probes",
    cost: "safe",
    note: "probes that were stopped; trained again from the start",
  }),
  partOf(files, [digests], {
    name: "images",
    cost: "safe",
    note: "what is known of images that were read; read again",
  }),
  partOf(files, [results], {
    name: "results",
    cost: "loses",
    note: "results that `evaluate` shows at once; evaluating gives them again",
  }),
  partOf(files, [cacheLock], {
    name: "lock",
    cost: "needed",
    note: "what tells others that the cache is in use",
  }),
];
