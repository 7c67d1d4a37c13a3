/**
 * Which part of one image agrees best with which part of another.
 *
 * @module
 */
import { type OptionError, row } from "@deepcluster/core";
import type { Image } from "@deepcluster/data";
import { Effect } from "effect";
import type { Box } from "../descriptors/crop_image.ts";
import type { DescribeError } from "../descriptors/descriptor.ts";
import {
  cornersOf,
  type ImageRegions,
  type RmacDescriptor,
} from "./rmac_descriptor.ts";

/** An image, or a rectangle of it. */
export interface Part {
  /** The image. */
  readonly image: Image;
  /** Default: all of the image. */
  readonly box?: Box;
}

/** A pair of regions. */
export interface RegionPair {
  /** Dot product of their vectors, from -1 to 1. */
  readonly score: number;
  /** The region of the first image, in its pixels. */
  readonly a: Box;
  /** The region of the second image, in its pixels. */
  readonly b: Box;
}

/**
 * Finds the two regions of two images that are most alike.
 *
 * Regions that span all of an image, as those of the first level do, are most
 * alike nearly always and say nothing of where: only smaller ones count, but
 * all of a rectangle.
 *
 * @param descriptor Of the network.
 * @param first One image, or a rectangle of it.
 * @param second The other.
 * @returns The pair, the earlier regions where pairs are equal; or the errors
 * of the descriptor.
 */
export const bestRegions: (
  descriptor: Pick<RmacDescriptor, "regions">,
  first: Part,
  second: Part,
) => Effect.Effect<RegionPair, DescribeError | OptionError> = Effect.fn(
  "bestRegions",
)(function* (descriptor, first, second) {
  const regionsOf = (part: Part) =>
    Effect.map(
      descriptor.regions(part.image, part.box && cornersOf(part.box)),
      (regions) => ({ ...regions, ranks: ranksOf(regions, part) }),
    );
  return bestPair(yield* regionsOf(first), yield* regionsOf(second));
});

/** Regions that count, and all where none is smaller than the image. */
const ranksOf = (
  { boxes }: ImageRegions,
  { image, box }: Part,
): readonly number[] => {
  const all = [...boxes.keys()];
  if (box !== undefined) return all;
  const smaller = all.filter((i) =>
    boxes[i]!.width < image.width && boxes[i]!.height < image.height
  );
  return smaller.length === 0 ? all : smaller;
};

/** Regions, and which of them count. */
interface Candidates extends ImageRegions {
  readonly ranks: readonly number[];
}

const bestPair = (a: Candidates, b: Candidates): RegionPair => {
  let best = { score: -Infinity, i: 0, j: 0 };
  for (const i of a.ranks) {
    for (const j of b.ranks) {
      const other = row(b.vectors, j);
      const score = row(a.vectors, i)
        .reduce((sum, value, k) => sum + value * other[k]!, 0);
      if (score > best.score) best = { score, i, j };
    }
  }
  return { score: best.score, a: a.boxes[best.i]!, b: b.boxes[best.j]! };
};
