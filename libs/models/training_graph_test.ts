import { layerOnnx, layerReference } from "@deepcluster/gpu-backend";
import { pytorchTests } from "./pytorch_testing.ts";

// The reference rounds only at the end of a step, ONNX after each operator.
pytorchTests("reference", layerReference, 1e-6);
pytorchTests("onnx", layerOnnx({ provider: "cpu", threads: 1 }), 1e-5);
