/**
 * The map as JSON, for the view that draws it.
 *
 * @module
 */
import type { EncodedArray, EncodedMap } from "@deepcluster/pages";
import { Buffer } from "node:buffer";
import type { ReportMap } from "./colour_points.ts";

/**
 * Encodes a map for the view in `pages`.
 *
 * @param map The map.
 * @returns Plain data; arrays in the smallest type that holds their values.
 */
export const encodeMap = (
  { indices, positions, clusters, labels, sprites, ...rest }: ReportMap,
): EncodedMap => ({
  ...rest,
  points: indices.length,
  indices: encodeInts(indices),
  positions: encodeArray("Uint16", positions),
  clusters: clusters.map(encodeInts),
  ...labels && {
    labels: { names: labels.names, classes: encodeInts(labels.classes) },
  },
  ...sprites && {
    sprites: { ...sprites, squares: encodeInts(sprites.squares) },
  },
});

const encodeInts = (values: Int32Array): EncodedArray => {
  const max = values.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  return max < 128
    ? encodeArray("Int8", Int8Array.from(values))
    : max < 32_768
    ? encodeArray("Int16", Int16Array.from(values))
    : encodeArray("Int32", values);
};

const encodeArray = (
  type: EncodedArray["type"],
  { buffer, byteOffset, byteLength }: ArrayBufferView,
): EncodedArray => ({
  type,
  base64: Buffer.from(buffer, byteOffset, byteLength).toString("base64"),
});
