/**
 * Distances of points to their own centroids.
 *
 * @module
 */
import { squaredDistance } from "./squared_distance.ts";
import {
  doubleWord,
  f64,
  i32,
  loopWhile,
  type WasmFunction,
  wasmFunction,
  word,
} from "@deepcluster/core/wasm";

/**
 * Makes the function that sets `distances[i]` for `count` indices `i` in `rows`
 * to the squared distance of point `i` to centroid `assignments[i]`.
 *
 * @returns The function; its parameters are addresses, a count and `d`.
 */
export const ownDistances = (): WasmFunction =>
  wasmFunction(
    {
      points: "i32",
      centroids: "i32",
      d: "i32",
      rows: "i32",
      count: "i32",
      assignments: "i32",
      distances: "i32",
    },
    (
      { points, centroids, d, rows, count, assignments, distances },
      declare,
    ) => {
      const { row, end, i, a, b, distance } = declare({
        row: "i32",
        end: "i32",
        i: "i32",
        a: "i32",
        b: "i32",
        distance: "f64",
      });
      return [
        row.set(rows),
        end.set(word(rows, count)),
        loopWhile(
          i32.lt(row, end),
          i.set(i32.load(row)),
          a.set(word(points, i32.mul(i, d))),
          b.set(
            word(centroids, i32.mul(i32.load(word(assignments, i)), d)),
          ),
          ...squaredDistance(declare, { a, b, d, distance }),
          f64.store(doubleWord(distances, i), distance),
          row.set(i32.add(row, 4)),
        ),
      ];
    },
  );
