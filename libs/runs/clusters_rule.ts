/**
 * The rule that every cluster has an image: k-means starts from as many
 * distinct images as there are clusters.
 *
 * @module
 */
import { Effect } from "effect";
import type { RunConfiguration } from "./configuration.ts";
import { TooManyClustersError } from "./errors.ts";

/**
 * Requires at least as many images as clusters.
 *
 * @param configuration The run's settings.
 * @param images Number of images, `limit` applied.
 * @param unreadable How many of them cannot be read, as far as is known.
 * @returns Nothing, or `TooManyClustersError`.
 */
export const requireImages = (
  { clusters }: Pick<RunConfiguration, "clusters">,
  images: number,
  unreadable = 0,
): Effect.Effect<void, TooManyClustersError> =>
  clusters <= images - unreadable
    ? Effect.void
    : Effect.fail(new TooManyClustersError({ clusters, images, unreadable }));
