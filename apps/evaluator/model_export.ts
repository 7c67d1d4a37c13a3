/**
 * `model export MODEL --format onnx|safetensors --out FILE`: a model for other
 * programs.
 *
 * An ONNX model computes the features of one layer; how an image becomes its
 * input is in its `metadata_props`.
 *
 * @module
 */
import {
  encoderMetadata,
  type ModelFile,
  networkPreprocessing,
  onnxFeatures,
  writeModel,
} from "@deepcluster/model-io";
import {
  bothNames,
  featureLayer,
  layerNames,
  layerPath,
  outputShapes,
} from "@deepcluster/models";
import { writeDurably } from "@deepcluster/storage";
import { Effect, Option } from "effect";
import { ModelCommandError } from "./model_errors.ts";
import { openModel } from "./model_open.ts";
import { headFacts, outputPath, tellWritten } from "./model_output.ts";
import type { Values } from "./model_export_flags.ts";

/** Does what `export` was asked for. */
export const run = Effect.fnUntraced(
  function* ({ format, layer, batch, ...rest }: Values) {
    const { json, out, force, head, ...flags } = rest;
    const onnx = format === "onnx";
    yield* requireFlags(!onnx || !head, "--head", "safetensors");
    yield* requireFlags(onnx || Option.isNone(layer), "--layer", "onnx");
    yield* requireFlags(onnx || Option.isNone(batch), "--batch", "onnx");
    const path = yield* outputPath(out, force);
    const opened = yield* openModel(flags, { head });
    if (!onnx) {
      const written = yield* writeModel(path, opened);
      const facts = {
        network: opened.network.name,
        ...headFacts(opened, head, json),
      };
      return yield* tellWritten(path, written, facts, json);
    }
    const { network, tensors } = opened;
    const images = Option.getOrElse(batch, () => 1);
    const wanted = yield* layerPath(
      network,
      Option.getOrElse(layer, () => featureLayer(network)),
    );
    const bytes = yield* onnxFeatures(network, tensors, {
      layer: wanted,
      batch: images,
      metadata: metadataOf(opened, wanted),
    });
    const written = yield* writeDurably(path, bytes);
    const facts = {
      network: network.name,
      layer: json ? wanted : bothNames(layerNames(network), wanted),
      images: `[${images}, 3, ${network.input.size}, ${network.input.size}]`,
      features: `[${outputShapes(network, images)[wanted]!.join(", ")}]`,
    };
    yield* tellWritten(path, written, facts, json);
  },
);

const requireFlags = (
  holds: boolean,
  flag: string,
  format: string,
): Effect.Effect<void, ModelCommandError> =>
  holds ? Effect.void : Effect.fail(
    new ModelCommandError({
      action: "export a model",
      rule: `${flag} must go with --format ${format}`,
      found: "another format",
    }),
  );

/** How an image becomes the input, as the paper's pass over all images does. */
const metadataOf = (
  { network, origin }: ModelFile,
  layer: string,
): Readonly<Record<string, string>> => ({
  network: network.name,
  layer,
  origin,
  ...encoderMetadata(networkPreprocessing(network.input.size)),
  sobel: network.sobel ? "the model applies its Sobel filters itself" : "none",
  mode: "evaluation: running statistics, no dropout",
});
