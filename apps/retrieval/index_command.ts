/**
 * `index MODEL IMAGES… --index DIR`: makes an index of images, or brings it up
 * to date.
 *
 * @module
 */
import { OptionError } from "@deepcluster/core";
import { folderNotes, lineReader, utf8Text } from "@deepcluster/data";
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
  layerTypedEngine,
  typedModel,
} from "@deepcluster/runs";
import { kindOf, openNpy, readBytes } from "@deepcluster/storage";
import { fromHere } from "@deepcluster/terminal";
import { Console, Effect, Option } from "effect";
import { join } from "node:path";
import { IndexCommandError } from "./index_errors.ts";
import { indexJson, indexText } from "./index_text.ts";
import type { Values } from "./index_command_flags.ts";

/** Does what `index` was asked for. */
export const run = Effect.fnUntraced(function* (values: Values) {
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
}, Effect.scoped);

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
  }).pipe(
    // A descriptor has one layer, evaluations several.
    Effect.catchTag("OptionError", (error) =>
      new OptionError({
        ...error,
        option: error.option === "layers" ? "layer" : error.option,
      })),
  );
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
