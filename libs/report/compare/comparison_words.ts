/**
 * What a comparison says in sentences, on the page and in the terminal.
 *
 * @module
 */
import { count, percent } from "../document/words.ts";
import type { ClusterMapping } from "./cluster_mapping.ts";
import type { ComparedRun, RunComparison } from "./run_comparison.ts";

/**
 * Says what each run is.
 *
 * @param runs The runs.
 * @param run One of them.
 * @returns A sentence.
 */
export const runSentence = (
  runs: readonly ComparedRun[],
  { history, images }: ComparedRun,
): string => {
  const { configuration, epochs, state } = history;
  const { from } = configuration;
  const parent = from &&
    runs.find((run) => from.path.startsWith(run.history.folder));
  return `${configuration.model}, ${
    count(configuration.clusters, "cluster")
  }, ${images === 0 ? "" : `${count(images, "image")}, `}${
    count(epochs.filter(({ training }) => training).length, "epoch")
  } of ${configuration.epochs}: ${state}${
    from === undefined
      ? ""
      : parent
      ? `; begun from the weights of ${parent.name}`
      : "; begun from the weights of another model"
  }`;
};

/**
 * Says how far clusters of two runs agree.
 *
 * @param comparison The runs.
 * @param mapping Of the first run to another one.
 * @returns A sentence or two.
 */
export const mappingSentence = (
  { runs }: RunComparison,
  { other, common, by, agreement, epochs }: ClusterMapping,
): string => {
  const [first, second] = [runs[0]!, runs[other]!];
  const how = by === "content"
    ? "the same content"
    : "the same path in their sources";
  if (agreement === undefined) {
    return `${first.name} and ${second.name} have no image in common (none ` +
      `with ${how}), so that their clusters cannot be compared.`;
  }
  const all = common === first.images && common === second.images
    ? `all ${count(common, "image")}`
    : `${count(common, "image")} that both have, of ${first.images} and ` +
      `${second.images} (those with ${how})`;
  return `Epoch ${epochs[0]} of ${first.name} against epoch ${epochs[1]} of ` +
    `${second.name}, on ${all}: NMI ${agreement.nmi.toFixed(3)}, adjusted ` +
    `Rand index ${agreement.adjustedRand.toFixed(3)}, which is 0 by chance ` +
    "and 1 for the same clusters.";
};

/**
 * Says where the images of a cluster are in the other run.
 *
 * @param part One of its parts.
 * @param size Images of the cluster.
 * @returns A clause.
 */
export const partWords = (
  part: ClusterMapping["clusters"][number]["parts"][number],
  size: number,
): string =>
  `${percent(part.common / size)} in cluster ${part.cluster} there, which ` +
  `has ${part.size}`;

/** Says what other versions, engines and processors mean for figures. */
export const environmentSentence: string =
  "Figures of other versions, engines or processors differ by rounding at " +
  'least; under "Changes results", the changelog says what versions changed';
