/**
 * `model info MODEL`: which network a file holds, and the names and sizes of
 * its layers; of an ONNX file, what it is fed and computes.
 *
 * @module
 */
import { loadModule, sizeOf } from "@deepcluster/core";
import type { ModelFile } from "@deepcluster/model-io/model-file";
import { isOnnxFile } from "@deepcluster/model-io/onnx-file";
import {
  featureLayer,
  layerNames,
  layersOf,
  outputShapes,
} from "@deepcluster/models/networks";
import { kindOf } from "@deepcluster/storage";
import { fromHere } from "@deepcluster/terminal";
import { Console, Effect } from "effect";
import { openModel } from "./model_open.ts";
import { ignoredFacts } from "./model_output.ts";
import type { Values } from "./model_info_flags.ts";

/** Does what `info` was asked for. */
export const run = Effect.fnUntraced(function* ({ json, ...flags }: Values) {
  const path = fromHere(flags.model);
  if ((yield* kindOf(path)) === "file" && (yield* isOnnxFile(path))) {
    const { onnxFacts, onnxText } = yield* loadOnnx;
    const facts = yield* onnxFacts(path);
    yield* Console.log(json ? JSON.stringify(facts) : onnxText(facts));
    return;
  }
  const opened = yield* openModel(flags, { unsound: true });
  for (const problem of opened.problems) {
    yield* Effect.logWarning(
      `This model cannot be used as ${problem}`,
    );
  }
  const facts = factsOf(opened);
  yield* Console.log(json ? JSON.stringify(facts) : textOf(facts));
});

/** With the engine, which other models do without. */
const loadOnnx = loadModule<typeof import("./model_info_onnx.ts")>(
  new URL("./model_info_onnx.ts", import.meta.url),
);

/** What is known of a model, as `--json` prints it. */
const factsOf = (model: ModelFile) => {
  const { network, tensors, head, origin, sizes } = model;
  const shapes = outputShapes(network, 1);
  const names = layerNames(network);
  return {
    origin,
    network: network.name,
    input: network.sobel ? "Sobel gradients" : "RGB",
    size: network.input.size,
    sizes,
    parameters: Object.values(tensors)
      .reduce((sum, { shape }) => sum + sizeOf(shape), 0),
    features: network.featureSize,
    clustered: featureLayer(network),
    clusters: head?.clusters ?? null,
    ignored: model.ignored,
    notCalled: model.notCalled,
    problems: model.problems,
    layers: layersOf(network).map(({ name, type }) => ({
      name,
      alias: names.find(({ path }) => path === name)?.name ?? null,
      type,
      shape: shapes[name]!.slice(1),
    })),
  };
};

const textOf = (facts: ReturnType<typeof factsOf>): string => {
  const [least, most] = facts.sizes;
  return [
    facts.origin,
    `${facts.network}, ${facts.parameters} parameters, sees ${facts.input} ` +
    `of ${facts.size} by ${facts.size} pixels`,
    least === most
      ? "no other input size fits"
      : `parameters fit inputs of ${least} to ${most} pixels (--size)`,
    facts.clusters === null
      ? "no last layer"
      : `last layer of ${facts.clusters} clusters`,
    `features: ${facts.features}, from ${facts.clustered}`,
    ...Object.entries(ignoredFacts(facts, false))
      .map(([name, names]) => `${name}: ${names}`),
    "",
    ...facts.layers.map(({ name, alias, type, shape }) =>
      [name.padEnd(14), (alias ?? "").padEnd(10), type.padEnd(13)].join("") +
      shape.join(" x ")
    ),
  ].join("\n");
};
