/**
 * Search in plain loops: what exact search means.
 *
 * @module
 */
import type { Matrix } from "@deepcluster/core";
import { dot } from "./dot.ts";
import { keepNearest, type NearestRows, noRows } from "./nearest_rows.ts";

/**
 * Compares every query with every row.
 *
 * @param rows `[n, d]`.
 * @param queries `[m, d]`.
 * @param top How many results each query has at most.
 * @returns The rows of highest dot product, of equal ones the lower first.
 */
export const searchReference = (
  rows: Matrix,
  queries: Matrix,
  top: number,
): readonly NearestRows[] =>
  Array.from({ length: queries.rows }, (_, q) => {
    const { columns: d } = rows;
    const nearest = noRows(Math.min(top, rows.rows));
    for (let i = 0; i < rows.rows; i++) {
      keepNearest(nearest, i, dot(queries.data, q * d, rows.data, i * d, d));
    }
    return nearest;
  });
