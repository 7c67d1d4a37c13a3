/**
 * A rectangle as it is typed.
 *
 * @module
 */
import type { Box } from "@deepcluster/retrieval";
import { Option } from "effect";
import { Flag } from "effect/cli";

/** `--box 40,30,200,180`. */
export const boxFlag: Flag.Flag<Box> = Flag.String("box").pipe(
  Flag.withMetavar("X,Y,WIDTH,HEIGHT"),
  Flag.filterMap(
    (text) => Option.fromUndefinedOr(boxOf(text)),
    () =>
      "four whole numbers x,y,width,height with commas between; x and y at " +
      "least 0, width and height at least 1",
  ),
);

const boxOf = (text: string): Box | undefined => {
  const parts = text.split(",").map((part) => part.trim());
  if (parts.length !== 4 || !parts.every((part) => /^\d+$/.test(part))) {
    return undefined;
  }
  const [x, y, width, height] = parts.map(Number) as [
    number,
    number,
    number,
    number,
  ];
  return width >= 1 && height >= 1 ? { x, y, width, height } : undefined;
};
