/**
 * `all MODEL DATA`: everything that fits the images, beside random weights and
 * pixels, as one table.
 *
 * @module
 */
import { judgeAll } from "@deepcluster/evaluation";
import { Effect } from "effect";
import { Command } from "effect/cli";
import { asked, given, layersFlag, seedsFlag } from "./flags.ts";
import { judging } from "./judging.ts";
import { probeFlags } from "./linear.ts";
import { clusterFlags } from "./nmi.ts";

/**
 * Pixels, random weights and trained features differ in scale by orders of
 * magnitude: the paper's step size alone would tell them apart.
 */
const fairToAll = { standardise: true, learningRate: 0.001 } as const;

/** The command. */
export const all = Command.make(
  "all",
  {
    ...asked,
    layers: layersFlag("all of the network, for linear probes"),
    ...clusterFlags("Number of clusters (the run's, else 10 a class)"),
    seeds: seedsFlag(3),
    probe: probeFlags,
  },
  ({ layers, clusters, pca, seeds, probe, ...values }) =>
    judging(
      values,
      { command: "all", seeds, ...given({ layers }) },
      Effect.fnUntraced(function* (bench) {
        const { figures, diverged } = yield* judgeAll(bench, bench.seed, {
          ...given({ layers, clusters, pca }),
          probe: { ...fairToAll, ...given(probe) },
        });
        // A run's own clusters are the same for every seed: told once.
        const first = bench.seed === values.operation.seed;
        return {
          figures: figures.filter(({ layer }) =>
            first || layer !== "assignments"
          ),
          diverged,
        };
      }),
    ),
).pipe(
  Command.withDescription(
    "Everything that fits the images, beside random weights and pixels",
  ),
  Command.withExamples([
    {
      command: "deno task evaluate all runs/demo data/emoji --out results.html",
      description: "A page with every figure, three seeds",
    },
  ]),
);
