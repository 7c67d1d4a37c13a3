/**
 * `oxford-paris MODEL ROOT --dataset NAME`: the paper's instance retrieval.
 *
 * Paper: section 5.3.
 *
 * @module
 */
import {
  evaluateInstance,
  type InstanceDataset,
  instanceDatasets,
  openInstanceDataset,
} from "@deepcluster/instance-retrieval";
import { isOnnxFile } from "@deepcluster/model-io";
import {
  defaultRmacSize,
  NoMapError,
  rmacDescriptor,
} from "@deepcluster/retrieval";
import {
  engineFlags,
  layerTypedEngine,
  modelFlags,
  openModel,
} from "@deepcluster/runs";
import { kindOf } from "@deepcluster/storage";
import {
  atLeast,
  flagWithDefault,
  fromHere,
  optionalFlag,
  presentOnly,
  switchFlag,
} from "@deepcluster/terminal";
import { Console, Effect, Option } from "effect";
import { Argument, Command, Flag } from "effect/cli";
import { protocolOf, protocolText } from "./oxford_paris_text.ts";

const { epoch, network, sobel, width } = modelFlags;

const flags = {
  model: Argument.String("model").pipe(
    Argument.withDescription(
      "Run folder, model file (safetensors or PyTorch) or `random` (untrained " +
        "weights).",
    ),
  ),
  root: Argument.String("root").pipe(
    Argument.withDescription(
      "Folder of the dataset as it is distributed: pictures in jpg/ or paris/, " +
        "lists in gt/, lab/ or beside, or gnd_NAME.pkl or .json.",
    ),
  ),
  dataset: Flag.Literals("dataset", instanceDatasets).pipe(
    Flag.withDescription("Which dataset ROOT holds."),
  ),
  pcaFrom: optionalFlag(
    Flag.String("pca-from").pipe(Flag.withMetavar("ROOT")),
    "Folder of the other dataset, whose pictures the PCA is learned on",
    "no PCA",
  ),
  pcaDataset: optionalFlag(
    Flag.Literals("pca-dataset", instanceDatasets),
    "Which dataset --pca-from holds",
    "paris6k for Oxford, oxford5k for Paris",
  ),
  pca: optionalFlag(
    atLeast("pca", 1),
    "Dimensions of the PCA",
    "512, or the channels of the network where they are fewer",
  ),
  longest: flagWithDefault(
    atLeast("size", 1),
    defaultRmacSize,
    "Longer side to which pictures are scaled, in pixels",
  ),
  aqe: flagWithDefault(
    atLeast("aqe", 0),
    0,
    "Average each query with this many of its nearest pictures",
  ),
  dba: flagWithDefault(
    atLeast("dba", 0),
    0,
    "Average each picture with this many of its nearest, by weight",
  ),
  choice: { epoch, network, sobel, width },
  inputSize: optionalFlag(
    atLeast("input-size", 1),
    "Side of the network's square input, where a model file fits several",
  ),
  seed: flagWithDefault(
    atLeast("seed", 0),
    1,
    "Seed of the weights of `random`",
  ),
  cache: flagWithDefault(
    Flag.String("cache").pipe(Flag.withMetavar("DIR")),
    "runs/regions",
    "Folder that keeps the regions of pictures for the next command",
  ),
  ...engineFlags,
  json: flagWithDefault(switchFlag("json"), false, "Print the results as JSON"),
};

/** The command. */
export const oxfordParis = Command.make(
  "oxford-paris",
  flags,
  (values) =>
    evaluate(values).pipe(
      Effect.scoped,
      Effect.provide(layerTypedEngine(values)),
    ),
).pipe(
  Command.withExamples([
    {
      command: "deno task retrieve oxford-paris runs/vgg16 data/oxford " +
        "--dataset oxford5k --pca-from data/paris",
      description: "The paper's protocol",
    },
  ]),
);

type Values = Command.Command.Config.Infer<typeof flags>;

const evaluate = Effect.fnUntraced(function* (values: Values) {
  const { aqe, dba, longest: size } = values;
  const dataset = yield* openInstanceDataset(
    values.dataset,
    fromHere(values.root),
  );
  const pcaFrom = Option.isNone(values.pcaFrom)
    ? undefined
    : yield* openInstanceDataset(
      Option.getOrElse(
        values.pcaDataset,
        () => values.dataset.includes("oxford") ? "paris6k" : "oxford5k",
      ),
      fromHere(values.pcaFrom.value),
    );
  for (const one of [dataset, pcaFrom]) {
    if (one !== undefined) yield* warnOf(one);
  }
  const model = yield* openNetwork(values);
  const descriptor = yield* rmacDescriptor(model, { size });
  const evaluation = yield* evaluateInstance(descriptor, dataset, {
    cache: fromHere(values.cache),
    aqe,
    dba,
    ...pcaFrom && { pcaFrom },
    ...Option.isSome(values.pca) && { dimensions: values.pca.value },
  });
  const evaluated = {
    model,
    descriptor,
    dataset,
    pcaFrom,
    size,
    aqe,
    dba,
    evaluation,
  };
  yield* Console.log(
    values.json
      ? JSON.stringify({
        protocol: protocolOf(evaluated),
        results: evaluation.results,
      })
      : protocolText(evaluated),
  );
});

/** Opens MODEL; an ONNX file would be asked for what R-MAC cannot use. */
const openNetwork = Effect.fnUntraced(function* (
  { model, choice, inputSize, seed }: Values,
) {
  const isNamed = model === "random" || model === "pixels";
  const path = isNamed ? model : fromHere(model);
  const isFile = !isNamed && (yield* kindOf(path)) === "file";
  if (isFile && (yield* isOnnxFile(path))) {
    return yield* new NoMapError({ model });
  }
  const { network, ...weights } = presentOnly({ ...choice, size: inputSize });
  return yield* openModel(path, {
    ...weights,
    ...network !== undefined && { model: network },
    seed,
  });
});

/** A list that names a picture that is not there keeps the figure below 1. */
const warnOf = Effect.fnUntraced(function* (
  { name, missing, corrupt }: InstanceDataset,
) {
  if (missing.length > 0) {
    const some = missing.slice(0, 5).join(", ");
    yield* Effect.logWarning(
      `${missing.length} names in the lists of ${name} have no picture ` +
        `(${some}${missing.length > 5 ? ", …" : ""}); a positive among them ` +
        "counts as not found",
    );
  }
  if (corrupt.length > 0) {
    yield* Effect.logInfo(
      `${corrupt.length} corrupt pictures of ${name} are left out, as in the ` +
        "paper",
    );
  }
});
