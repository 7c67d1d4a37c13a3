import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { readFile } from "node:fs/promises";
import { ProviderMissingError } from "../../errors.ts";
import { type CudaSurvey, runtimeFolder } from "./survey.ts";
import { explainCuda } from "./why_no_cuda.ts";
import assert from "node:assert/strict";

/** What ONNX Runtime 1.30.0 said whichever library was missing. */
const notLoaded =
  "OrtSessionOptionsAppendExecutionProvider_Cuda: Failed to load shared library";

/** What it said with all libraries of CUDA 13.5 and cuDNN 9.28, and no GPU. */
const cudaFailure = (failure: string) =>
  "/onnxruntime_src/onnxruntime/core/providers/cuda/cuda_call.cc:154 " +
  "std::conditional_t<THRW, void, onnxruntime::common::Status> " +
  "onnxruntime::CudaCall(ERRTYPE, const char*, const char*, SUCCTYPE, const " +
  "char*, const char*, int) [with ERRTYPE = cudaError; bool THRW = true; " +
  "SUCCTYPE = cudaError; std::conditional_t<THRW, void, common::Status> = " +
  `void] CUDA failure ${failure} ; GPU=-1 ; hostname=vm ; ` +
  "file=/onnxruntime_src/onnxruntime/core/providers/cuda/" +
  "cuda_execution_provider.cc ; line=352 ; expr=cudaSetDevice(info_.device_id);";

const howToInstall = "run python3 -m venv engines/cuda && " +
  "engines/cuda/bin/pip install 'nvidia-cuda-nvrtc~=13.0' " +
  "'nvidia-cuda-runtime~=13.0' 'nvidia-cublas~=13.0' " +
  "'nvidia-curand~=10.0' 'nvidia-cudnn-cu13~=9.0', then export " +
  "LD_LIBRARY_PATH=$(echo $PWD/engines/cuda/lib/python3*/site-packages/" +
  "nvidia/*/lib | tr ' ' :):$LD_LIBRARY_PATH, and start again, or choose " +
  "--provider cpu";

/** A machine that has everything but a GPU. */
const complete: CudaSurvey = {
  runtime: "/app/node_modules/onnxruntime-node/bin/napi-v6/linux/x64",
  absent: [],
  missing: [],
  elsewhere: {},
  needed: [
    "libcublasLt.so.13",
    "libcublas.so.13",
    "libcurand.so.10",
    "libcudart.so.13",
    "libcuda.so.1",
    "libcudnn.so.9",
  ],
  installations: [{ version: "13", folder: "/usr/local/cuda-13/lib64" }],
};

const messageOf = (survey: Partial<CudaSurvey>, reason = notLoaded) =>
  new ProviderMissingError({
    provider: "cuda",
    ...explainCuda({ ...complete, ...survey }, reason),
  }).message;

const messageTest = (name: string, actual: () => string, expected: string) =>
  effectTest(
    `without CUDA the message ${name}`,
    () => Effect.sync(() => assert.equal(actual(), expected)),
  );

messageTest(
  "names the command that installs ONNX Runtime's libraries, and the CUDA found",
  () =>
    messageOf({
      absent: ["libonnxruntime_providers_cuda.so"],
      installations: [{
        version: "12.4.127",
        folder: "/usr/local/cuda-12.4/lib64",
      }],
      driver: "550.54.14",
    }),
  "Cannot compute on cuda as ONNX Runtime's libraries for CUDA must be " +
    "installed: libonnxruntime_providers_cuda.so is not in " +
    "/app/node_modules/onnxruntime-node/bin/napi-v6/linux/x64; run deno task " +
    "engine:install onnx-cuda, which needs CUDA 13 (this machine has CUDA " +
    "12.4.127 in /usr/local/cuda-12.4/lib64 and driver 550.54.14), or choose " +
    "--provider cpu",
);

messageTest(
  "names each library that is nowhere, and how to get it",
  () =>
    messageOf({
      missing: ["libcublas.so.13", "libcuda.so.1", "libcudnn.so.9"],
      elsewhere: { "libcudnn.so.9": "/opt/cudnn" },
      installations: [],
    }),
  "Cannot compute on cuda as the libraries of CUDA 13 and cuDNN 9 must be on " +
    "the library path: there is no libcublas.so.13; this machine has no CUDA " +
    "and no NVIDIA driver; " + howToInstall,
);

