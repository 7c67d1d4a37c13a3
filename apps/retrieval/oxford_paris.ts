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
  openInstanceDataset,
} from "@deepcluster/instance-retrieval";
import { isOnnxFile } from "@deepcluster/model-io";
import { NoMapError, rmacDescriptor } from "@deepcluster/retrieval";
import { layerTypedEngine, openModel } from "@deepcluster/runs";
import { kindOf } from "@deepcluster/storage";
import { fromHere, presentOnly } from "@deepcluster/terminal";
import { Console, Effect, Option } from "effect";
import { protocolOf, protocolText } from "./oxford_paris_text.ts";
import type { Values } from "./oxford_paris_flags.ts";

/** Does what `oxford-paris` was asked for. */
export const run = (values: Values) =>
  evaluate(values).pipe(
    Effect.scoped,
    Effect.provide(layerTypedEngine(values)),
  );

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
