/**
 * Inputs of the workloads, for `comparisons`: networks, random images and
 * points, and points of real images.
 *
 * @module
 */
export { emojiPixels, emojiPoints, emojiSize } from "./emoji_points.ts";
export {
  networks,
  randomImages,
  randomPseudoLabels,
  seed,
} from "./networks.ts";
export { randomFeatures, type Structure, unitPoints } from "./points.ts";
