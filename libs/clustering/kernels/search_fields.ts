/**
 * What a search reads and writes, as fields in the memory of its kernel, and
 * the variables that its parts share.
 *
 * @module
 */
import {
  type Declare,
  f64,
  i32,
  type Local,
  type Statement,
  type Variables,
} from "@deepcluster/core/wasm";

/** Integers and addresses of a search, four bytes each. */
export const wordFields = [
  // Of the points of a block, by row.
  "points",
  "inverseScales",
  "norms",
  "quantizationErrors",
  "assignments",
  "distances",
  "lowerBounds",
  // Which rows the products belong to, and the products.
  "rows",
  "products",
  // Of the centroids.
  "d",
  "centroids",
  "groups",
  "groupSize",
  "columns",
  "centroidOfColumn",
  "biases",
  "hasDuplicates",
  "partial",
  // Of groups of centroids.
  "scales",
  "minBiases",
  "maxBiases",
  "maxNorms",
  "errorsByNorm",
  // Scratch.
  "maxima",
  "errorBounds",
  "upperBounds",
  "passingGroups",
  "candidates",
  "candidateBounds",
  // The result.
  "computed",
] as const;

/** Doubles of a search, which follow the words. */
export const doubleFields = ["maxNorm", "sumRounding"] as const;

/** Where the doubles begin, in bytes. */
export const doublesAt: number = 8 * Math.ceil(wordFields.length / 2);

/** Bytes of all fields. */
export const fieldsBytes: number = doublesAt + 8 * doubleFields.length;

/** The fields as variables. */
export type Fields =
  & Variables<Readonly<Record<typeof wordFields[number], "i32">>>
  & Variables<Readonly<Record<typeof doubleFields[number], "f64">>>;

/** Variables of the point that is searched. */
export type PointVariables = Variables<{
  /** Its row in the block. */
  readonly i: "i32";
  /** Address of its products. */
  readonly product: "i32";
  /** A code times this is a component. */
  readonly scale: "f64";
  readonly norm: "f64";
  readonly quantizationError: "f64";
  /** The part of the error bounds that is the same for all groups. */
  readonly sumError: "f64";
  /** Its norm squared, or slightly less. */
  readonly squaredNorm: "f64";
  /** The best score is at least this. */
  readonly bestLowerBound: "f64";
  /** No score of a discarded centroid is above this. */
  readonly discardedUpperBound: "f64";
  /** Number of candidates. */
  readonly candidateCount: "i32";
}>;

/** What the parts of a search work with. */
export interface SearchParts {
  readonly declare: Declare;
  readonly fields: Fields;
  readonly point: PointVariables;
  /** The type of the products. */
  readonly products: "int32" | "float32";
}

/**
 * Declares the fields as variables, and loads them.
 *
 * @param declare Of the function.
 * @param address Address of the fields.
 * @returns The variables and the statements that load them.
 */
export const loadFields = (
  declare: Declare,
  address: Local<"i32">,
): { readonly fields: Fields; readonly load: readonly Statement[] } => {
  const words = declare(
    Object.fromEntries(wordFields.map((name) => [name, "i32"])) as Record<
      typeof wordFields[number],
      "i32"
    >,
  );
  const doubles = declare(
    Object.fromEntries(doubleFields.map((name) => [name, "f64"])) as Record<
      typeof doubleFields[number],
      "f64"
    >,
  );
  return {
    fields: { ...words, ...doubles },
    load: [
      ...wordFields.map((name, i) => words[name].set(i32.load(address, 4 * i))),
      ...doubleFields.map((name, i) =>
        doubles[name].set(f64.load(address, doublesAt + 8 * i))
      ),
    ],
  };
};
