/**
 * A pass of a network over all images of a set, in their order.
 *
 * Paper: section 3.2: features are computed in evaluation mode on the centre
 * crop of every image, before each clustering.
 *
 * @module
 */
import type { Progress, Tensors } from "@deepcluster/core";
import type { Backend } from "@deepcluster/gpu-backend";
import type { BuildError } from "@deepcluster/graph";
import { featuresGraph, type Network } from "@deepcluster/models";
import type { RowFile } from "@deepcluster/storage";
import { Effect } from "effect";
import {
  type ExtractOptions,
  extractOutputs,
  type ExtractOutputsError,
} from "./extract_outputs.ts";
import type { ImagePass } from "./image_pass.ts";
import { compileOutputs, type CompileOutputsError } from "./outputs_program.ts";

/**
 * Computes the features of all images and appends them to a file.
 *
 * Goes on where the file ends, as {@link extractOutputs} says: give each pass
 * its own file.
 *
 * @param network The network.
 * @param parameters A tensor for every parameter of the network; others are
 * ignored.
 * @param images See {@link ImagePass}.
 * @param file Where the features go, with `network.featureSize` columns;
 * complete and synced at the end.
 * @param options See {@link ExtractOptions}.
 * @returns Nothing, or the errors of {@link extractOutputs}, or `ShapeError`
 * when the batch is no positive integer.
 */
export const extract: <E, R>(
  network: Network,
  parameters: Tensors,
  images: ImagePass<E, R>,
  file: RowFile,
  options?: ExtractOptions,
) => Effect.Effect<
  void,
  ExtractOutputsError | CompileOutputsError | BuildError | E,
  R | Backend | Progress
> = Effect.fn("extract")(function* <E, R>(
  network: Network,
  parameters: Tensors,
  images: ImagePass<E, R>,
  file: RowFile,
  options: ExtractOptions = {},
) {
  const graph = yield* featuresGraph(network, images.batch).pipe(
    // Only layer outputs can be unknown, and there are none.
    Effect.catchTags({ UnknownLayerError: Effect.die }),
  );
  const files = { features: file };
  const compile = compileOutputs(graph, parameters, images.batch);
  yield* extractOutputs(compile, images, files, options);
});
