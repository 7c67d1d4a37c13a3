/**
 * Which tensors of a file can be parameters of a network.
 *
 * @module
 */
import { type Shape, sizeOf } from "@deepcluster/core";

/**
 * Whether a name is one under which only parameters make sense.
 *
 * @param name Any name.
 * @returns `true` when it ends as PyTorch's layers name theirs.
 */
export const isParameterName = (name: string): boolean =>
  /(^|\.)(weight|bias|running_mean|running_var)$/.test(name);

/**
 * Whether a tensor can be a parameter. Masks and counters, which hold other
 * than floating-point numbers, and tensors without values are none, unless
 * they have the name of one.
 *
 * @param name Its name.
 * @param shape Its shape.
 * @param isFloat Whether it holds floating-point numbers of any width.
 * @returns `true` when it can.
 */
export const canBeParameter = (
  name: string,
  shape: Shape,
  isFloat: boolean,
): boolean => (isFloat && sizeOf(shape) > 0) || isParameterName(name);
