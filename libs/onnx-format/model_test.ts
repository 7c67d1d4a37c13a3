import { floatTensor } from "@deepcluster/core";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { encode } from "./encode.ts";
import { modelWriter } from "./model.ts";
import assert from "node:assert/strict";

const port = (name: string) =>
  ({ name, shape: [2], dtype: "float32" }) as const;

effectTest(
  "a model leaves out what no output depends on",
  () =>
    Effect.sync(() => {
      const writer = modelWriter();
      const x = writer.input(port("x"));
      const [largest] = writer.node(
        "top",
        "TopK",
        [x, writer.integers([1])],
        {},
        2,
      );
      writer.node("dead", "Add", [largest, writer.scalar(5)]);
      writer.constant("unused", floatTensor([2]));
      writer.output(port("y"), largest);
      const { nodes, constants } = writer.finish();
      assert.deepEqual(nodes.map(({ name, outputs }) => [name, outputs]), [
        ["top", ["y"]],
      ]);
      assert.deepEqual(constants.map(({ name }) => name), ["%int64 [1]"]);
    }),
);

effectTest(
  "a model keeps names unique and equal constants one",
  () =>
    Effect.sync(() => {
      const writer = modelWriter();
      assert.equal(writer.input(port("x")), "x");
      assert.equal(writer.input(port("x")), "x:2");
      assert.deepEqual(writer.node("x", "Relu", ["x"]), ["x:3"]);
      assert.equal(writer.scalar(1), writer.scalar(1));
      assert.notEqual(writer.scalar(1), writer.scalar(1, "int32"));
      assert.notEqual(writer.scalar(0), writer.scalar(-0));
      assert.equal(writer.integers([1, 2]), writer.integers([1, 2]));
    }),
);

effectTest(
  "a model copies only what it cannot hand back directly",
  () =>
    Effect.sync(() => {
      const writer = modelWriter();
      const x = writer.input(port("x"));
      const [y] = writer.node("relu", "Relu", [x]);
      assert.equal(writer.output(port("y"), y), "y");
      assert.equal(writer.output(port("again"), y), "again");
      assert.equal(writer.output(port("x"), x), "x:2");
      const operators = writer.finish().nodes.map((node) => node.operator);
      assert.deepEqual(operators, ["Relu", "Identity", "Identity"]);
    }),
);

effectTest(
  "encode() fails with ModelTooLargeError above 2 GiB",
  () =>
    Effect.gen(function* () {
      const data = {
        byteLength: 3e9,
        buffer: new ArrayBuffer(8),
        byteOffset: 0,
      } as unknown as Float32Array;
      const model = {
        inputs: [],
        outputs: [],
        nodes: [],
        constants: [{ name: "w", shape: [1], dtype: "float32" as const, data }],
      };
      const error = yield* Effect.flip(encode(model, { external: false }));
      assert.equal(
        error.message,
        "Cannot write the ONNX model as its constants must be <= limit: " +
          "current values are bytes=3000000000, limit=2080374784",
      );
    }),
);

effectTest(
  "encode() keeps large constants outside, without a copy",
  () =>
    Effect.gen(function* () {
      const writer = modelWriter();
      const large = floatTensor([300]);
      const small = floatTensor([2]);
      const sum = writer.node("sum", "Add", [
        writer.constant("large", large),
        writer.constant("small", small),
      ]);
      writer.output(port("y"), sum[0]);
      const { externalData } = yield* encode(writer.finish(), {
        external: true,
      });
      assert.deepEqual(externalData.map(({ path }) => path), ["large"]);
      assert.equal(externalData[0]!.data.buffer, large.data.buffer);
    }),
);
