/**
 * Image encoders of others, opened from their ONNX files.
 *
 * @module
 */
import { floatTensor } from "@deepcluster/core";
import type { Interpolation } from "@deepcluster/data";
import {
  Backend,
  type ImageModel,
  imageModelOf,
  type OnnxModel,
  OnnxModelError,
  type OutOfMemoryError,
  type TensorSpec,
} from "@deepcluster/gpu-backend";
import type { FeedError } from "@deepcluster/graph";
import type {
  EncoderOutput,
  ImageEncoder,
  Pooling,
  Preprocessing,
} from "@deepcluster/models";
import {
  isOnnxStart,
  type OnnxFileFacts,
  onnxFileFacts,
} from "@deepcluster/onnx-format";
import {
  digestOf,
  readBytes,
  sha256Of,
  type StorageError,
} from "@deepcluster/storage";
import { Effect } from "effect";
import { dirname, join } from "node:path";
import { ModelFileError } from "../errors.ts";
import { describeForeign } from "../foreign_file.ts";
import { encoderPreprocessing } from "./encoder_preprocessing.ts";
import type { PreprocessingFacts } from "./preprocessing_facts.ts";
import { statedPreprocessing } from "./stated_preprocessing.ts";

/** What a person can say of an encoder; goes before all else that is known. */
export interface EncoderOptions {
  /**
   * `imagenet`, `clip`, `vit`, or the path of a `preprocessor_config.json`.
   * Default: the model's metadata, or such a file beside it.
   */
  readonly preprocessing?: string;
  /** Side of the square input, in pixels, where the model takes any. */
  readonly size?: number;
  /** Side to which images are resized before their centre is cropped. */
  readonly resize?: number;
  /** What is resized: the short side, or the image to a square. */
  readonly fit?: "short-side" | "square";
  /** Filter of the resizing. */
  readonly interpolation?: Interpolation;
  /** Largest value of a pixel before mean and deviation count: 1 or 255. */
  readonly range?: 1 | 255;
  /** Subtracted from each channel, in the order of the input; one for all. */
  readonly mean?: readonly number[];
  /** Divides each channel, in the order of the input; one for all. */
  readonly deviation?: readonly number[];
  /** Order of the channels of the input. */
  readonly channels?: "rgb" | "bgr";
  /**
   * Output that is read, or any tensor that is computed on the way. Default: the
   * only output.
   */
  readonly output?: string;
  /** How tokens, or the pixels of a map, become one vector. */
  readonly pool?: Pooling;
}

/** An encoder with what tells it from others. */
export interface EncoderFile {
  /** The encoder. */
  readonly encoder: ImageEncoder;
  /** SHA-256 of its file and of those that hold its weights. */
  readonly content: string;
  /** Where its preprocessing is stated, for a person. */
  readonly stated: string;
}

/** What {@link openEncoder} fails with. */
export type OpenEncoderError =
  | FeedError
  | ModelFileError
  | OnnxModelError
  | OutOfMemoryError
  | StorageError;

/**
 * Opens an ONNX file as an image encoder.
 *
 * Reads and hashes all of the file and of those with its weights, and opens it
 * once in the engine; it runs on a black image where it does not state the
 * shape of its output.
 *
 * @param path The file.
 * @param options See {@link EncoderOptions}.
 * @returns The encoder; or `ModelFileError` when it must be told more,
 * `OnnxModelError` when it is no model of images or the engine refuses it, or
 * `StorageError`.
 */
export const openEncoder: (
  path: string,
  options?: EncoderOptions,
) => Effect.Effect<EncoderFile, OpenEncoderError, Backend> = Effect.fn(
  "openEncoder",
)(function* (path, options = {}) {
  const { bytes, facts } = yield* readOnnx(path);
  // First, since a file of weights that is missing is named here.
  const content = yield* contentOf(path, bytes, facts.externalData);
  return yield* Effect.scoped(Effect.gen(function* () {
    const backend = yield* Backend;
    const { declared, computed } = facts;
    const inner = computed.find(({ name }) =>
      name === options.output && !declared.includes(name)
    );
    const model = yield* backend.openOnnx(path, inner?.name);
    const image = yield* imageModelOf(model, options.output);
    const stated = yield* statedPreprocessing(
      path,
      facts.metadata,
      options.preprocessing,
    );
    const preprocessing = yield* encoderPreprocessing(
      path,
      image,
      flagFacts(options),
      stated,
    );
    const shape = yield* shapeOf(model, image, preprocessing);
    const output = yield* pooledOutput(path, image, shape, options.pool);
    return {
      encoder: {
        path,
        input: image.input,
        ...image.batch !== undefined && { batch: image.batch },
        layout: image.layout,
        preprocessing,
        output: inner === undefined ? output : { ...output, inner: true },
      },
      content,
      stated: stated?.source ?? "flags",
    } satisfies EncoderFile;
  }));
});

/** What an ONNX file says of itself, whether or not it is an encoder. */
export interface OnnxDescription extends OnnxFileFacts {
  /** What it must be fed. */
  readonly inputs: readonly TensorSpec[];
  /** What it computes. */
  readonly outputs: readonly TensorSpec[];
  /** What is known of its preprocessing, and from where. Default: nothing. */
  readonly stated?: {
    readonly source: string;
    readonly facts: PreprocessingFacts;
  };
}

