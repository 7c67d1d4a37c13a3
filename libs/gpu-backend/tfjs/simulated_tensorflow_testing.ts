/**
 * `@tensorflow/tfjs-node-gpu` without TensorFlow: its own kernels, which check
 * what they are asked for and call operators of TensorFlow by name, on an addon
 * in JavaScript that computes those.
 *
 * So the executor is tested on the kernels that a user with an NVIDIA GPU has,
 * where there is neither the addon nor a GPU.
 *
 * @module
 */
import { Effect } from "effect";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import util from "node:util";
import { pathOfInstalled } from "../installed.ts";
import type { TfjsLibrary } from "./library.ts";
import { checkCall, type TypeName } from "./operator_signatures_testing.ts";
import {
  computeOperator,
  type JavaScriptBackend,
  type RunKernel,
  type TensorInfo,
} from "./simulated_operators_testing.ts";
import type { Tf } from "./tfjs_types.ts";

/** The library on a simulated addon. */
export interface SimulatedTensorFlow {
  /** The library. */
  readonly library: TfjsLibrary;
  /** How often each operator of TensorFlow was called. */
  readonly calls: ReadonlyMap<string, number>;
  /** Counts the tensors that the addon holds. */
  readonly tensors: () => number;
}

/** The library's functions that register a backend. */
interface Registry extends Tf {
  registerBackend(name: string, make: () => unknown): boolean;
  findBackend(name: string): unknown;
  getKernel(
    name: string,
    backend: string,
  ): { kernelFunc(call: unknown): TensorInfo | TensorInfo[] } | undefined;
}

const packageName = "@tensorflow/tfjs-node-gpu";

const kernelsFile = `${packageName}/dist/register_all_kernels.js`;

/** Where `deno task engine:install tfjs-kernels` puts the package. */
const kernels = fileURLToPath(
  new URL("../../../engines/tfjs-kernels/package.json", import.meta.url),
);

/** The package's kernels, alone or of the complete package. */
export const kernelsPath: Effect.Effect<string, string> = Effect
  .firstSuccessOf([
    Effect.try({
      try: () => createRequire(kernels).resolve(kernelsFile),
      catch: String,
    }),
    pathOfInstalled(kernelsFile),
  ]);

/**
 * Registers the package's backend on a simulated addon.
 *
 * @param path Path of the package's kernels.
 * @returns The library, with that backend active.
 */
export const simulate = async (path: string): Promise<SimulatedTensorFlow> => {
  const functions = util as unknown as Record<string, unknown>;
  functions["isNullOrUndefined"] ??= (value: unknown) => value == null;
  functions["isArray"] ??= Array.isArray;
  const load = createRequire(path);
  const tf = load("@tensorflow/tfjs-core") as Registry;
  load("@tensorflow/tfjs-backend-cpu");
  load("./register_all_kernels");
  const { NodeJSKernelBackend } = load("./nodejs_kernel_backend") as {
    readonly NodeJSKernelBackend: new (
      binding: unknown,
      packageName: string,
    ) => unknown;
  };
  await tf.setBackend("cpu");
  const addon = addonOf(tf);
  tf.registerBackend(
    "tensorflow",
    () => new NodeJSKernelBackend(addon.binding, packageName),
  );
  await tf.setBackend("tensorflow");
  const library: TfjsLibrary = {
    tf,
    backend: "tensorflow",
    activate: () => void tf.setBackend("tensorflow"),
    has: (kernel) => tf.getKernel(kernel, "tensorflow") !== undefined,
    version: `${packageName} ${tf.version_core}, simulated`,
  };
  return { library, ...addon };
};

/** Codes of `TF_DataType` and `TF_AttrType`. */
const dataTypes = {
  TF_FLOAT: 1,
  TF_INT32: 3,
  TF_UINT8: 4,
  TF_STRING: 7,
  TF_COMPLEX64: 8,
  TF_INT64: 9,
  TF_BOOL: 10,
  TF_RESOURCE: 20,
} as const;

const attributeTypes = {
  TF_ATTR_STRING: 0,
  TF_ATTR_INT: 1,
  TF_ATTR_FLOAT: 2,
  TF_ATTR_BOOL: 3,
  TF_ATTR_TYPE: 4,
  TF_ATTR_SHAPE: 5,
} as const;

const typeNames: Readonly<Record<number, TypeName>> = {
  [dataTypes.TF_FLOAT]: "float32",
  [dataTypes.TF_INT32]: "int32",
  [dataTypes.TF_BOOL]: "bool",
};

const codes = {
  float32: dataTypes.TF_FLOAT,
  int32: dataTypes.TF_INT32,
  bool: dataTypes.TF_BOOL,
} as const;

const arrays = {
  float32: Float32Array,
  int32: Int32Array,
  bool: Uint8Array,
} as const;

interface Attribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

const addonOf = (tf: Registry) => {
  const backend = tf.findBackend("cpu") as JavaScriptBackend;
  const run: RunKernel = (name, inputs, attrs = {}) =>
    tf.getKernel(name, "cpu")!.kernelFunc({ inputs, attrs, backend });
  const held = new Map<number, TensorInfo>();
  const calls = new Map<string, number>();
  let next = 0;
  const keep = (info: TensorInfo): number => {
    held.set(next, info);
    return next++;
  };
  const heldOf = (id: number): TensorInfo => {
    const info = held.get(id);
    if (info === undefined) throw new Error(`tensor ${id} is not held`);
    return info;
  };
  const copyOf = ({ dataId, shape, dtype }: TensorInfo): TensorInfo =>
    backend.makeTensorInfo(shape, dtype, backend.readSync(dataId).slice());
  const binding = {
    ...dataTypes,
    ...attributeTypes,
    TF_Version: "simulated",
    isUsingGpuDevice: () => false,
    getNumOfTensors: () => held.size,
    createTensor: (
      shape: number[],
      type: number,
      values: Float32Array | Int32Array | Uint8Array,
    ): number => {
      const dtype = typeNames[type]!;
      const size = shape.reduce((product, size) => product * size, 1);
      if (!(values instanceof arrays[dtype]) || values.length !== size) {
        throw new Error(
          `${size} elements of ${dtype} are not ${values.constructor.name} ` +
            `of ${values.length}`,
        );
      }
      // As TensorFlow, it does not copy the array.
      return keep(backend.makeTensorInfo(shape, dtype, values));
    },
    deleteTensor: (id: number): void => {
      const { dataId } = heldOf(id);
      held.delete(id);
      backend.disposeData(dataId);
    },
    tensorDataSync: (id: number) => {
      const { dataId, dtype } = heldOf(id);
      return arrays[dtype].from(backend.readSync(dataId));
    },
    executeOp: (
      operator: string,
      given: readonly Attribute[],
      ids: readonly number[],
    ) => {
      calls.set(operator, (calls.get(operator) ?? 0) + 1);
      const operands = ids.map(heldOf);
      const attributes = new Map(
        given.map(({ name, type, value }) => [
          name,
          type === attributeTypes.TF_ATTR_TYPE
            ? typeNames[value as number]
            : value,
        ]),
      );
      checkCall(operator, attributes, operands.map(({ dtype }) => dtype));
      const call = { operator, operands, attributes };
      return computeOperator(call, { run, backend }).map((info) => {
        // A kernel may hand back the memory of its operand.
        const own = operands.some(({ dataId }) => dataId === info.dataId)
          ? copyOf(info)
          : info;
        return { id: keep(own), shape: own.shape, dtype: codes[own.dtype] };
      });
    },
  };
  return { binding, calls, tensors: () => held.size };
};
