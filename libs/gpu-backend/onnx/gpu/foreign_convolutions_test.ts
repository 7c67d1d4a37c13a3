import { floatTensor } from "@deepcluster/core";
import { encode, modelWriter } from "@deepcluster/onnx-format";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { openForeignModel } from "../foreign_model.ts";
import { loadRuntime } from "../runtime.ts";
import { wrongConvolutionIn } from "./foreign_convolutions.ts";
import assert from "node:assert/strict";

/** A model of one convolution. */
const modelOf = Effect.fnUntraced(function* (
  operator: "Conv" | "ConvTranspose",
  filterShape: readonly number[],
  groups: number,
) {
  const writer = modelWriter();
  const channels = operator === "Conv"
    ? filterShape[1]! * groups
    : filterShape[0]!;
  const x = writer.input({
    name: "x",
    shape: [1, channels, ...filterShape.slice(2).map(() => 8)],
    dtype: "float32",
  });
  const filter = writer.constant("filter", floatTensor(filterShape));
  const [y] = writer.node("/stem/conv", operator, [x, filter], {
    group: { i: groups },
  });
  writer.output({ name: "y", shape: [1, 1, 6, 6], dtype: "float32" }, y);
  const { bytes } = yield* encode(writer.finish(), { external: false });
  return bytes;
});

effectTest(
  "convolutions of others that WebGPU gets wrong are found",
  () =>
    Effect.gen(function* () {
      const found = Effect.fnUntraced(function* (
        ...convolution: Parameters<typeof modelOf>
      ) {
        return yield* wrongConvolutionIn(yield* modelOf(...convolution));
      });
      assert.equal(
        yield* found("Conv", [32, 9, 3, 3], 1),
        "Conv /stem/conv with a filter of 32x9x3x3",
      );
      assert.equal(
        yield* found("Conv", [12, 4, 3, 3], 2),
        "Conv /stem/conv with a filter of 12x4x3x3 in 2 groups",
      );
      assert.equal(
        yield* found("ConvTranspose", [8, 1, 3, 3], 2),
        "ConvTranspose /stem/conv with a filter of 8x1x3x3 in 2 groups",
      );
      assert.equal(
        yield* found("Conv", [4, 6, 3], 1),
        "Conv /stem/conv with a filter of 4x6x3",
      );
      // A product of matrices to WebGPU.
      assert.equal(yield* found("Conv", [32, 9, 1, 1], 1), undefined);
      assert.equal(yield* found("Conv", [32, 3, 3, 3], 1), undefined);
      assert.equal(yield* found("Conv", [32, 12, 3, 3], 1), undefined);
      assert.equal(yield* found("ConvTranspose", [8, 2, 3, 3], 2), undefined);
      assert.equal(yield* wrongConvolutionIn(Uint8Array.of(1, 2)), undefined);
    }),
);

effectTest(
  "a model that WebGPU would compute wrongly is not opened there",
  () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Effect.scoped(openForeignModel(
        yield* loadRuntime,
        yield* modelOf("Conv", [32, 9, 3, 3], 1),
        { provider: "webgpu", threads: 1 },
        Effect.void,
      )));
      assert.equal(
        error.message,
        "Cannot use the model as ONNX Runtime must compute its convolutions " +
          "rightly on webgpu: it does not compute Conv /stem/conv with a " +
          "filter of 32x9x3x3 rightly; choose --provider cpu",
      );
    }),
);
