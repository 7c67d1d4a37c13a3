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
import { Effect, Option } from "effect";
import { evaluateModel } from "./evaluate_model.ts";
import type { Values } from "./nmi_flags.ts";

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

/** Does what `nmi` was asked for. */
export const run = ({ layers, clusters, pca, seeds, ...values }: Values) =>
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
  );
