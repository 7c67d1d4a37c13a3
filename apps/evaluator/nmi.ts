/**
 * `nmi MODEL DATA`: how well clusters agree with labels.
 *
 * Paper: section 4.1, equation 3.
 *
 * @module
 */
import { dimensionsWarning } from "@deepcluster/clustering";
import { OptionError } from "@deepcluster/core";
import {
  type Bench,
  judgeAssignments,
  judgeClusters,
} from "@deepcluster/evaluation";
import type { JudgedLayer } from "@deepcluster/features";
import { atLeast, optionalFlag } from "@deepcluster/terminal";
import { Effect, Option } from "effect";
import { Command, Flag } from "effect/cli";
import { evaluationFlags, layersFlag, seedsFlag } from "./flags.ts";
import { evaluateModel } from "./evaluate_model.ts";

/**
 * How images are clustered afresh.
 *
 * @param defaultClusters What happens without `--clusters`, in words.
 * @returns The flags.
 */
export const clusterFlags = (defaultClusters: string) => ({
  clusters: optionalFlag(
    atLeast("clusters", 1).pipe(Flag.withAlias("k")),
    "Run k-means afresh with this many clusters",
    defaultClusters,
  ),
  pca: optionalFlag(
    atLeast("pca", 1),
    "Dimensions that PCA keeps before k-means",
    "the run's, else 256",
  ),
});

/** Dimensions kept by PCA: those of the flag, the run's, the paper's. */
const dimensionsFor = ({ model }: Bench, pca: Option.Option<number>): number =>
  Option.getOrElse(pca, () => model.run?.configuration.pca ?? 256);

/**
 * Warns where PCA keeps too many dimensions of so few images.
 *
 * @param bench Model and images.
 * @param layers The layers that are clustered.
 * @param pca Dimensions kept by PCA.
 * @returns Nothing.
 */
export const warnOfNoise = Effect.fnUntraced(function* (
  bench: Bench,
  layers: readonly JudgedLayer[],
  pca: Option.Option<number>,
) {
  const longest = Math.max(...layers.map(({ columns }) => columns));
  const noise = dimensionsWarning(
    bench.images.size,
    longest,
    dimensionsFor(bench, pca),
  );
  if (noise !== undefined) yield* Effect.logWarning(noise);
});

/** The command. */
export const nmi = Command.make(
  "nmi",
  {
    ...evaluationFlags,
    layers: layersFlag("features, which are clustered"),
    ...clusterFlags("evaluate the run's own clusters"),
    seeds: seedsFlag(1),
  },
  ({ layers, clusters, pca, seeds, ...values }) =>
    evaluateModel(
      values,
      {
        command: "nmi",
        seeds: Option.isSome(clusters) ? seeds : 1,
        layers: Option.getOrElse(layers, () => ["features"]),
      },
      Effect.fnUntraced(function* (bench) {
        const { run } = bench.model;
        if (Option.isNone(clusters)) {
          if (run !== undefined) {
            return yield* judgeAssignments(bench, run);
          }
          return yield* new OptionError({
            action: "evaluate clusters",
            option: "clusters",
            rule: "given where the model is not a run",
            value: "",
          });
        }
        if (bench.seed === values.operation.seed) {
          yield* warnOfNoise(bench, bench.layers, pca);
        }
        return yield* judgeClusters(bench, bench.layers, bench.seed, {
          clusters: clusters.value,
          pca: dimensionsFor(bench, pca),
        });
      }),
    ),
).pipe(
  Command.withDescription(
    "Compare clusters with labels: NMI, purity and adjusted Rand index",
  ),
  Command.withExamples([
    {
      command: "deno task evaluate nmi runs/demo data/emoji",
      description: "The clusters of a run's newest epoch",
    },
    {
      command: "deno task evaluate nmi pixels data/emoji --clusters 200",
      description: "Fresh clusters of the pixels",
    },
  ]),
);
