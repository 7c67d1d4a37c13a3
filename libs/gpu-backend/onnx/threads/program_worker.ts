/**
 * The main module of a worker thread that runs the steps of a graph. It loads
 * ONNX Runtime and plain code alone, and so starts in a fraction of a second.
 *
 * @module
 */
import { parentPort } from "node:worker_threads";
import type { Tensor } from "onnxruntime-node";
import { runBound } from "../bound_run.ts";
import { commonOptions } from "../session_options.ts";
import type {
  ThreadArrays,
  ThreadModel,
  ThreadPort,
  ThreadReply,
  ThreadRequest,
} from "./thread_model.ts";

/** A model that is open, with its state. */
interface OpenModel {
  readonly scan: (steps: number, inputs: ThreadArrays) => Promise<ThreadArrays>;
  readonly state: () => ThreadArrays;
  readonly close: () => Promise<void>;
}

const open = async (
  { bytes, matrix, inputs, outputs, state }: ThreadModel,
): Promise<OpenModel> => {
  const runtime = await import("onnxruntime-node");
  runtime.env.logLevel = "fatal";
  const session = await runtime.InferenceSession.create(
    bytes,
    commonOptions({ provider: "cpu", threads: 1 }),
  );
  const tensor = (
    { dtype, shape }: ThreadPort,
    data: ArrayBufferLike,
  ): Tensor =>
    new runtime.Tensor(
      dtype,
      dtype === "int32" ? new Int32Array(data) : new Float32Array(data),
      shape,
    );
  /** Tensors of all steps, by their names in the model. */
  const stackedTensors = (
    ports: Readonly<Record<string, ThreadPort>>,
    arrays: ThreadArrays,
    steps: number,
  ) =>
    Object.fromEntries(
      Object.entries(ports).map(([name, port]) => {
        const stacked = { ...port, shape: [steps, ...port.shape] };
        return [port.name, tensor(stacked, arrays[name]!)];
      }),
    );
  // Two sets, which take turns as what is read and what is written.
  const setOf = (first: (data: ArrayBufferLike) => ArrayBufferLike) => {
    const arrays: Record<string, ArrayBufferLike> = {};
    const read: Record<string, Tensor> = {};
    const written: Record<string, Tensor> = {};
    for (const [name, port] of Object.entries(state)) {
      arrays[name] = first(port.data);
      read[port.name] = tensor(port, arrays[name]);
      written[port.next] = tensor(port, arrays[name]);
    }
    return { arrays, read, written };
  };
  let current = setOf((data) => data);
  let other = setOf((data) => data.slice());
  const rows = { [matrix.name]: tensor(matrix, matrix.data) };
  return {
    scan: async (steps, arrays) => {
      const results: ThreadArrays = Object.fromEntries(
        Object.entries(outputs).map((
          [name, port],
        ) => [name, new ArrayBuffer(4 * steps * sizeOf(port))]),
      );
      await runBound(
        session,
        { ...rows, ...stackedTensors(inputs, arrays, steps), ...current.read },
        { ...stackedTensors(outputs, results, steps), ...other.written },
      );
      [current, other] = [other, current];
      return results;
    },
    state: () => current.arrays,
    close: async () => {
      await session.release();
      // Else it is there until the thread collects garbage (as it is in Node 20).
      matrix.data.transfer?.(0);
    },
  };
};

const sizeOf = ({ shape }: ThreadPort): number =>
  shape.reduce((size, extent) => size * extent, 1);

let model: OpenModel | undefined;

const answer = async (request: ThreadRequest): Promise<ThreadArrays> => {
  if (request.kind === "open") {
    model = await open(request.model);
    return {};
  }
  if (request.kind === "scan") {
    return await model!.scan(request.steps, request.inputs);
  }
  if (request.kind === "write") {
    for (const [name, values] of Object.entries(request.state)) {
      new Uint8Array(model!.state()[name]!).set(new Uint8Array(values));
    }
    return {};
  }
  if (request.kind === "read") return model!.state();
  await model?.close();
  model = undefined;
  return {};
};

const port = parentPort!;
const reply = (message: ThreadReply) => port.postMessage(message);

port.on("message", (request: ThreadRequest) => {
  answer(request).then(
    (arrays) => reply({ kind: "done", arrays }),
    (cause) => reply({ kind: "failed", reason: String(cause) }),
  );
});
reply({ kind: "done", arrays: {} });
