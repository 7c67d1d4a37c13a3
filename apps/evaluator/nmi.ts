/**
 * `nmi MODEL DATA`: how well clusters agree with labels.
 *
 * Paper: section 4.1, equation 3.
 *
 * @module
 */
import { dimensionsWarning } from "@deepcluster/clustering";
import {
  type Bench,
  EvaluationOptionError,
  judgeAssignments,
  judgeClusters,
  type JudgedLayer,
} from "@deepcluster/evaluation";
import { Effect, Option } from "effect";
import { Command, Flag } from "effect/cli";
import { atLeast } from "@deepcluster/terminal";
import { asked, layersFlag, seedsFlag } from "./flags.ts";
import { judging } from "./judging.ts";

/** How images are clustered anew; by the run's settings where not told. */
export const clusterFlags = (usual: string) => ({
  clusters: atLeast("clusters", 1).pipe(
    Flag.withAlias("k"),
    Flag.optional,
    Flag.withDescription(usual),
  ),
  pca: atLeast("pca", 1).pipe(
    Flag.optional,
    Flag.withDescription("Dimensions kept by PCA (the run's, else 256)"),
  ),
});

/** Dimensions kept by PCA: those asked for, the run's, the paper's. */
const dimensionsFor = ({ model }: Bench, pca: Option.Option<number>): number =>
  Option.getOrElse(pca, () => model.run?.configuration.pca ?? 256);

/**
 * Warns where PCA keeps too many dimensions of so few images.
 *
 * @param bench Model and images.
 * @param layers The layers that are clustered.
 * @param pca What was asked for.
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
    ...asked,
    layers: layersFlag("features: what is clustered"),
    ...clusterFlags(
      "Cluster anew into so many (a run's own clusters are judged)",
    ),
    seeds: seedsFlag(1),
  },
  ({ layers, clusters, pca, seeds, ...values }) =>
    judging(
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
          return yield* new EvaluationOptionError({
            action: "judge clusters",
            option: "clusters",
            rule: "given where the model is no run",
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
  Command.withDescription("NMI, purity and adjusted Rand index of clusters"),
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
