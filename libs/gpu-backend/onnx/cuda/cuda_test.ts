import { runTests } from "@deepcluster/test/software-gpu";

const name = "ONNX Runtime on CUDA gives what every executor must give";
const required = Deno.env.get("DEEPCLUSTER_TEST_GPU") === "cuda";

Deno.test({
  name: required
    ? name
    : `${name} (takes an NVIDIA GPU: set DEEPCLUSTER_TEST_GPU=cuda)`,
  ignore: !required,
  fn: () =>
    runTests(
      new URL(
        "../../conformance/selected_engine_testing.ts",
        import.meta.url,
      ),
      { ENGINE: "onnx", PROVIDER: "cuda" },
    ),
});
