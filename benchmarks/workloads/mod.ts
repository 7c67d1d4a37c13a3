/**
 * Inputs of the workloads, for `comparisons`: networks, random images, points
 * and vectors to search, and points of real images.
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
export { searchVectors } from "./search.ts";
