/**
 * `nmi MODEL DATA`: how well clusters agree with labels.
 *
 * Paper: section 4.1, equation 3.
 *
 * @module
 */
import {
  EvaluationOptionError,
  judgeAssignments,
  judgeClusters,
} from "@deepcluster/evaluation";
import { Effect, Option } from "effect";
import { Command, Flag } from "effect/cli";
import { atLeast } from "@deepcluster/terminal";
import { asked, given, layersFlag, seedsFlag } from "./flags.ts";
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
        return yield* judgeClusters(bench, bench.layers, bench.seed, {
          clusters: clusters.value,
          ...run && { pca: run.configuration.pca },
          ...given({ pca }),
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
