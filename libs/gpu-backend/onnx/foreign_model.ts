/**
 * ONNX models of others: opened and run in ONNX Runtime as they stand.
 *
 * @module
 */
import type { Shape, Tensor, Tensors } from "@deepcluster/core";
import { FeedError, showType } from "@deepcluster/graph";
import {
  decodeElements,
  dtypeOf,
  type EncodedModel,
  encodeElements,
  onnxFileFacts,
  withOutput,
} from "@deepcluster/onnx-format";
import { readBytes } from "@deepcluster/storage";
import { Effect, type Scope } from "effect";
import { dirname, join } from "node:path";
import type { InferenceSession, Tensor as OnnxTensor } from "onnxruntime-node";
import { OnnxModelError } from "../errors.ts";
import { messageOf } from "../failures.ts";
import {
  type OnnxModel,
  type OnnxRunError,
  showSpec,
  type TensorSpec,
} from "../onnx_model.ts";
import { openFailureOf, runFailureOf } from "./foreign_failures.ts";
import { wrongConvolutionIn } from "./gpu/foreign_convolutions.ts";
import {
  type OnnxRuntime,
  openSession,
  type SessionSettings,
} from "./runtime.ts";

/**
 * Opens a model, to be released with the scope.
 *
 * @param runtime The library.
 * @param model Its path, beside which its weights may lie, or its bytes.
 * @param settings Where to compute, with how many threads.
 * @param rest What is done before each run.
 * @param inner Of a path: a tensor computed on the way that is an output, too.
 * @returns The model, or `OnnxModelError`.
 */
export const openForeignModel: (
  runtime: OnnxRuntime,
  model: string | Uint8Array,
  settings: SessionSettings,
  rest: Effect.Effect<void>,
  inner?: string,
) => Effect.Effect<OnnxModel, OnnxModelError, Scope.Scope> = Effect.fnUntraced(
  function* (runtime, model, settings, rest, inner) {
    const name = typeof model === "string" ? model : "the model";
    const source = typeof model !== "string"
      ? { bytes: model, externalData: [] }
      : inner === undefined
      ? { path: model }
      : yield* withInner(model, inner);
    if (settings.provider === "webgpu") yield* refuseWrongOnes(name, source);
    const session = yield* openSession(runtime, source, settings).pipe(
      Effect.mapError((reason) => openFailureOf(name, reason)),
    );
    const inputs = session.inputMetadata.map(specOf);
    const outputs = session.outputMetadata.map(specOf);
    return {
      name,
      inputs,
      outputs,
      run: Effect.fnUntraced(function* (feeds, names) {
        const encoded = yield* encodeFeeds(inputs, feeds);
        const computed = yield* chosenOf(name, outputs, names);
        yield* rest;
        const results = yield* Effect.tryPromise({
          try: () => session.run(encoded, computed.map(({ name }) => name)),
          catch: (cause) => runFailureOf(name, feeds, messageOf(cause)),
        }).pipe(Effect.uninterruptible); // the library could not stop
        return yield* decodeResults(name, computed, results);
      }),
    } satisfies OnnxModel;
  },
);

/** Fails where WebGPU would give wrong values without a word. */
const refuseWrongOnes = Effect.fnUntraced(function* (
  name: string,
  source: { readonly path: string } | { readonly bytes: Uint8Array },
) {
  const bytes = "bytes" in source ? source.bytes : yield* Effect.orElseSucceed(
    readBytes(source.path),
    () => new Uint8Array(),
  );
  const wrong = yield* wrongConvolutionIn(bytes);
  if (wrong === undefined) return;
  return yield* new OnnxModelError({
    model: name,
    problem: "engine",
    rule: "ONNX Runtime must compute its convolutions rightly on webgpu",
    value: `it does not compute ${wrong} rightly; choose --provider cpu`,
  });
});

/** Changed bytes are no file any more: the weights beside it are read, too. */
const withInner = Effect.fnUntraced(function* (
  path: string,
  inner: string,
): Effect.fn.Return<EncodedModel, OnnxModelError> {
  const read = (file: string) =>
    readBytes(file).pipe(
      Effect.mapError(({ message }) =>
        new OnnxModelError({
          model: path,
          problem: "absent",
          rule: "its file and those of its weights must be readable",
          value: message,
        })
      ),
    );
  const bytes = yield* read(path);
  const facts = yield* onnxFileFacts(bytes);
  const externalData = yield* Effect.forEach(
    facts?.externalData ?? [],
    (location) =>
      Effect.map(
        read(join(dirname(path), location)),
        (data) => ({ path: location, data }),
      ),
  );
  return { bytes: yield* withOutput(bytes, inner), externalData };
});

