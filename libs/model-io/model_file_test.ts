import {
  draws,
  type FloatTensor,
  floatTensor,
  intTensor,
  type Tensors,
} from "@deepcluster/core";
import { Backend, layerReference } from "@deepcluster/gpu-backend";
import {
  featuresGraph,
  initialise,
  initialiseHead,
  small,
  zeroMomenta,
} from "@deepcluster/models";
import {
  encodeTensors,
  folderStore,
  type Metadata,
  saveTensors,
} from "@deepcluster/storage";
import { effectTest, temporaryFolder } from "@deepcluster/test";
import { Effect, Logger } from "effect";
import { Buffer } from "node:buffer";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type ModelFile, openModelFile } from "./model_file.ts";
import assert from "node:assert/strict";

const network = Effect.runSync(
  small({ sobel: true, size: 40, channels: [3, 4], units: [6] }),
);
const weights = initialise(network, 1);
const last = initialiseHead(6, 5, 1, 1);

/** Writes a file as another program would, without a digest. */
const write = Effect.fnUntraced(function* (
  tensors: Tensors,
  metadata: Metadata = {},
) {
  const path = join(yield* temporaryFolder, "a.safetensors");
  const chunks = yield* encodeTensors(path, tensors, metadata);
  writeFileSync(path, new Uint8Array(chunks.flatMap((chunk) => [...chunk])));
  return path;
});

effectTest(
  "openModelFile() opens a checkpoint of ours, momenta and last layer aside",
  () =>
    Effect.gen(function* () {
      const store = folderStore(yield* temporaryFolder);
      const saved = { ...weights, ...zeroMomenta(network), ...last };
      yield* saveTensors(store, "a.safetensors", saved, { epoch: "1" });
      const path = store.pathOf("a.safetensors");
      const model = yield* openModelFile(path, { size: 40 });
      assert.deepEqual(model.network, network);
      assert.deepEqual(model.tensors, weights);
      assert.deepEqual(model.head, { clusters: 5 });
      assert.equal(model.origin, `safetensors, ${path}`);
      const whole = yield* openModelFile(path, { head: true });
      assert.deepEqual({ ...whole.tensors }, { ...weights, ...last });
      assert.equal(whole.network.input.size, 40);
    }),
);

effectTest(
  "openModelFile() takes the size from options, else metadata, else the usual",
  () =>
    Effect.gen(function* () {
      const sizes = [];
      const plain = yield* write(weights);
      const told = yield* write(weights, { size: "41" });
      for (
        const [path, options] of [[plain, {}], [told, {}], [told, {
          size: 42,
        }]] as const
      ) {
        sizes.push((yield* openModelFile(path, options)).network.input.size);
      }
      assert.deepEqual(sizes, [40, 41, 42]);
    }),
);

effectTest(
  "openModelFile() reads names with module. and passes over counters",
  () =>
    Effect.gen(function* () {
      const parallel = Object.fromEntries(
        Object.entries(weights).map(([name, tensor]) => [
          name.replace("features.", "features.module."),
          tensor,
        ]),
      );
      const counter = {
        "features.module.1.num_batches_tracked": intTensor([]),
      };
      const path = yield* write({ ...parallel, ...counter });
      const model = yield* openModelFile(path);
      assert.deepEqual(model.tensors, weights);
    }),
);

effectTest(
  "openModelFile() adds the Sobel filters that a file leaves out, for the same " +
    "features, and says so",
  () =>
    Effect.gen(function* () {
      const pytorch = new URL(
        "./fixtures/pytorch/alexnet_legacy.pth.tar",
        import.meta.url,
      );
      const whole = yield* openModelFile(fileURLToPath(pytorch), { size: 63 });
      const path = yield* write(
        Object.fromEntries(
          Object.entries(whole.tensors).filter(([name]) =>
            !name.startsWith("sobel.")
          ),
        ),
      );
      const told: string[] = [];
      const listener = Logger.make(({ message }) => {
        told.push(String(message));
      });
      const found = yield* openModelFile(path, { size: 63 }).pipe(
        Effect.provide(Logger.layer([listener])),
      );
      assert.match(
        told.join(),
        /^Added the Sobel filters, which .* leaves out/,
      );
      assert.deepEqual(found.network, whole.network);
      const { uniform } = draws(1, "images");
      const images = floatTensor([2, 3, 63, 63]);
      images.data.forEach((_, i) => images.data[i] = uniform());
      const featuresOf = Effect.fnUntraced(function* ({ tensors }: ModelFile) {
        const graph = yield* featuresGraph(whole.network, 2);
        const program = yield* (yield* Backend).compile(graph, tensors);
        return (yield* program.run({ images }))["features"]!.data;
      });
      const expected = yield* featuresOf(whole);
      assert.ok(expected.some((value) => value !== 0));
      assert.deepEqual(yield* featuresOf(found), expected);
      const half = yield* write({
        ...weights,
        "sobel.0.bias": floatTensor([2]),
      });
      const error = yield* Effect.flip(openModelFile(half));
      assert.match(error.message, /of another shape sobel.0.bias/);
    }).pipe(Effect.provide(layerReference)),
);

