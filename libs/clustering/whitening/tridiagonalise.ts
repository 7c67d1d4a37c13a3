/**
 * A symmetric matrix as a tridiagonal one: Householder reflections, and their
 * product.
 *
 * Reference: EISPACK's `tred2`, as in JAMA; see `symmetric_eigenproblem.ts`.
 *
 * @module
 */

/**
 * Reduces a matrix by Householder reflections.
 *
 * @param v `[n, n]`: row `j` is column `j` of the matrix; gets the reflections.
 * @param n Rows and columns, at least 1.
 * @param d `[n]`: gets what scales the reflections.
 * @param e `[n]`: gets the elements beside the diagonal, from `e[1]` on.
 */
export const tridiagonalise = (
  v: Float64Array,
  n: number,
  d: Float64Array,
  e: Float64Array,
): void => {
  for (let j = 0; j < n; j++) d[j] = v[j * n + n - 1]!;
  for (let i = n - 1; i > 0; i--) {
    let scale = 0;
    for (let k = 0; k < i; k++) scale += Math.abs(d[k]!);
    if (scale === 0) {
      e[i] = d[i - 1]!;
      for (let j = 0; j < i; j++) {
        d[j] = v[j * n + i - 1]!;
        v[j * n + i] = 0;
        v[i * n + j] = 0;
      }
      d[i] = 0;
      continue;
    }
    let h = 0;
    for (let k = 0; k < i; k++) {
      d[k]! /= scale;
      h += d[k]! * d[k]!;
    }
    const last = d[i - 1]!;
    const g = last > 0 ? -Math.sqrt(h) : Math.sqrt(h);
    e[i] = scale * g;
    h -= last * g;
    d[i - 1] = last - g;
    reflect(v, n, i, d, e, h);
    d[i] = h;
  }
};

/** Applies the reflection of a step to the rows and columns above it. */
const reflect = (
  v: Float64Array,
  n: number,
  i: number,
  d: Float64Array,
  e: Float64Array,
  h: number,
): void => {
  e.fill(0, 0, i);
  for (let j = 0; j < i; j++) {
    const row = j * n;
    const f = d[j]!;
    v[i * n + j] = f;
    let g = e[j]! + v[row + j]! * f;
    for (let k = j + 1; k < i; k++) {
      const value = v[row + k]!;
      g += value * d[k]!;
      e[k]! += value * f;
    }
    e[j] = g;
  }
  let f = 0;
  for (let j = 0; j < i; j++) {
    e[j]! /= h;
    f += e[j]! * d[j]!;
  }
  const half = f / (h + h);
  for (let j = 0; j < i; j++) e[j]! -= half * d[j]!;
  for (let j = 0; j < i; j++) {
    const row = j * n;
    const f = d[j]!;
    const g = e[j]!;
    for (let k = j; k < i; k++) v[row + k]! -= f * e[k]! + g * d[k]!;
    d[j] = v[row + i - 1]!;
    v[row + i] = 0;
  }
};

/**
 * Multiplies the reflections. Sums of four rows run side by side.
 *
 * @param v `[n, n]`: the reflections; gets their product.
 * @param n Rows and columns, at least 1.
 * @param d `[n]`: what scales the reflections; gets the diagonal.
 */
export const accumulate = (
  v: Float64Array,
  n: number,
  d: Float64Array,
): void => {
  for (let i = 0; i < n - 1; i++) {
    const next = (i + 1) * n;
    v[i * n + n - 1] = v[i * n + i]!;
    v[i * n + i] = 1;
    const h = d[i + 1]!;
    if (h !== 0) {
      for (let k = 0; k <= i; k++) d[k] = v[next + k]! / h;
      let j = 0;
      for (; j + 3 <= i; j += 4) projectFour(v, n, j * n, next, i, d);
      for (; j <= i; j++) {
        const row = j * n;
        let g = 0;
        for (let k = 0; k <= i; k++) g += v[next + k]! * v[row + k]!;
        for (let k = 0; k <= i; k++) v[row + k]! -= g * d[k]!;
      }
    }
    v.fill(0, next, next + i + 1);
  }
  for (let j = 0; j < n; j++) {
    d[j] = v[j * n + n - 1]!;
    v[j * n + n - 1] = 0;
  }
  v[n * n - 1] = 1;
};

const projectFour = (
  v: Float64Array,
  n: number,
  a: number,
  next: number,
  i: number,
  d: Float64Array,
): void => {
  const b = a + n;
  const c = b + n;
  const e = c + n;
  let [ga, gb, gc, ge] = [0, 0, 0, 0];
  for (let k = 0; k <= i; k++) {
    const value = v[next + k]!;
    ga += value * v[a + k]!;
    gb += value * v[b + k]!;
    gc += value * v[c + k]!;
    ge += value * v[e + k]!;
  }
  for (let k = 0; k <= i; k++) {
    const value = d[k]!;
    v[a + k]! -= ga * value;
    v[b + k]! -= gb * value;
    v[c + k]! -= gc * value;
    v[e + k]! -= ge * value;
  }
};
