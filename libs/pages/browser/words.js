/**
 * Figures in the words of people.
 *
 * @module
 */

const grouped = new Intl.NumberFormat("en");

/**
 * Writes a number of things: `1 image`, `12,806 images`.
 *
 * @param {number} n How many.
 * @param {string} thing One of them.
 * @param {string} [things] Several of them.
 * @returns {string}
 */
export const count = (n, thing, things = `${thing}s`) =>
  `${grouped.format(n)} ${n === 1 ? thing : things}`;

/**
 * Writes a fraction in percent, cut and never rounded up: what is above 99.96 %
 * of something is not above all of it.
 *
 * @param {number} fraction 0 to 1.
 * @returns {string} For example `99.97 %`.
 */
export const percent = (fraction) => {
  const digits = fraction >= 0.9999
    ? 3
    : fraction < 0.01 || fraction >= 0.999
    ? 2
    : 1;
  const scale = 10 ** digits;
  // The nudge keeps 0.999 from becoming 99.89 as 99.9 has no exact double.
  const cut = Math.floor(100 * fraction * scale + 1e-6) / scale;
  return `${cut} %`;
};

/**
 * Says what a percentile among random pairs means.
 *
 * @param {number} percentile Fraction of random pairs with a lower score.
 * @returns {string}
 */
export const nearerThan = (percentile) =>
  percentile >= 1
    ? "nearer than every random pair measured"
    : percentile <= 0
    ? "no nearer than any random pair measured"
    : `nearer than ${percent(percentile)} of random pairs`;

/**
 * Says how unusual an image is among others.
 *
 * @param {number} fraction Fraction of the others that are less unusual.
 * @param {string} others Who they are, for example `its cluster`.
 * @returns {string}
 */
export const moreUnusualThan = (fraction, others) =>
  fraction >= 1
    ? `more unusual than all of ${others}`
    : fraction <= 0
    ? `the most typical of ${others}`
    : `more unusual than ${percent(fraction)} of ${others}`;

/**
 * Says how a search was made.
 *
 * @param {import("../api_types.ts").SearchKind} search
 * @returns {string} `exact`, or `approximate, recall 0.99 measured`.
 */
export const searchWords = ({ kind, recall }) =>
  kind === "exact"
    ? "exact search: every vector was compared"
    : recall === undefined
    ? "approximate search, recall not measured"
    : `approximate search, recall ${Math.floor(recall * 1000) / 1000} measured`;

/**
 * Says how often training put a query and a result into one cluster.
 *
 * @param {NonNullable<import("../api_types.ts").SearchResult["history"]>} history
 * @returns {string}
 */
export const historyWords = ({ since, epochs, of }) => {
  const often = `in ${epochs} of ${count(of, "epoch")}`;
  if (epochs === 0) return "never in the query's cluster";
  return since === null
    ? `not in the query's cluster now, but ${often}`
    : `in the query's cluster since epoch ${since}, ${often}`;
};

/**
 * Names a cluster.
 *
 * @param {number} cluster Its number.
 * @param {string | undefined} name The name that a person gave it.
 * @returns {string}
 */
export const clusterTitle = (cluster, name) => name ?? `Cluster ${cluster}`;

/** What the mean distance of a cluster is. */
export const distanceWords =
  "Mean distance of a cluster's images to its centroid: 0 if all have the same " +
  "features, 1 if they have nothing in common.";

/**
 * Writes a score or a distance.
 *
 * @param {number} value
 * @returns {string} Three decimals.
 */
export const figure = (value) => value.toFixed(3);