messageTest(
  "names the folders where the libraries lie unseen",
  () =>
    messageOf({
      missing: ["libcudart.so.13", "libcudnn.so.9"],
      elsewhere: {
        "libcudart.so.13": "/usr/local/cuda-13/lib64",
        "libcudnn.so.9": "/venv/nvidia/cudnn/lib",
      },
    }),
  "Cannot compute on cuda as the libraries of CUDA 13 and cuDNN 9 must be on " +
    "the library path: libcudart.so.13 and libcudnn.so.9 lie in " +
    "/usr/local/cuda-13/lib64 and /venv/nvidia/cudnn/lib only; run " +
    "export LD_LIBRARY_PATH=/usr/local/cuda-13/lib64:/venv/nvidia/cudnn/lib:" +
    "$LD_LIBRARY_PATH and start again, or choose --provider cpu",
);

messageTest(
  "names cuDNN alone, without which ONNX Runtime starts and then stops",
  () =>
    messageOf(
      {
        missing: ["libcudnn.so.9"],
        installations: [{
          version: "13.0.88",
          folder: "/usr/local/cuda-13.0/lib64",
        }],
        driver: "580.65.06",
      },
      "Non-zero status code returned while running Conv node. Name:'y' Status " +
        "Message: /onnxruntime_src/onnxruntime/core/providers/cuda/" +
        "cuda_kernel.h:296 static cudnnContext* onnxruntime::cuda::CudaKernel" +
        "::RequireCudnnHandle(cudnnHandle_t) [ONNXRuntimeError] : 9 : " +
        "NOT_IMPLEMENTED : cuDNN is unavailable or disabled for CUDA " +
        "Execution Provider: dlopen failed for libcudnn.so: libcudnn.so: " +
        "cannot open shared object file: No such file or directory",
    ),
  "Cannot compute on cuda as the libraries of CUDA 13 and cuDNN 9 must be on " +
    "the library path: there is no libcudnn.so.9; this machine has CUDA " +
    "13.0.88 in /usr/local/cuda-13.0/lib64 and driver 580.65.06; " +
    howToInstall,
);

messageTest(
  "says that the driver is missing when nothing else is",
  () => messageOf({ missing: ["libcuda.so.1"] }),
  "Cannot compute on cuda as an NVIDIA GPU and its driver must be there: " +
    "libcuda.so.1, which the driver brings, is not on the library path; " +
    "install NVIDIA's driver 580 or newer, until nvidia-smi lists the GPU, or " +
    "choose --provider cpu",
);

messageTest(
  "says that there is no GPU, in CUDA's words",
  () => messageOf({}, cudaFailure("100: no CUDA-capable device is detected")),
  "Cannot compute on cuda as CUDA must start on an NVIDIA GPU: CUDA says " +
    '"no CUDA-capable device is detected" (error 100); see whether nvidia-smi ' +
    "lists the GPU, or choose --provider cpu",
);

messageTest(
  "says that the driver is too old, and which it is",
  () =>
    messageOf(
      { driver: "550.54.14" },
      cudaFailure(
        "35: CUDA driver version is insufficient for CUDA runtime version",
      ),
    ),
  "Cannot compute on cuda as CUDA must start on an NVIDIA GPU: CUDA says " +
    '"CUDA driver version is insufficient for CUDA runtime version" (error 35, ' +
    "driver 550.54.14); install NVIDIA's driver 580 or newer, which CUDA 13 " +
    "needs, or choose --provider cpu",
);

messageTest(
  "says how to look further when a library that has all it needs does not load",
  () => messageOf({}),
  "Cannot compute on cuda as ONNX Runtime's libraries for CUDA must load: " +
    'ONNX Runtime says "OrtSessionOptionsAppendExecutionProvider_Cuda: Failed ' +
    'to load shared library"; see what ldd ' +
    "/app/node_modules/onnxruntime-node/bin/napi-v6/linux/x64/" +
    "libonnxruntime_providers_cuda.so does not find, or choose --provider cpu",
);

messageTest(
  "passes on what it does not know",
  () => messageOf({}, "something new"),
  "Cannot compute on cuda as CUDA must start on an NVIDIA GPU: ONNX Runtime " +
    'says "something new"; see whether nvidia-smi lists the GPU, or choose ' +
    "--provider cpu",
);

effectTest(
  "what is said of CUDA holds for the ONNX Runtime that is installed",
  () =>
    Effect.gen(function* () {
      const manifest = yield* Effect.promise(() =>
        readFile(`${runtimeFolder()}/../../../../package.json`, "utf8")
      );
      // Another version may be built for another CUDA: see builtForCuda.
      assert.equal(JSON.parse(manifest).version, "1.30.0");
    }),
);
