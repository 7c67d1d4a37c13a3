/**
 * `index MODEL IMAGES… --index DIR`: makes an index of images, or brings it up
 * to date.
 *
 * @module
 */
import {
  folderNotes,
  lineReader,
  manifestFormats,
  utf8Text,
} from "@deepcluster/data";
import { openSource } from "@deepcluster/datasets";
import type { SelectedBackend } from "@deepcluster/gpu-backend";
import {
  type IndexSource,
  indexVectors,
  makeIndexDescriptor,
  openIndexModel,
  openSearchIndex,
  prepareRmac,
  readIndexSettings,
  updateIndex,
} from "@deepcluster/retrieval";
import {
  continuedEngine,
  engineFlags,
  layerTypedEngine,
  modelArgument,
  modelFlags,
  typedModel,
} from "@deepcluster/runs";
import { kindOf, openNpy, readBytes } from "@deepcluster/storage";
import {
  atLeast,
  flagWithDefault,
  fromHere,
  notNegative,
  optionalFlag,
  switchFlag,
} from "@deepcluster/terminal";
import { Console, Effect, Option } from "effect";
import { Argument, Command, Flag } from "effect/cli";
import { join } from "node:path";
import { IndexCommandError } from "./index_errors.ts";
import { indexJson, indexText } from "./index_text.ts";

const flags = {
  model: modelArgument,
  images: Argument.String("images").pipe(
    Argument.withDescription(
      "All images that the index is to hold: folders, manifests, IDX files, " +
        "rendered emoji. An image that is left out is removed from the " +
        "index. None if MODEL is a .npy file of vectors.",
    ),
    Argument.variadic(),
  ),
  index: Flag.String("index").pipe(
    Flag.withMetavar("DIR"),
    Flag.withDescription("Folder of the index, made when it is new."),
  ),
  choice: modelFlags,
  layer: optionalFlag(
    Flag.String("layer").pipe(Flag.withMetavar("NAME")),
    "Layer whose output is the vector of an image, by either name: conv2 or " +
      "features.6",
    "features, which are clustered; the only one of `pixels`",
  ),
  rmac: flagWithDefault(
    switchFlag("rmac"),
    false,
    "Describe images by R-MAC, the sum of their regions, instead of a layer: " +
      "for the same object in another scene",
  ),
  rmacSize: optionalFlag(
    atLeast("rmac-size", 1),
    "Longer side to which --rmac scales images, in pixels; a small network " +
      "wants about 4 times the side that it was trained on",
    "the index's own, else 1024",
  ),
  pca: optionalFlag(
    atLeast("pca", 0),
    "Dimensions of the PCA of --rmac, learned on up to 1000 of the images of " +
      "the first call; 0 for none",
    "the index's own, else 512 or the channels",
  ),
  clusters: optionalFlag(
    atLeast("clusters", 1),
    "Clusters of k-means on the vectors; a run has its own",
    "one for every 60 vectors, at least 2",
  ),
  recluster: flagWithDefault(
    switchFlag("recluster"),
    false,
    "Run k-means again, on all vectors that the index has now",
  ),
  compact: flagWithDefault(
    switchFlag("compact"),
    false,
    "Remove vectors that no image has any more, which frees their space",
  ),
  pathColumn: optionalFlag(
    Flag.String("path-column").pipe(Flag.withMetavar("COLUMN")),
    "Column of a manifest that holds paths",
    "recognised by its name",
  ),
  format: optionalFlag(
    Flag.Literals("manifest-format", manifestFormats),
    "How a manifest is written",
    "by its extension",
  ),
  paths: optionalFlag(
    Flag.String("paths").pipe(Flag.withMetavar("FILE")),
    "Names of the rows of a .npy file, one a line",
    "FEATURES.paths.txt beside it, else their numbers",
  ),
  root: optionalFlag(
    Flag.String("images").pipe(Flag.withMetavar("ROOT")),
    "Folder of the images that these names are paths of, to show them",
  ),
  seed: flagWithDefault(
    atLeast("seed", 0),
    1,
    "Seed of k-means, and of the weights of `random`",
  ),
  batch: optionalFlag(
    atLeast("extract-batch", 1),
    "Images of one forward pass",
    "the run's own, else 32",
  ),
  saveEvery: flagWithDefault(
    notNegative("save-every").pipe(Flag.withMetavar("SECONDS")),
    5,
    "Longest time whose work a kill may undo",
  ),
  ...engineFlags,
  json: flagWithDefault(switchFlag("json"), false, "Print the result as JSON"),
};

/** The command. */
export const index = Command.make(
  "index",
  flags,
  Effect.fnUntraced(function* (values) {
    const folder = fromHere(values.index);
    const engine = continuedEngine(values, yield* engineOf(folder));
    const isVectors = /\.npy$/i.test(values.model);
    yield* requireFlagsThatFit(values, isVectors);
    const report = yield* Effect.gen(function* () {
      return isVectors
        ? yield* indexRows(folder, values)
        : yield* update(folder, values);
    }).pipe(
      Effect.scoped,
      Effect.provide(layerTypedEngine(engine)),
    );
    const opened = yield* openSearchIndex(folder);
    yield* Console.log(
      values.json
        ? JSON.stringify(indexJson(opened, report))
        : indexText(opened, report),
    );
    if (report.images > 0) return;
    return yield* new IndexCommandError({
      action: `index ${values.images.join(", ")}`,
      rule: "at least one image must be readable",
      found: `${report.skipped} images, none of which is`,
    });
  }, Effect.scoped),
).pipe(
  Command.withExamples([
    {
      command: "deno task retrieve index runs/demo photos --index runs/photos",
      description: "Index photos with a run; call it again after changes",
    },
  ]),
);

