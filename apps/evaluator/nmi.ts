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
  evaluateAssignments,
  evaluateClusters,
  type EvaluationTask,
} from "@deepcluster/evaluation";
import type { EvaluatedLayer } from "@deepcluster/features";
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
const dimensionsFor = (
  { model }: EvaluationTask,
  pca: Option.Option<number>,
): number => Option.getOrElse(pca, () => model.run?.configuration.pca ?? 256);

/**
 * Warns where PCA keeps too many dimensions of so few images.
 *
 * @param task Model and images.
 * @param layers The layers that are clustered.
 * @param pca Dimensions kept by PCA.
 * @returns Nothing.
 */
export const warnOfNoise = Effect.fnUntraced(function* (
  task: EvaluationTask,
  layers: readonly EvaluatedLayer[],
  pca: Option.Option<number>,
) {
  const longest = Math.max(...layers.map(({ columns }) => columns));
  const noise = dimensionsWarning(
    task.images.size,
    longest,
    dimensionsFor(task, pca),
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
      Effect.fnUntraced(function* (task) {
        const { run } = task.model;
        if (Option.isNone(clusters)) {
          if (run !== undefined) {
            return yield* evaluateAssignments(task, run);
          }
          return yield* new OptionError({
            action: "evaluate clusters",
            option: "clusters",
            rule: "given where the model is not a run",
            value: "",
          });
        }
        if (task.seed === values.operation.seed) {
          yield* warnOfNoise(task, task.layers, pca);
        }
        return yield* evaluateClusters(task, task.layers, task.seed, {
          clusters: clusters.value,
          pca: dimensionsFor(task, pca),
        });
      }),
    ),
).pipe(
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