effectTest(
  "openModelFile() refuses parameters that are not finite, by name, count and " +
    "place, unless it is to tell of them",
  () =>
    Effect.gen(function* () {
      const name = "features.1.running_var";
      const changed = (index: number, value: number) => {
        const { shape, data } = weights[name] as FloatTensor;
        const values = data.slice();
        values[index] = value;
        return write({ ...weights, [name]: floatTensor(shape, values) });
      };
      for (
        const [value, rule] of [
          [NaN, "parameters must be finite"],
          [Infinity, "parameters must be finite"],
          [-0.5, "running variances must be at least 0"],
        ] as const
      ) {
        const path = yield* changed(2, value);
        const problem = `${rule}: ${name} has 1 of 3 that are not, the first ` +
          `${value} at [2]` +
          (value === Infinity ? ", as a 32-bit float" : "");
        const { message } = yield* Effect.flip(openModelFile(path));
        assert.equal(message, `Cannot open the model ${path} as ${problem}`);
        const opened = yield* openModelFile(path, { unsound: true });
        assert.deepEqual(opened.problems, [problem]);
      }
      const sound = yield* openModelFile(yield* changed(0, 0));
      assert.deepEqual(sound.problems, []);
      const head = { ...last["top_layer.bias"] as FloatTensor };
      const path = yield* write({
        ...weights,
        ...last,
        "top_layer.bias": { ...head, data: head.data.map(() => NaN) },
      });
      yield* openModelFile(path);
      const { message } = yield* Effect.flip(
        openModelFile(path, { head: true }),
      );
      assert.match(message, /top_layer.bias has 5 of 5 that are not/);
    }),
);

effectTest(
  "openModelFile() passes over counters and masks of any type, but names them",
  () =>
    Effect.gen(function* () {
      const path = yield* write(weights);
      const file = readFileSync(path);
      const bytes = file.readUInt32LE(0);
      const header = JSON.parse(file.toString("utf8", 8, 8 + bytes));
      const end = file.byteLength - 8 - bytes;
      const text = JSON.stringify({
        ...header,
        mask: { dtype: "U8", shape: [3], data_offsets: [end, end + 3] },
        kept: { dtype: "BOOL", shape: [1], data_offsets: [end + 3, end + 4] },
        empty: {
          dtype: "F32",
          shape: [0, 2],
          data_offsets: [end + 4, end + 4],
        },
        "features.1.num_batches_tracked": {
          dtype: "I64",
          shape: [],
          data_offsets: [end + 4, end + 12],
        },
      });
      const length = Buffer.alloc(8);
      length.writeUInt32LE(Buffer.byteLength(text), 0);
      const more = Buffer.alloc(12, 0x7f);
      writeFileSync(
        path,
        Buffer.concat([
          length,
          Buffer.from(text),
          file.subarray(8 + bytes),
          more,
        ]),
      );
      const model = yield* openModelFile(path);
      assert.deepEqual({ ...model.tensors }, weights);
      assert.deepEqual(model.ignored, ["mask", "kept", "empty"]);
    }),
);

effectTest(
  "openModelFile() refuses damage, other types, two of a name, no model",
  () =>
    Effect.gen(function* () {
      const messageOf = (path: string) =>
        Effect.map(Effect.flip(openModelFile(path)), (error) => error.message);
      const store = folderStore(yield* temporaryFolder);
      yield* saveTensors(store, "a", weights);
      const damaged = readFileSync(store.pathOf("a"));
      damaged[damaged.length - 1]! ^= 1;
      writeFileSync(store.pathOf("a"), damaged);
      assert.match(
        yield* messageOf(store.pathOf("a")),
        /its content must be what was saved/,
      );
      const integers = yield* write({
        ...weights,
        "features.0.weight": intTensor([3, 2, 3, 3]),
      });
      assert.match(
        yield* messageOf(integers),
        /parameters must be floating-point numbers: features.0.weight is int32/,
      );
      const twice = yield* write({
        ...weights,
        "module.sobel.0.bias": floatTensor([1]),
      });
      assert.match(
        yield* messageOf(twice),
        /names must differ by more than module.: sobel.0.bias$/,
      );
      const foreign = yield* write({ "fc.weight": floatTensor([1]) });
      assert.equal(
        yield* messageOf(foreign),
        `Cannot open the model ${foreign} as features.0.weight must have ` +
          "shape [filters, 2 or 3, k, k]: it is absent; there are fc.weight",
      );
      assert.match(yield* messageOf(`${foreign}x`), /the path must exist/);
    }),
);
