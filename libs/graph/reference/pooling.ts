/**
 * Kernels of the poolings and of their gradients.
 *
 * @module
 */
import { type Shape, sizeOf } from "@deepcluster/core";
import type { Pooling } from "../value.ts";
import type { Kernels, Numbers } from "./kernel.ts";

/** Kernels of the poolings and of their gradients. */
export const poolingKernels: Kernels<
  "maxPool" | "averagePool" | "maxPoolGradient" | "averagePoolGradient"
> = {
  maxPool: ([x], shape, { geometry }) =>
    Float64Array.from(maxima(x!, shape, geometry), (at) => x!.data[at]!),
  averagePool: ([x], shape, { geometry }) => {
    const area = geometry.kernel[0] * geometry.kernel[1];
    const y = new Float64Array(sizeOf(shape));
    visitWindows(x!.shape, shape, geometry, (xi, yi) => {
      y[yi]! += x!.data[xi]! / area;
    });
    return y;
  },
  maxPoolGradient: ([x, dy], shape, { geometry }) => {
    const dx = new Float64Array(sizeOf(shape));
    maxima(x!, dy!.shape, geometry)
      .forEach((at, yi) => dx[at]! += dy!.data[yi]!);
    return dx;
  },
  averagePoolGradient: ([dy], shape, { geometry }) => {
    const area = geometry.kernel[0] * geometry.kernel[1];
    const dx = new Float64Array(sizeOf(shape));
    visitWindows(shape, dy!.shape, geometry, (xi, yi) => {
      dx[xi]! += dy!.data[yi]! / area;
    });
    return dx;
  },
};

/** Position of the first maximum of every window; NaN is above all. */
const maxima = (x: Numbers, shape: Shape, geometry: Pooling): Int32Array => {
  const best = new Float64Array(sizeOf(shape)).fill(-Infinity);
  const where = new Int32Array(sizeOf(shape)).fill(-1);
  visitWindows(x.shape, shape, geometry, (xi, yi) => {
    const candidate = x.data[xi]!;
    if (where[yi] === -1 || candidate > best[yi]! || Number.isNaN(candidate)) {
      best[yi] = candidate;
      where[yi] = xi;
    }
  });
  return where;
};

/** Calls `visit` for every image element of every window, row by row. */
const visitWindows = (
  [n, c, h, w]: Shape,
  [, , resultHeight, resultWidth]: Shape,
  { kernel, stride, padding }: Pooling,
  visit: (x: number, y: number) => void,
): void => {
  for (let plane = 0; plane < n! * c!; plane++) {
    for (let oy = 0; oy < resultHeight!; oy++) {
      for (let ox = 0; ox < resultWidth!; ox++) {
        const result = (plane * resultHeight! + oy) * resultWidth! + ox;
        const [top, left] = [
          oy * stride[0] - padding[0],
          ox * stride[1] - padding[1],
        ];
        for (let y = top; y < top + kernel[0]; y++) {
          for (let x = left; x < left + kernel[1]; x++) {
            if (y < 0 || y >= h! || x < 0 || x >= w!) continue;
            visit((plane * h! + y) * w! + x, result);
          }
        }
      }
    }
  }
};
