/**
 * What `query` prints.
 *
 * @module
 */
import type { Box, Found, Searcher, SearchIndex } from "@deepcluster/retrieval";
import { shown } from "@deepcluster/terminal";

/** An image that was searched for, and what was found. */
export interface QueryAnswer {
  /** As it was named. */
  readonly path: string;
  /** Pixels across. */
  readonly width: number;
  /** Pixels down. */
  readonly height: number;
  /** The part that was searched for. Default: all of it. */
  readonly box?: Box;
  /** Its cluster, where the index is one of a run. */
  readonly cluster?: number;
  /** Its distance to the cluster's centroid. */
  readonly distance?: number;
  /** The most similar first. */
  readonly results: readonly Found[];
}

/** What is read of an index. */
export type ResultsIndex = Pick<
  SearchIndex,
  "live" | "clusters" | "distances" | "imagesOf"
>;

/**
 * Says how unusual a score is.
 *
 * @param percentile Fraction of random pairs below it.
 * @returns Such as `nearer than 99.72 % of random pairs`; never rounded up.
 */
export const percentileInWords = (percentile: number): string =>
  percentile === 1
    ? "nearer than every random pair"
    : `nearer than ${
      (Math.floor(percentile * 10_000) / 100).toFixed(2)
    } % of random pairs`;

/**
 * Says how a search was made.
 *
 * @param searcher The search.
 * @returns `exact`, or `approximate, recall 0.99 measured`.
 */
const searchInWords = ({ kind, recall }: Searcher): string =>
  recall === undefined
    ? kind
    : `${kind}, recall ${(Math.floor(recall * 1000) / 1000).toFixed(3)} ` +
      "measured";

/**
 * Writes an answer for people: a line for the image, and one a result with
 * rank, score, percentile, cluster and path; copies of it below.
 *
 * @param answer The answer.
 * @param index The index.
 * @param searcher Its search.
 * @returns Lines.
 */
export const answerText = (
  { path, box, cluster, distance, results }: QueryAnswer,
  index: ResultsIndex,
  searcher: Searcher,
): string => {
  const words = results.map(({ percentile }) => percentileInWords(percentile));
  const width = Math.max(0, ...words.map(({ length }) => length));
  const rankWidth = String(results.length).length;
  const part = box === undefined
    ? ""
    : `, part ${box.x},${box.y},${box.width},${box.height}`;
  const own = cluster === undefined || cluster < 0
    ? ""
    : `, cluster ${cluster} (distance ${distance!.toFixed(3)})`;
  const count = results.length === 1 ? "1 result" : `${results.length} results`;
  return [
    `${path}${part}${own}: ${count} of ${index.live.length} vectors ` +
    `(${searchInWords(searcher)})`,
    ...results.flatMap(({ row, score }, i) => {
      const [first, ...copies] = index.imagesOf(row).map(shownImage);
      const cluster = index.clusters[row]!;
      const line = [
        String(i + 1).padStart(rankWidth),
        score.toFixed(4),
        words[i]!.padEnd(width),
        ...cluster < 0 ? [] : [`cluster ${cluster}`],
        first,
      ].join("  ");
      return [line, ...copies.map((copy) => `    same image: ${copy}`)];
    }),
  ].join("\n");
};

const shownImage = (
  { file, path }: ReturnType<ResultsIndex["imagesOf"]>[number],
): string => file === undefined ? path : shown(file);

/**
 * Writes an answer as a JSON object.
 *
 * @param answer The answer.
 * @param index The index.
 * @param searcher Its search.
 * @returns One line.
 */
export const answerJson = (
  { path, width, height, box, cluster, distance, results }: QueryAnswer,
  index: ResultsIndex,
  { kind, recall }: Searcher,
): string =>
  JSON.stringify({
    query: {
      path,
      width,
      height,
      ...box && { box: [box.x, box.y, box.width, box.height] },
      ...cluster !== undefined && cluster >= 0 && { cluster, distance },
    },
    search: { kind, ...recall !== undefined && { recall } },
    results: results.map(({ row, score, percentile }, i) => {
      const [image, ...copies] = index.imagesOf(row).map(
        ({ id, path, file }) => ({ id, path, file }),
      );
      const cluster = index.clusters[row]!;
      return {
        rank: i + 1,
        score,
        percentile,
        vector: row,
        ...cluster >= 0 && { cluster, distance: index.distances[row] },
        ...image,
        copies,
      };
    }),
  });
