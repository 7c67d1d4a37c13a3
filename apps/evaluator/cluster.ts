/**
 * `cluster FEATURES.npy --clusters K --out DIR`: k-means of features that any
 * program computed, reduced as in the paper or as they are.
 *
 * Paper: sections 3.2 and 3.4.
 *
 * @module
 */
import { type ClusterReport, dimensionsWarning } from "@deepcluster/clustering";
import { layerTypedEngine } from "@deepcluster/runs";
import { digestOf, openNpy } from "@deepcluster/storage";
import { fromHere, shown } from "@deepcluster/terminal";
import { Console, Effect, Option } from "effect";
import { basename } from "node:path";
import { clusterRows } from "./cluster_rows.ts";
import { clusterFolder, requireNew } from "./cluster_folder.ts";
import { ModelCommandError } from "./model_errors.ts";
import { readNames } from "./row_names.ts";
import type { Values } from "./cluster_flags.ts";

/** Does what `cluster` was asked for. */
export const run = Effect.fnUntraced(
  function* ({ json, noPca, ...flags }: Values) {
    if (noPca && Option.isSome(flags.pca)) {
      return yield* new ModelCommandError({
        action: "cluster",
        rule: "--pca and --no-pca exclude each other",
        found: `--pca ${flags.pca.value} --no-pca`,
      });
    }
    const path = fromHere(flags.features);
    const out = fromHere(flags.out);
    yield* requireNew(out);
    const rows = yield* openNpy(path);
    if (flags.clusters > rows.rows) {
      return yield* new ModelCommandError({
        action: `cluster ${shown(path)}`,
        rule: "--clusters must be at most the number of rows",
        found: `${flags.clusters} clusters, ${rows.rows} rows`,
      });
    }
    const names = yield* readNames(
      path,
      rows.rows,
      Option.getOrUndefined(Option.map(flags.paths, fromHere)),
    );
    const pca = noPca ? null : Option.getOrElse(flags.pca, () => 256);
    if (pca !== null) {
      const noise = dimensionsWarning(rows.rows, rows.columns, pca);
      if (noise !== undefined) yield* Effect.logWarning(noise);
    }
    const settings = {
      features: {
        name: basename(path),
        sha256: (yield* digestOf(path)).sha256,
        rows: rows.rows,
        columns: rows.columns,
      },
      clusters: flags.clusters,
      pca,
      iterations: flags.iterations,
      seed: flags.seed,
    };
    const folder = yield* clusterFolder(out);
    const result = yield* clusterRows(rows, settings, folder);
    yield* folder.publish(settings, names, result);
    yield* Console.log(
      json
        ? JSON.stringify({ out, settings, report: result.report })
        : textOf(out, result.report),
    );
  },
  (work, flags) =>
    work.pipe(Effect.scoped, Effect.provide(layerTypedEngine(flags))),
);

const textOf = (out: string, report: ClusterReport): string => {
  const { points, dimensions, k, empties, sizes, loss, iterations } = report;
  const moved = 100 * iterations.at(-1)!.changedFraction;
  return [
    `${points} rows of ${dimensions} dimensions in ${k} clusters, ` +
    `${empties} of them empty`,
    `size of a cluster: ${sizes.minimum} to ${sizes.maximum}, median ` +
    sizes.median,
    `mean squared distance to the centroid: ${(loss / points).toPrecision(6)}`,
    `rows that changed their cluster in iteration ${iterations.length}: ` +
    `${moved.toFixed(2)} %`,
    `Wrote ${shown(out)}`,
  ].join("\n");
};
