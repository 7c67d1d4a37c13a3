/**
 * Figures of instance retrieval with the protocol that they are of: most
 * differences between published figures are differences of protocol.
 *
 * @module
 */
import type {
  InstanceDataset,
  InstanceEvaluation,
} from "@deepcluster/instance-retrieval";
import type { RmacDescriptor } from "@deepcluster/retrieval";
import type { EvaluatedModel } from "@deepcluster/runs";

/** What the printed protocol is of. */
export interface Evaluated {
  /** The model. */
  readonly model: EvaluatedModel;
  /** The network as R-MAC. */
  readonly descriptor: RmacDescriptor;
  /** What was searched. */
  readonly dataset: InstanceDataset;
  /** What the PCA was learned on. */
  readonly pcaFrom: InstanceDataset | undefined;
  /** Longer side of pictures. */
  readonly size: number;
  /** Nearest that a query was averaged with. */
  readonly aqe: number;
  /** Nearest that a picture was averaged with. */
  readonly dba: number;
  /** The figures. */
  readonly evaluation: InstanceEvaluation;
}

/**
 * Everything that a figure depends on, in words.
 *
 * @param evaluated What was evaluated.
 * @returns Facts by name.
 */
export const protocolOf = (
  { model, descriptor, dataset, pcaFrom, size, aqe, dba, evaluation }:
    Evaluated,
): Readonly<Record<string, string>> => {
  const { pca, database } = evaluation;
  const { missing, corrupt, images, queries, name } = dataset;
  const isOriginal = name === "oxford5k" || name === "paris6k";
  return {
    dataset: `${name}: ${images.length} pictures, queries: ${queries.length}`,
    model: `${model.name}, ${model.network?.name}, ` +
      (model.network?.sobel ? "with Sobel filters" : "without Sobel filters"),
    pictures: `longer side ${size}, smaller ones enlarged; bilinear with ` +
      "antialiasing (Pillow's); no EXIF rotation; single scale",
    queries: "cropped by their box after scaling, not scaled again; the crop " +
      "passes the network with an edge around it",
    map: `before the last pooling, ${descriptor.columns} channels`,
    regions: "R-MAC, 3 levels, no region added for the whole map, L2 each",
    pca: pca === undefined || pcaFrom === undefined
      ? "none"
      : `${pca.vectors.rows} of ${descriptor.columns} dimensions, whitened, ` +
        `learned on ${pca.regions} regions of ${pca.images} pictures of ` +
        pcaFrom.name,
    descriptor: `${database.columns} values, sum of regions, L2; dot product`,
    "query's own picture": isOriginal
      ? "in the database, judged as its lists say"
      : "not in the database",
    junk: "taken out of the ranking",
    expansion: aqe === 0
      ? "none"
      : `each query averaged with its ${aqe} nearest`,
    augmentation: dba === 0
      ? "none"
      : `each picture averaged with its ${dba} nearest, by weight`,
    "left out": `${corrupt.length} corrupt pictures`,
    "missing names": missing.length === 0
      ? "none"
      : `${missing.length}, which count as not found where they are positive`,
    "average precision": "trapezia from precision 1 at recall 0 (compute_ap)",
  };
};

/**
 * The protocol and the figures as lines.
 *
 * @param evaluated What was evaluated.
 * @returns Text.
 */
export const protocolText = (evaluated: Evaluated): string => {
  const facts = Object.entries(protocolOf(evaluated))
    .map(([name, fact]) => `${`${name}:`.padEnd(21)} ${fact}`);
  const isRevisited = evaluated.dataset.protocols.length > 1;
  const figures = evaluated.evaluation.results.map((result) => {
    const { protocol, queries, positives, junk } = result;
    const percent = (value: number) => (100 * value).toFixed(2);
    const precisions = Object.entries(result.meanPrecisionAt)
      .map(([k, value]) => `mP@${k} ${percent(value)}`).join(", ");
    return `${protocol}: mAP ${percent(result.meanAveragePrecision)}` +
      (isRevisited ? `, ${precisions}` : "") +
      ` (queries: ${queries}, positives: ${positives}, junk: ${junk})`;
  });
  return [...facts, "", ...figures].join("\n");
};
