import { effectTest } from "@deepcluster/test";
import { Effect, Exit } from "effect";
import { conformanceTests } from "../conformance/conformance_testing.ts";
import { poolingCases } from "../conformance/pooling_testing.ts";
import { operatorTest } from "../testing.ts";
import { layerLibrary } from "./executor.ts";
import { leakTest } from "./leaks_testing.ts";
import type { TfjsLibrary } from "./library.ts";
import { hasExactMaxPoolGradient } from "./exact_gradient.ts";
import {
  kernelsPath,
  simulate,
  type SimulatedTensorFlow,
} from "./simulated_tensorflow_testing.ts";
import { skipTests } from "./tfjs_testing.ts";
import assert from "node:assert/strict";

const name = "tfjs cuda, simulated";

const declare = ({ library, tensors }: SimulatedTensorFlow) => {
  const layerOf = (library: TfjsLibrary) =>
    layerLibrary({ provider: "cuda", threads: 1 }, Effect.succeed(library));
  conformanceTests(name, layerOf(library), 1e-5);
  leakTest(name, layerOf(library), Effect.succeed(tensors));

  // Which of equal maxima a GPU takes is not documented.
  const inexact: TfjsLibrary = {
    ...library,
    has: (kernel) => kernel !== "MaxPoolGrad" && library.has(kernel),
  };
  for (const pooling of poolingCases) {
    operatorTest(`${name}, not exact`, layerOf(inexact), 1e-5, pooling);
  }

  effectTest(
    `${name}: its own gradient of max-pooling is used if exact`,
    () =>
      Effect.gen(function* () {
        assert.equal(yield* hasExactMaxPoolGradient(library), true);
        assert.equal(yield* hasExactMaxPoolGradient(inexact), false);
      }),
  );

  const images = library.tf.zeros([1, 4, 4, 1]);
  const filter = library.tf.zeros([2, 2, 1, 1]);
  const refuses = (what: string, call: () => unknown, message: RegExp) =>
    Deno.test(`${name}: it refuses ${what}, as TensorFlow`, () => {
      library.activate();
      assert.throws(call, message);
    });
  refuses(
    "a gradient with padding in numbers",
    () =>
      library.tf.engine().runKernel("Conv2DBackpropFilter", {
        x: images,
        dy: images,
      }, {
        strides: [1, 1],
        pad: [[0, 0], [1, 1], [1, 1], [0, 0]],
        dataFormat: "NHWC",
        filterShape: [3, 3, 1, 1],
      }),
    /only supports|'valid' and 'same'/,
  );
  refuses(
    "channels before rows",
    () =>
      library.tf.engine().runKernel("Conv2D", { x: images, filter }, {
        strides: [1, 1],
        pad: "valid",
        dataFormat: "NCHW",
        dilations: [1, 1],
      }),
    /Unimplemented: on the processor NCHW is not/,
  );
  refuses(
    "operands of two types",
    () =>
      library.tf.engine().runKernel("BatchMatMul", {
        a: library.tf.zeros([1, 2, 2]),
        b: library.tf.cast(library.tf.zeros([1, 2, 2]), "int32"),
      }, { transposeA: false, transposeB: false }),
    /InvalidArgument: BatchMatMulV2 takes T=float32 as operand 1, not int32/,
  );
};

const path = Effect.runSyncExit(kernelsPath);
if (Exit.isSuccess(path)) declare(await simulate(path.value));
else skipTests(`${name}, is as the reference`, "tfjs-kernels", true);
