/**
 * Laying out a graph in the plane, pass by pass: joined points attract each
 * other, others repel each other.
 *
 * Reference: L. McInnes, J. Healy and J. Melville, "UMAP: Uniform Manifold
 * Approximation and Projection for Dimension Reduction", 2018, algorithm 5; in
 * the order and with the roundings of umap-js 1.4.0.
 *
 * @module
 */
import type { FuzzyGraph } from "./fuzzy_graph.ts";

/**
 * How strongly points at a distance d are joined, `1 / (1 + a d^(2 b))`: the
 * curve of a smallest distance of 0.1, as umap-js fits it (umap-learn: 1.577
 * and 0.895).
 */
const a = 1.5694704762346365;
const b = 0.8941996053733949;

/** Repulsions for each attraction. */
const negatives = 5;

/** How {@link startLayout} begins. */
export interface LayoutOptions {
  /** Passes that there will be. */
  readonly epochs: number;
  /** Draws from [0, 1): the start and which points repel each other. */
  readonly uniform: () => number;
}

/** A layout under way. */
export interface Layout {
  /** `[n, 2]`, changed by each pass. */
  readonly positions: Float64Array;
  /** Makes a pass, counted from 0. */
  readonly step: (pass: number) => void;
}

/**
 * Draws random positions, to be improved by passes.
 *
 * @param graph Which points attract each other.
 * @param n Number of points.
 * @param options See {@link LayoutOptions}.
 * @returns The layout.
 */
export const startLayout = (
  graph: FuzzyGraph,
  n: number,
  { epochs, uniform }: LayoutOptions,
): Layout => {
  const schedule = scheduleOf(graph, epochs);
  const positions = Float64Array.from(
    { length: 2 * n },
    () => uniform() * 20 - 10,
  );
  return {
    positions,
    step: (pass) => {
      const rate = pass === 0 ? 1 : 1 - (pass - 1) / epochs;
      move(positions, schedule, pass, rate, uniform);
    },
  };
};

/** When pairs are moved; arrays have an element for each pair. */
interface Schedule {
  /** The point that repels others as well. */
  readonly heads: Int32Array;
  readonly tails: Int32Array;
  /** Passes between two moves, the fewer the stronger the pair. */
  readonly intervals: Float64Array;
  /** Pass of the next move. */
  readonly next: Float64Array;
  /** Pass of the next repulsion. */
  readonly nextNegative: Float64Array;
}

/** Pairs too weak to be moved once are left out. */
const scheduleOf = (
  { rows, columns, weights }: FuzzyGraph,
  epochs: number,
): Schedule => {
  let most = 0;
  for (const weight of weights) most = Math.max(most, weight);
  const kept = Int32Array.from(weights.keys())
    .filter((pair) => weights[pair]! >= most / epochs);
  const intervals = Float64Array.from(
    kept,
    (pair) => epochs / (weights[pair]! / most * epochs),
  );
  return {
    heads: kept.map((pair) => columns[pair]!),
    tails: kept.map((pair) => rows[pair]!),
    intervals,
    next: intervals.slice(),
    nextNegative: intervals.map((interval) => interval / negatives),
  };
};

/** Makes a pass over all pairs whose turn it is. */
const move = (
  at: Float64Array,
  { heads, tails, intervals, next, nextNegative }: Schedule,
  pass: number,
  rate: number,
  uniform: () => number,
): void => {
  const n = at.length / 2;
  for (let pair = 0; pair < intervals.length; pair++) {
    if (next[pair]! > pass) continue;
    const head = 2 * heads[pair]!;
    const tail = 2 * tails[pair]!;
    let x = at[head]!;
    let y = at[head + 1]!;
    const dx = x - at[tail]!;
    const dy = y - at[tail + 1]!;
    const pull = attraction(dx * dx + dy * dy);
    const byX = clip(pull * dx);
    const byY = clip(pull * dy);
    x += byX * rate;
    y += byY * rate;
    at[tail]! += -byX * rate;
    at[tail + 1]! += -byY * rate;
    const interval = intervals[pair]!;
    next[pair]! += interval;
    const negative = interval / negatives;
    const count = Math.floor((pass - nextNegative[pair]!) / negative);
    for (let i = 0; i < count; i++) {
      const other = 2 * Math.floor(uniform() * n);
      if (other === head) continue;
      const fromX = x - at[other]!;
      const fromY = y - at[other + 1]!;
      const push = repulsion(fromX * fromX + fromY * fromY);
      x += (push > 0 ? clip(push * fromX) : 4) * rate;
      y += (push > 0 ? clip(push * fromY) : 4) * rate;
    }
    at[head] = x;
    at[head + 1] = y;
    nextNegative[pair]! += count * negative;
  }
};

const attraction = (square: number): number =>
  square > 0
    ? -2 * a * b * Math.pow(square, b - 1) / (a * Math.pow(square, b) + 1)
    : 0;

const repulsion = (square: number): number =>
  square > 0 ? 2 * b / ((0.001 + square) * (a * Math.pow(square, b) + 1)) : 0;

const clip = (value: number): number => value > 4 ? 4 : value < -4 ? -4 : value;
