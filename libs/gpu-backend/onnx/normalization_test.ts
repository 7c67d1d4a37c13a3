import { normalizedForTraining } from "../conformance/normalization_testing.ts";
import { layerTested, operatorCase, operatorTest } from "../testing.ts";

operatorTest(
  "ONNX Runtime",
  layerTested,
  1e-4,
  operatorCase(
    "batch normalisation in parts of a batch and its gradients equal the " +
      "reference's",
    1,
    (maker) =>
      normalizedForTraining(maker.floats("x", [3, 2, 400, 600]), maker),
  ),
);