/**
 * Describes an ONNX file, for a person.
 *
 * @param path The file.
 * @returns What it says; or `ModelFileError` when it is no ONNX file, or its
 * preprocessing is stated in another form than ours, or `OnnxModelError`, or
 * `StorageError`.
 */
export const describeOnnx: (
  path: string,
) => Effect.Effect<
  OnnxDescription,
  ModelFileError | OnnxModelError | StorageError,
  Backend
> = Effect.fn("describeOnnx")(function* (path) {
  const { facts } = yield* readOnnx(path);
  const backend = yield* Backend;
  const { inputs, outputs } = yield* Effect.scoped(backend.openOnnx(path));
  const stated = yield* statedPreprocessing(path, facts.metadata, undefined);
  return {
    ...facts,
    inputs,
    outputs,
    ...stated && {
      stated: { source: stated.source, facts: stated.factsFor(undefined) },
    },
  };
});

const readOnnx = Effect.fnUntraced(function* (
  path: string,
): Effect.fn.Return<
  { readonly bytes: Uint8Array; readonly facts: OnnxFileFacts },
  ModelFileError | StorageError
> {
  const bytes = yield* readBytes(path);
  const start = bytes.subarray(0, 512);
  const facts = yield* onnxFileFacts(bytes);
  if (isOnnxStart(start)) {
    if (facts !== undefined) return { bytes, facts };
    return yield* new ModelFileError({
      path,
      rule: "an ONNX model must not be cut off or damaged",
      found: `${bytes.byteLength} bytes that are no ONNX message`,
    });
  }
  return yield* new ModelFileError({
    path,
    rule: "a file called .onnx must be an ONNX model",
    found: describeForeign(start),
  });
});

const flagFacts = (options: EncoderOptions): PreprocessingFacts => {
  const { range, preprocessing: _, output: __, pool: ___, ...facts } = options;
  return range === undefined
    ? facts
    : { ...facts, divisor: range === 1 ? 255 : 1 };
};

/** Sizes of the output for one image: as stated, or as a run gives them. */
const shapeOf = Effect.fnUntraced(function* (
  model: OnnxModel,
  { input, batch = 1, layout, output }: ImageModel,
  { channels, crop }: Preprocessing,
): Effect.fn.Return<readonly number[], OpenEncoderError> {
  const stated = output.shape.slice(1);
  if (
    stated.length > 0 &&
    stated.every((size): size is number => typeof size === "number")
  ) return stated;
  const planes = channels === "grey" ? 1 : 3;
  const black = floatTensor(
    layout === "nchw"
      ? [batch, planes, crop, crop]
      : [batch, crop, crop, planes],
  );
  const outputs = yield* model.run({ [input]: black }, [output.name]);
  const { shape } = outputs[output.name]!;
  if (shape[0] === batch && shape.length > 1) return shape.slice(1);
  return yield* new OnnxModelError({
    model: model.name,
    problem: "output",
    rule: `its output ${output.name} must have a row for each image`,
    value: `it is [${shape.join(", ")}] for ${batch}`,
  });
});

/** What is read of an output of such a shape, where that is one vector. */
const pooledOutput = Effect.fnUntraced(function* (
  path: string,
  { output: { name } }: ImageModel,
  shape: readonly number[],
  pooling: Pooling | undefined,
): Effect.fn.Return<EncoderOutput, ModelFileError> {
  const shown = `${name} is [batch, ${shape.join(", ")}]`;
  const refuse = (rule: string, found: string) =>
    new ModelFileError({ path, rule, found });
  if (shape.length > 3) {
    return yield* refuse(
      "its output must be vectors, tokens or maps: [batch, d], " +
        "[batch, tokens, d] or [batch, channels, height, width]",
      shown,
    );
  }
  if (shape.length === 2 && shape[0] === 1) {
    return { name, shape, pooling: "cls" };
  }
  if (shape.length === 2 && pooling === undefined) {
    return yield* refuse(
      "--pool must say how the tokens of its output become one vector",
      `${shown}; --pool cls takes the first token, --pool mean averages all ` +
        `${shape[0]}`,
    );
  }
  if (shape.length === 1 && pooling !== undefined) {
    return yield* refuse("--pool must go with tokens or maps", shown);
  }
  if (shape.length === 3 && pooling === "cls") {
    return yield* refuse("--pool cls must go with tokens", shown);
  }
  if (shape.length === 3 && pooling === undefined && shape[1] !== shape[2]) {
    return yield* refuse(
      "its maps must be square, or --pool mean given",
      shown,
    );
  }
  return { name, shape, ...pooling && { pooling } };
});

const contentOf = Effect.fnUntraced(function* (
  path: string,
  bytes: Uint8Array,
  externalData: readonly string[],
): Effect.fn.Return<string, StorageError> {
  const digests = [sha256Of(bytes)];
  for (const location of externalData) {
    digests.push((yield* digestOf(join(dirname(path), location))).sha256);
  }
  return digests.length === 1
    ? digests[0]!
    : sha256Of(new TextEncoder().encode(digests.join()));
});