type Values = Command.Command.Config.Infer<typeof flags>;

const update = Effect.fnUntraced(function* (folder: string, values: Values) {
  const { path, options } = typedModel(
    values.model,
    values.choice,
    values.seed,
  );
  const sources = yield* openSources(values);
  const opened = yield* openIndexModel(path, options, {
    clusters: !values.rmac,
  });
  const rmac = values.rmac
    ? yield* prepareRmac(folder, opened, sources, {
      ...Option.isSome(values.rmacSize) && { size: values.rmacSize.value },
      ...Option.isSome(values.pca) && { dimensions: values.pca.value },
    })
    : undefined;
  const made = yield* makeIndexDescriptor(folder, opened, {
    ...rmac !== undefined && { rmac },
    ...Option.isSome(values.layer) && { layer: values.layer.value },
    ...Option.isSome(values.batch) && { batch: values.batch.value },
  });
  return yield* updateIndex({
    folder,
    ...made,
    sources,
    seed: values.seed,
    recluster: values.recluster,
    compact: values.compact,
    commitEveryMs: values.saveEvery * 1000,
    ...Option.isSome(values.clusters) && { clusters: values.clusters.value },
  });
});

const indexRows = Effect.fnUntraced(function* (folder: string, values: Values) {
  const root = fromHere(values.model);
  const rows = yield* openNpy(root);
  const beside = root.replace(/\.npy$/i, ".paths.txt");
  const namesFile = Option.isSome(values.paths)
    ? fromHere(values.paths.value)
    : (yield* kindOf(beside)) === "file"
    ? beside
    : undefined;
  const names = namesFile === undefined ? undefined : yield* namesIn(namesFile);
  if (names !== undefined && names.length !== rows.rows) {
    return yield* new IndexCommandError({
      action: `name the rows of ${values.model}`,
      rule: `${namesFile} must have one line a row`,
      found: `${names.length} lines, ${rows.rows} rows`,
    });
  }
  return yield* indexVectors({
    folder,
    rows,
    root,
    ...names !== undefined && { names },
    ...Option.isSome(values.root) && { images: fromHere(values.root.value) },
    seed: values.seed,
    recluster: values.recluster,
    ...Option.isSome(values.clusters) && { clusters: values.clusters.value },
  });
});

const namesIn = (file: string) =>
  Effect.map(readBytes(file), (bytes) => {
    const names: string[] = [];
    const reader = lineReader((line) => names.push(line));
    reader.feed(utf8Text(bytes));
    reader.end();
    return names;
  });

/** Refuses flags that would be ignored. */
const requireFlagsThatFit = Effect.fnUntraced(function* (
  values: Values,
  isVectors: boolean,
) {
  const { rmac, rmacSize, pca, layer, images, paths, root } = values;
  const fail = (rule: string, found: string) =>
    new IndexCommandError({ action: "index images", rule, found });
  if (isVectors && images.length > 0) {
    return yield* fail(
      "given vectors come without images; name their folder by --images ROOT",
      images.join(", "),
    );
  }
  if (!isVectors && images.length === 0) {
    return yield* fail("MODEL must be followed by IMAGES", "none");
  }
  if (!isVectors && (Option.isSome(paths) || Option.isSome(root))) {
    return yield* fail(
      "--paths and --images belong to a .npy file of vectors",
      values.model,
    );
  }
  if (isVectors && (rmac || Option.isSome(layer) || values.compact)) {
    return yield* fail(
      "--layer, --rmac and --compact have no meaning for given vectors",
      values.model,
    );
  }
  if (rmac && Option.isSome(layer)) {
    return yield* fail(
      "vectors are of --layer or --rmac, not of both",
      `--rmac --layer ${layer.value}`,
    );
  }
  for (
    const [name, value] of [["rmac-size", rmacSize], ["pca", pca]] as const
  ) {
    if (rmac || Option.isNone(value)) continue;
    return yield* fail(
      `--${name} must come with --rmac`,
      `--${name} ${value.value} without it`,
    );
  }
});

/** All images that were named, each source once. */
const openSources = Effect.fnUntraced(function* (
  { images, pathColumn, format }: Values,
) {
  const sources: IndexSource[] = [];
  for (const typed of images) {
    const root = fromHere(typed);
    if (sources.some((other) => other.root === root)) {
      return yield* new IndexCommandError({
        action: "index images",
        rule: "each folder must be named once",
        found: typed,
      });
    }
    const { source, folder } = yield* openSource(root, {
      labels: false,
      ...Option.isSome(pathColumn) && { pathField: pathColumn.value },
      ...Option.isSome(format) && { format: format.value },
    });
    for (const note of folder ? folderNotes(folder) : []) {
      yield* Effect.logWarning(note);
    }
    sources.push({ root, source });
  }
  return sources;
});

/** The engine that an index was made with; nothing of one that is new. */
const engineOf = Effect.fnUntraced(function* (folder: string) {
  if ((yield* kindOf(join(folder, "settings.json"))) === "nothing") return;
  const { descriptor } = yield* readIndexSettings(folder);
  return descriptor["engine"] as SelectedBackend | undefined;
});
