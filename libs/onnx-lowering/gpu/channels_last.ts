/**
 * Images with their channels last, as ONNX Runtime holds them on WebGPU: there
 * it leaves out these transpositions, but would add its own around a `Reshape`
 * of images as the graph has them.
 *
 * @module
 */
import type { Lowering } from "../lowering.ts";

/**
 * Adds the node that lays channels last.
 *
 * @param images Name of a tensor `[n, c, h, w]`.
 * @param to Where it is lowered to.
 * @returns Name of `[n, h, w, c]`.
 */
export const channelsLast = (images: string, to: Lowering): string =>
  to.node("Transpose", [images], { perm: { ints: [0, 2, 3, 1] } });

/**
 * Adds the node that lays channels before rows.
 *
 * @param images Name of a tensor `[n, h, w, c]`.
 * @param to Where it is lowered to.
 * @returns Name of `[n, c, h, w]`.
 */
export const channelsSecond = (images: string, to: Lowering): string =>
  to.node("Transpose", [images], { perm: { ints: [0, 3, 1, 2] } });
