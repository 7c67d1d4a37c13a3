/**
 * Eigenvalues and eigenvectors of a tridiagonal matrix.
 *
 * Reference: EISPACK's `tql2`, as in JAMA; see `symmetric_eigenproblem.ts`.
 *
 * @module
 */

/** A tridiagonal problem on its way to a diagonal one. */
export interface TridiagonalProblem {
  /** `[n, n]`, the rotations of before multiplied. */
  readonly vectors: Float64Array;
  /** Rows and columns. */
  readonly n: number;
  /** `[n]`: the diagonal; gets the eigenvalues. */
  readonly values: Float64Array;
  /** `[n]`: the elements beside it, then 0. */
  readonly beside: Float64Array;
  /** `[n]`: rotations of one iteration. */
  readonly sines: Float64Array;
  /** As many cosines. */
  readonly cosines: Float64Array;
}

/**
 * Finds eigenvalues by QL iterations with implicit shifts, which rotate the
 * vectors.
 *
 * @param problem Written over: `values` are then the eigenvalues, in no order,
 * and the rows of `vectors` their eigenvectors.
 */
export const diagonalise = (problem: TridiagonalProblem): void => {
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
const iterate = (problem: TridiagonalProblem, l: number, m: number): number => {
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
  { vectors: v, n, sines, cosines }: TridiagonalProblem,
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
