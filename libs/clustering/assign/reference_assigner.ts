/**
 * The E-step of k-means as plain loops in double precision: slow and obviously
 * right.
 *
 * @module
 */
import type { Matrix } from "@deepcluster/core";
import { Effect } from "effect";
import type { Assign, Assignment } from "./assignment.ts";
import { squaredDistance } from "./distances.ts";

/**
 * Prepares plain loops over all points and centroids.
 *
 * O(n * k * d) time for each assignment.
 *
 * @param points `[n, d]`.
 * @returns Assigns the points.
 */
export const referenceAssign = (points: Matrix): Assign => (centroids) =>
  Effect.sync(() => nearest(points, centroids));

const nearest = (points: Matrix, centroids: Matrix): Assignment => {
  const assignments = new Int32Array(points.rows);
  const distances = new Float64Array(points.rows);
  for (let i = 0; i < points.rows; i++) {
    let min = Infinity;
    for (let c = 0; c < centroids.rows; c++) {
      const distance = squaredDistance(points, i, centroids, c);
      if (distance < min) {
        min = distance;
        assignments[i] = c;
      }
    }
    distances[i] = min;
  }
  return { assignments, distances };
};
