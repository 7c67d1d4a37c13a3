/**
 * `cluster FEATURES.npy --clusters K --out DIR`: k-means of features that any
 * program computed, reduced as in the paper or as they are.
 *
 * Paper: sections 3.2 and 3.4.
 *
 * @module
 */
import { type ClusterReport, dimensionsWarning } from "@deepcluster/clustering";
import { engineFlags, layerTypedEngine } from "@deepcluster/runs";
import { digestOf, openNpy } from "@deepcluster/storage";
import {
  atLeast,
  flagWithDefault,
  fromHere,
  optionalFlag,
  shown,
  switchFlag,
} from "@deepcluster/terminal";
import { Console, Effect, Option } from "effect";
import { Argument, Command, Flag } from "effect/cli";
import { basename } from "node:path";
import { clusterRows } from "./cluster_rows.ts";
import { clusterFolder, requireNew } from "./cluster_folder.ts";
import { resultFlags } from "./flags.ts";
import { ModelCommandError } from "./model_errors.ts";
import { readNames } from "./row_names.ts";

/** The command. */
export const cluster = Command.make(
  "cluster",
  {
    features: Argument.String("features").pipe(
      Argument.withDescription(
        "Matrix of floats in a .npy file of NumPy, one row an image.",
      ),
    ),
    clusters: atLeast("clusters", 1).pipe(
      Flag.withAlias("k"),
      Flag.withDescription("Number of clusters."),
    ),
    out: Flag.String("out").pipe(
      Flag.withMetavar("DIR"),
      Flag.withDescription("New folder for the clusters and their figures."),
    ),
    pca: optionalFlag(
      atLeast("pca", 1),
      "Dimensions that PCA keeps before k-means; they are whitened, and rows " +
        "scaled to length 1",
      "256, fewer where the features have fewer",
    ),
    noPca: flagWithDefault(
      switchFlag("no-pca"),
      false,
      "Cluster the features as they are",
    ),
    iterations: flagWithDefault(
      atLeast("iterations", 1),
      20,
      "Lloyd iterations of k-means",
    ),
    seed: flagWithDefault(atLeast("seed", 0), 31, "Seed of every random draw"),
    paths: optionalFlag(
      Flag.String("paths").pipe(Flag.withMetavar("FILE")),
      "Names of the rows, one a line",
      "FEATURES.paths.txt where it exists, else the rows' numbers",
    ),
    ...engineFlags,
    json: resultFlags.json,
  },
  Effect.fnUntraced(
    function* ({ json, noPca, ...flags }) {
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
  ),
).pipe(
  Command.withExamples([
    {
      command: "deno task cluster features.npy --clusters 200 --out clusters",
      description: "Reduced to 256 dimensions and whitened, as in the paper",
    },
    {
      command:
        "deno task cluster clip.npy --clusters 50 --no-pca --out clusters",
      description: "Embeddings as they are",
    },
  ]),
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
