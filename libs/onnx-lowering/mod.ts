/**
 * Graphs as ONNX models, without an engine: every operator in ONNX's own, in
 * the way that ONNX Runtime computes fastest.
 *
 * @module
 */
export {
  lower,
  type LoweredGraph,
  lowerings,
  type LowerOptions,
} from "./lower.ts";
export { type ByteProducts, lowering } from "./lowering.ts";
export { byParts } from "./by_parts.ts";
export { domain } from "./blocked.ts";
export { type Block, type SplitGraph, splitUpdate } from "./in_place.ts";
export { reversedIn, reversedMaps } from "./reversed/lowerings.ts";
export { isWrongOnGpu } from "./gpu/conv.ts";
export { splitProducts } from "./split_products.ts";
