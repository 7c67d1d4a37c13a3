/**
 * Kernels of matrix products, of convolution and of its gradients, each
 * visiting every product of two numbers that the definition names.
 *
 * @module
 */
import { type Shape, sizeOf } from "@deepcluster/core";
import type { Convolution } from "../value.ts";
import type { Kernel, Kernels, Numbers } from "./kernel.ts";

const multiplyMatrices: Kernel<"matmul"> = (
  [a, b],
  [m, n],
  { transposeA, transposeB },
) => {
  const k = a!.shape[transposeA ? 0 : 1]!;
  return Float64Array.from({ length: m! * n! }, (_, at) => {
    const [row, column] = [Math.floor(at / n!), at % n!];
    let total = 0;
    for (let i = 0; i < k; i++) {
      total += a!.data[transposeA ? i * m! + row : row * k + i]! *
        b!.data[transposeB ? column * k + i : i * n! + column]!;
    }
    return total;
  });
};

/** The nearest whole numbers of so many bits, ties to the even ones. */
const rounded = ({ shape, data }: Numbers, bits: number): Numbers => ({
  shape,
  data: data.map((value) => {
    const whole = Math.round(value);
    const even = whole - value === 0.5 && whole % 2 !== 0 ? whole - 1 : whole;
    return Math.min(2 ** (bits - 1) - 1, Math.max(-(2 ** (bits - 1)), even));
  }),
});

/** Kernels of matrix products, of convolution and of its gradients. */
export const productKernels: Kernels<
  | "matmul"
  | "coarseMatmul"
  | "convolution"
  | "convolutionInputGradient"
  | "convolutionFilterGradient"
> = {
  matmul: multiplyMatrices,
  coarseMatmul: ([a, b], shape, { bits }) =>
    multiplyMatrices(
      [rounded(a!, bits), rounded(b!, 8)],
      shape,
      { type: "matmul", transposeA: false, transposeB: false },
    ),
  convolution: ([x, filter], shape, { geometry }) => {
    const y = new Float64Array(sizeOf(shape));
    visitProducts(x!.shape, filter!.shape, shape, geometry, (xi, fi, yi) => {
      y[yi]! += x!.data[xi]! * filter!.data[fi]!;
    });
    return y;
  },
  convolutionInputGradient: ([filter, dy], shape, { geometry }) => {
    const dx = new Float64Array(sizeOf(shape));
    visitProducts(shape, filter!.shape, dy!.shape, geometry, (xi, fi, yi) => {
      dx[xi]! += dy!.data[yi]! * filter!.data[fi]!;
    });
    return dx;
  },
  convolutionFilterGradient: ([x, dy], shape, { geometry }) => {
    const df = new Float64Array(sizeOf(shape));
    visitProducts(x!.shape, shape, dy!.shape, geometry, (xi, fi, yi) => {
      df[fi]! += dy!.data[yi]! * x!.data[xi]!;
    });
    return df;
  },
};

/** Calls `visit` for every image, filter and result element that meet. */
const visitProducts = (
  [n, c, h, w]: Shape,
  [f, groupChannels, kernelHeight, kernelWidth]: Shape,
  [, , resultHeight, resultWidth]: Shape,
  geometry: Convolution,
  visit: (x: number, filter: number, y: number) => void,
): void => {
  const rows = meetingsOf(h!, kernelHeight!, resultHeight!, geometry, 0);
  const columns = meetingsOf(w!, kernelWidth!, resultWidth!, geometry, 1);
  for (let image = 0; image < n!; image++) {
    for (let out = 0; out < f!; out++) {
      const group = Math.floor(out / (f! / geometry.groups));
      for (let channel = 0; channel < groupChannels!; channel++) {
        const plane = (image * c! + group * groupChannels! + channel) * h!;
        const filterPlane = (out * groupChannels! + channel) * kernelHeight!;
        const resultPlane = (image * f! + out) * resultHeight!;
        for (const [y, ky, oy] of rows) {
          for (const [x, kx, ox] of columns) {
            visit(
              (plane + y) * w! + x,
              (filterPlane + ky) * kernelWidth! + kx,
              (resultPlane + oy) * resultWidth! + ox,
            );
          }
        }
      }
    }
  }
};

/** Along one axis: positions of image, filter and result that meet. */
const meetingsOf = (
  size: number,
  kernel: number,
  result: number,
  { stride, padding, dilation }: Convolution,
  axis: 0 | 1,
): readonly (readonly [number, number, number])[] => {
  const meetings: [number, number, number][] = [];
  for (let out = 0; out < result; out++) {
    for (let offset = 0; offset < kernel; offset++) {
      const at = out * stride[axis] + offset * dilation[axis] - padding[axis];
      if (at >= 0 && at < size) meetings.push([at, offset, out]);
    }
  }
  return meetings;
};
