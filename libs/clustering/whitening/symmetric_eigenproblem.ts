/**
 * All eigenvalues and eigenvectors of a symmetric matrix, in double.
 *
 * Householder reduction to a tridiagonal matrix, then QL iterations with
 * implicit shifts. The sums of ml-matrix 6.15.1 in the same order, so the same
 * bits, on a typed array: its `get` and `set` took half of the time.
 *
 * Reference: EISPACK's `tred2` and `tql2`, as in JAMA.
 *
 * @module
 */

/** Eigenvalues and eigenvectors, ascending. */
export interface SymmetricEigenpairs {
  /** `[n]`. */
  readonly values: Float64Array;
  /** `[n, n]`, row-major: each row an eigenvector of length 1. */
  readonly vectors: Float64Array;
}

/**
 * Solves a symmetric eigenproblem.
 *
 * O(n³) time; the same bits at each call.
 *
 * @param matrix `[n, n]`, symmetric; written over.
 * @param n Rows and columns, at least 1.
 * @returns All n eigenpairs; `vectors` is the memory of `matrix`.
 */
export const solveSymmetric = (
  matrix: Float64Array,
  n: number,
): SymmetricEigenpairs => {
  const values = new Float64Array(n);
  const beside = new Float64Array(n);
  tridiagonalise(matrix, n, values, beside);
  accumulate(matrix, n, values);
  beside.copyWithin(0, 1);
  beside[n - 1] = 0;
  diagonalise({
    vectors: matrix,
    n,
    values,
    beside,
    sines: new Float64Array(n),
    cosines: new Float64Array(n),
  });
  sortAscending(matrix, n, values);
  return { values, vectors: matrix };
};

/** A tridiagonal problem on its way to a diagonal one. */
interface Problem {
  /** `[n, n]`, the rotations of before multiplied. */
  readonly vectors: Float64Array;
  readonly n: number;
  /** The diagonal, and the elements beside it. */
  readonly values: Float64Array;
  readonly beside: Float64Array;
  /** Rotations of one iteration. */
  readonly sines: Float64Array;
  readonly cosines: Float64Array;
}

/**
 * Reduces a matrix by Householder reflections. Row `j` of `v` is column `j` of
 * the matrix; the reflections stay there, the elements beside the diagonal in
 * `e[1…]`, and what scales the reflections in `d`.
 */
const tridiagonalise = (
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

/** Multiplies the reflections. Sums of four rows run side by side. */
const accumulate = (v: Float64Array, n: number, d: Float64Array): void => {
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

/** QL iterations with implicit shifts, which rotate the rows of `v`. */
const diagonalise = (problem: Problem): void => {
  const { n, values: d, beside: e } = problem;
  let shift = 0;
  let largest = 0;
  for (let l = 0; l < n; l++) {
    largest = Math.max(largest, Math.abs(d[l]!) + Math.abs(e[l]!));
    const negligible = Number.EPSILON * largest;
    let m = l;
    while (m < n && !(Math.abs(e[m]!) <= negligible)) m++;
    if (m > l) {
      do shift += iterate(problem, l, m); while (Math.abs(e[l]!) > negligible);
    }
    d[l]! += shift;
    e[l] = 0;
  }
};

/** One QL iteration on rows `l` to `m`; returns its shift. */
const iterate = (problem: Problem, l: number, m: number): number => {
  const { n, values: d, beside: e, sines, cosines } = problem;
  const before = d[l]!;
  const ratio = (d[l + 1]! - before) / (2 * e[l]!);
  const root = hypotenuse(ratio, 1);
  const divisor = ratio + (ratio < 0 ? -root : root);
  d[l] = e[l]! / divisor;
  d[l + 1] = e[l]! * divisor;
  const following = d[l + 1]!;
  const shift = before - d[l]!;
  for (let i = l + 2; i < n; i++) d[i]! -= shift;
  const beside = e[l + 1]!;
  let p = d[m]!;
  let [c, c2, c3] = [1, 1, 1];
  let [s, s2] = [0, 0];
  for (let i = m - 1; i >= l; i--) {
    c3 = c2;
    c2 = c;
    s2 = s;
    const g = c * e[i]!;
    const h = c * p;
    const r = hypotenuse(p, e[i]!);
    e[i + 1] = s * r;
    s = e[i]! / r;
    c = p / r;
    p = c * d[i]! - s * g;
    d[i + 1] = h + s * (c * g + s * d[i]!);
    sines[i] = s;
    cosines[i] = c;
  }
  rotateRows(problem, l, m);
  p = (-s * s2 * c3 * beside * e[l]!) / following;
  e[l] = s * p;
  d[l] = c * p;
  return shift;
};

/**
 * Rotates rows `m - 1` and `m`, then `m - 2` and `m - 1`, … to `l` and `l + 1`,
 * three rotations in one pass, so that rows between them are read once.
 */
const rotateRows = (
  { vectors: v, n, sines, cosines }: Problem,
  l: number,
  m: number,
): void => {
  let i = m - 1;
  for (; i - 2 >= l; i -= 3) {
    const [s1, s2, s3] = [sines[i]!, sines[i - 1]!, sines[i - 2]!];
    const [c1, c2, c3] = [cosines[i]!, cosines[i - 1]!, cosines[i - 2]!];
    const first = v.subarray((i - 2) * n, (i - 1) * n);
    const second = v.subarray((i - 1) * n, i * n);
    const third = v.subarray(i * n, (i + 1) * n);
    const last = v.subarray((i + 1) * n, (i + 2) * n);
    for (let k = 0; k < n; k++) {
      const at4 = last[k]!;
      const at3 = third[k]!;
      const at2 = second[k]!;
      const at1 = first[k]!;
      last[k] = s1 * at3 + c1 * at4;
      const turned3 = c1 * at3 - s1 * at4;
      third[k] = s2 * at2 + c2 * turned3;
      const turned2 = c2 * at2 - s2 * turned3;
      second[k] = s3 * at1 + c3 * turned2;
      first[k] = c3 * at1 - s3 * turned2;
    }
  }
  for (; i >= l; i--) {
    const [s, c] = [sines[i]!, cosines[i]!];
    for (let k = i * n; k < (i + 1) * n; k++) {
      const next = v[k + n]!;
      const value = v[k]!;
      v[k + n] = s * value + c * next;
      v[k] = c * value - s * next;
    }
  }
};

/** Sorts as `tql2` does: equal values keep the order of its exchanges. */
const sortAscending = (v: Float64Array, n: number, d: Float64Array): void => {
  for (let i = 0; i < n - 1; i++) {
    let least = i;
    for (let j = i + 1; j < n; j++) if (d[j]! < d[least]!) least = j;
    if (least === i) continue;
    [d[i], d[least]] = [d[least]!, d[i]!];
    const row = v.slice(i * n, (i + 1) * n);
    v.copyWithin(i * n, least * n, (least + 1) * n);
    v.set(row, least * n);
  }
};

/** Length of a vector of two, without overflow. */
const hypotenuse = (a: number, b: number): number => {
  if (Math.abs(a) > Math.abs(b)) {
    const r = b / a;
    return Math.abs(a) * Math.sqrt(1 + r * r);
  }
  if (b === 0) return 0;
  const r = a / b;
  return Math.abs(b) * Math.sqrt(1 + r * r);
};