const specOf = (value: InferenceSession.ValueMetadata): TensorSpec => {
  if (!value.isTensor) {
    return { name: value.name, elementType: "none", shape: [] };
  }
  const dtype = dtypeOf(value.type);
  return {
    name: value.name,
    elementType: value.type,
    ...dtype !== undefined && { dtype },
    shape: value.shape,
  };
};

/**
 * The library takes any object with these fields. Its own `Tensor` would turn
 * 16-bit numbers into a `Float16Array` where the runtime has one, which its
 * native side (1.30.0) then finds empty.
 */
const encodeFeeds = Effect.fnUntraced(function* (
  inputs: readonly TensorSpec[],
  feeds: Tensors,
): Effect.fn.Return<InferenceSession.FeedsType, FeedError> {
  const specs = new Map(inputs.map((spec) => [spec.name, spec]));
  const encoded: Record<string, OnnxTensor> = {};
  for (const name of new Set([...specs.keys(), ...Object.keys(feeds)])) {
    const [spec, tensor] = [specs.get(name), feeds[name]];
    if (!spec || !tensor || !fits(spec, tensor)) {
      return yield* new FeedError({
        name,
        expected: spec && showSpec(fedAs(spec)),
        actual: tensor && showType(tensor.shape, tensor.dtype),
      });
    }
    const type = spec.elementType;
    const elements = encodeElements(type, tensor);
    if ("misfit" in elements) {
      const actual = `${elements.misfit} among its values`;
      return yield* new FeedError({ name, expected: showSpec(spec), actual });
    }
    const { shape: dims } = tensor;
    const fed = { type, dims, data: elements.data, location: "cpu" };
    encoded[name] = fed as unknown as OnnxTensor;
  }
  return encoded;
});

/** As its message shows it: in the type that is to be fed, where there is one. */
const fedAs = ({ dtype, elementType, shape }: TensorSpec) => ({
  elementType: dtype ?? elementType,
  shape,
});

/** A model that does not state a shape shows none; the library then checks. */
const fits = (
  { dtype, shape }: TensorSpec,
  tensor: { readonly dtype: string; readonly shape: Shape },
): boolean =>
  dtype === tensor.dtype &&
  (shape.length === 0 ||
    shape.length === tensor.shape.length &&
      shape.every((size, axis) =>
        typeof size === "string" || size === tensor.shape[axis]
      ));

const chosenOf = Effect.fnUntraced(function* (
  model: string,
  outputs: readonly TensorSpec[],
  names: readonly string[] = outputs.map(({ name }) => name),
): Effect.fn.Return<readonly TensorSpec[], OnnxModelError> {
  const chosen: TensorSpec[] = [];
  for (const name of names) {
    const spec = outputs.find((output) => output.name === name);
    if (spec?.dtype === undefined) {
      return yield* new OnnxModelError({
        model,
        problem: "output",
        rule: spec === undefined
          ? `it must have the output ${name}`
          : `its output ${name} must hold numbers`,
        value: spec === undefined
          ? `its outputs are ${outputs.map(({ name }) => name).join(", ")}`
          : `it is ${
            spec.elementType === "none" ? "no tensor" : showSpec(spec)
          }`,
      });
    }
    chosen.push(spec);
  }
  return chosen;
});

const decodeResults = Effect.fnUntraced(function* (
  model: string,
  computed: readonly TensorSpec[],
  results: InferenceSession.ReturnType,
): Effect.fn.Return<Tensors, OnnxRunError> {
  const tensors: Record<string, Tensor> = {};
  for (const { name, elementType } of computed) {
    const { dims, data } = results[name]!;
    const decoded = decodeElements(elementType, [...dims], data as Uint8Array);
    if ("misfit" in decoded) {
      return yield* new OnnxModelError({
        model,
        problem: "output",
        rule: `its output ${name} must fit 32-bit integers`,
        value: `it holds ${decoded.misfit}`,
      });
    }
    tensors[name] = decoded.tensor;
  }
  return tensors;
});
