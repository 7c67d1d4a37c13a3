/**
 * Conformance of the engine that the environment names, for machines that have
 * what most have not, such as a GPU:
 *
 *     ENGINE=onnx PROVIDER=webgpu deno test -A \
 *       libs/gpu-backend/conformance/selected_engine_testing.ts
 *
 * `TOLERANCE` is the largest error against the reference, `SOFTWARE=1` allows
 * a GPU that the processor imitates.
 *
 * @module
 */
import process from "node:process";
import { layerBackend } from "../layer_backend.ts";
import { conformanceTests } from "./conformance_testing.ts";

const { ENGINE = "onnx", PROVIDER = "cpu", TOLERANCE = "1e-5", SOFTWARE } =
  process.env;

conformanceTests(
  `${ENGINE} ${PROVIDER}`,
  layerBackend({
    engine: ENGINE,
    provider: PROVIDER,
    software: SOFTWARE === "1",
  }),
  Number(TOLERANCE),
);
