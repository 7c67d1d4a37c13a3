/**
 * Asks the server, and says in words why it did not answer.
 *
 * @module
 */
/**
 * @import {
 *   ClusterChange, ClusterDetail, ClusterList, DuplicateKind, DuplicateList,
 *   ImageCard, IndexInfo, OutlierList, PixelBox, RegionPair, SearchResponse
 * } from "../api_types.ts"
 */

/** Why an answer did not come, as a sentence for people. */
export class ApiError extends Error {
  /**
   * @param {string} message The sentence.
   * @param {number} status HTTP status; 0 when nothing answered.
   */
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

/**
 * The picture that is searched by: an image of the index, or a file.
 *
 * @typedef {{ readonly image: number } | { readonly file: Blob }} Query
 */

/**
 * @param {AbortSignal} [signal]
 * @returns {Promise<IndexInfo>}
 */
export const getIndex = (signal) => ask("/api/index", { signal });

/**
 * @param {{ offset: number, limit: number, dismissed?: boolean }} page
 * @param {AbortSignal} [signal]
 * @returns {Promise<ClusterList>}
 */
export const getClusters = ({ offset, limit, dismissed = false }, signal) =>
  ask(`/api/clusters?${query({ offset, limit, members: 8, dismissed })}`, {
    signal,
  });

/**
 * @param {number} cluster
 * @param {{ offset: number, limit: number, order: string }} page
 * @param {AbortSignal} [signal]
 * @returns {Promise<ClusterDetail>}
 */
export const getCluster = (cluster, page, signal) =>
  ask(`/api/clusters/${cluster}?${query(page)}`, { signal });

/**
 * @param {number} cluster
 * @param {ClusterChange} change
 * @returns {Promise<unknown>}
 */
export const changeCluster = (cluster, change) =>
  ask(`/api/clusters/${cluster}`, {
    method: "PATCH",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(change),
  });

/**
 * @param {{ offset: number, limit: number }} page
 * @param {AbortSignal} [signal]
 * @returns {Promise<{ total: number, images: readonly ImageCard[] }>}
 */
export const getImages = (page, signal) =>
  ask(`/api/images?${query(page)}`, { signal });

/**
 * @param {Query} by
 * @param {{ box?: PixelBox | undefined, top: number }} options
 * @param {AbortSignal} [signal]
 * @returns {Promise<SearchResponse>}
 */
export const search = (by, options, signal) =>
  askBy("/api/search", by, { image: "image" }, options, signal);

/**
 * @param {Query} by
 * @param {number} image The result.
 * @param {PixelBox | undefined} box
 * @param {AbortSignal} [signal]
 * @returns {Promise<RegionPair>}
 */
export const getRegions = (by, image, box, signal) =>
  askBy("/api/regions", by, { image: "query" }, { image, box }, signal);

/**
 * @param {{ kind: DuplicateKind, percentile: number | undefined, offset: number, limit: number }} page
 * @param {AbortSignal} [signal]
 * @returns {Promise<DuplicateList>}
 */
export const getDuplicates = (page, signal) =>
  ask(`/api/duplicates?${query(page)}`, { signal });

/**
 * @param {{ offset: number, limit: number }} page
 * @param {AbortSignal} [signal]
 * @returns {Promise<OutlierList>}
 */
export const getOutliers = (page, signal) =>
  ask(`/api/outliers?${query(page)}`, { signal });

/**
 * Writes the query part of an address.
 *
 * @param {Readonly<Record<string, unknown>>} values Those that are `undefined`
 * are left out; lists are joined by commas.
 * @returns {string}
 */
export const query = (values) =>
  Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) =>
      `${name}=${encodeURIComponent(String(value)).replaceAll("%2C", ",")}`
    )
    .join("&");

/**
 * Sends the picture as it is, or names the indexed image.
 *
 * @param {string} path
 * @param {Query} by
 * @param {{ image: string }} names Parameter that names an indexed query.
 * @param {Readonly<Record<string, unknown>>} values
 * @param {AbortSignal} [signal]
 * @returns {Promise<any>}
 */
const askBy = (path, by, names, values, signal) =>
  "image" in by
    ? ask(`${path}?${query({ [names.image]: by.image, ...values })}`, {
      signal,
    })
    : ask(`${path}?${query(values)}`, {
      method: "POST",
      headers: { "content-type": by.file.type || "application/octet-stream" },
      body: by.file,
      signal,
    });

/**
 * @param {string} path
 * @param {{ method?: string, headers?: Record<string, string>, body?: BodyInit, signal?: AbortSignal | undefined }} request
 * @returns {Promise<any>}
 */
const ask = async (path, { signal, ...request }) => {
  /** @type {Response} */
  let response;
  try {
    response = await fetch(path, { ...request, signal: signal ?? null });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new ApiError(
      "The server does not answer: is it still running?",
      0,
    );
  }
  if (response.ok) return await response.json();
  const problem = await response.json().catch(() => ({}));
  throw new ApiError(
    problem.detail ?? problem.title ??
      `The server answered with status ${response.status}.`,
    response.status,
  );
};
