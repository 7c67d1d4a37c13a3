/**
 * Whether the values of parameters are ones that a network can compute with.
 *
 * @module
 */
import type { FloatTensor, Shape } from "@deepcluster/core";
import type { Role } from "@deepcluster/models/networks";

/** A rule that a parameter's values break. */
export interface Unsound {
  /** What must hold. */
  readonly rule: string;
  /** The parameter, how many values break it, and the first of them. */
  readonly found: string;
}

/**
 * Checks the values of a parameter: all finite, variances at least 0.
 *
 * O(n) time.
 *
 * @param name The parameter's, for the message.
 * @param role What it is for.
 * @param tensor Its values.
 * @returns The rule that they break, or `undefined`.
 */
export const unsound = (
  name: string,
  role: Role,
  tensor: FloatTensor,
): Unsound | undefined => {
  const broken = (rule: string, breaks: (value: number) => boolean) => {
    const { shape, data } = tensor;
    let first = 0;
    let count = 0;
    for (let i = 0; i < data.length; i++) {
      if (breaks(data[i]!) && count++ === 0) first = i;
    }
    if (count === 0) return undefined;
    const value = Number(data[first]!.toPrecision(6));
    const found = `${name} has ${count} of ${data.length} that are ` +
      `not, the first ${value} at ${indexOf(first, shape)}` +
      (Math.abs(value) === Infinity ? ", as a 32-bit float" : "");
    return { rule, found };
  };
  // `includes` looks much faster than the loop, which only words need.
  const { data } = tensor;
  const allFinite = ![NaN, Infinity, -Infinity].some((x) => data.includes(x));
  return (allFinite ? undefined : broken(
    "parameters must be finite",
    (x) => !Number.isFinite(x),
  )) ??
    (role === "runningVariance"
      ? broken("running variances must be at least 0", (x) => x < 0)
      : undefined);
};

/** Row-major, as PyTorch writes an index. */
const indexOf = (place: number, shape: Shape): string => {
  const index: number[] = [];
  for (const size of shape.toReversed()) {
    index.unshift(place % size);
    place = Math.floor(place / size);
  }
  return `[${index.join(", ")}]`;
};
