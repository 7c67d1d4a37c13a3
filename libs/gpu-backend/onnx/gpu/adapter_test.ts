import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { spawnSync } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { adapterOf } from "./adapter.ts";
import assert from "node:assert/strict";

/** What Vulkan's loader writes of a device, in the words of 1.3.239. */
const opened = (device: string, driver: string) =>
  "[Vulkan Loader] DRIVER:            <Device>\n" +
  `[Vulkan Loader] DRIVER:                Using "${device}" with driver: ` +
  `"${driver}"\n`;

const logs: readonly [string, string, string, boolean][] = [
  ["a GPU", "NVIDIA H200", "libGLX_nvidia.so.0", false],
  ["AMD's GPU", "AMD Radeon RX 7900 XT (RADV)", "libvulkan_radeon.so", false],
  [
    "SwiftShader",
    "SwiftShader Device (Subzero)",
    "/usr/lib/chromium/./libvk_swiftshader.so",
    true,
  ],
  [
    "lavapipe",
    "llvmpipe (LLVM 15.0.6, 256 bits)",
    "libvulkan_lvp.so",
    true,
  ],
];

for (const [what, device, driver, software] of logs) {
  effectTest(
    `adapterOf() tells whether ${what} is software`,
    () =>
      Effect.sync(() => {
        assert.deepEqual(
          adapterOf(opened(device, driver), {}),
          { name: device, software },
        );
      }),
  );
}

effectTest(
  "adapterOf() takes the device that was opened last, whatever others say",
  () =>
    Effect.sync(() => {
      const log = opened("llvmpipe (LLVM 15.0.6)", "libvulkan_lvp.so") +
        opened("NVIDIA H200", "libGLX_nvidia.so.0");
      assert.deepEqual(
        adapterOf(log, { name: "llvmpipe", fallback: true }),
        { name: "NVIDIA H200", software: false },
      );
    }),
);

effectTest(
  "adapterOf() believes the runtime where Vulkan's loader says nothing",
  () =>
    Effect.sync(() => {
      assert.deepEqual(
        adapterOf("", {
          name: "Microsoft Basic Render Driver",
          fallback: true,
        }),
        { name: "Microsoft Basic Render Driver", software: true },
      );
      assert.deepEqual(adapterOf("", {}), { software: false });
    }),
);

effectTest(
  "without a driver the provider webgpu is refused in one sentence, and " +
    "nothing else is printed",
  () =>
    Effect.sync(() => {
      if (process.platform !== "linux") return;
      const none = "/no/driver.json";
      const { stdout, stderr } = spawnSync(
        process.execPath,
        [
          "run",
          "-A",
          fileURLToPath(new URL("./refusal_testing.ts", import.meta.url)),
        ],
        {
          encoding: "utf8",
          env: {
            ...process.env,
            VK_DRIVER_FILES: none,
            VK_ICD_FILENAMES: none,
          },
        },
      );
      assert.equal(stderr, "");
      assert.match(
        stdout,
        /^Cannot compute on webgpu as it must find a GPU with a driver that it can use: ONNX Runtime .*; install .*, or choose --provider cpu\n$/,
      );
    }),
);
