import assert from "node:assert/strict";
import { join } from "node:path";
import { installProvider } from "./onnx_cuda.ts";

const names = [
  "libonnxruntime_providers_shared.so",
  "libonnxruntime_providers_cuda.so",
];

/** Installs with a Python whose pip is a line of shell and unpacks by name. */
const withPip = async (
  pip: string,
  use: (
    folders: { engines: string; runtime: string },
    install: (pip?: string) => Promise<string>,
  ) => Promise<void>,
) => {
  const root = await Deno.makeTempDir();
  const [python, runtime, engines] = ["python", "runtime", "engines"]
    .map((name) => join(root, name)) as [string, string, string];
  try {
    await Deno.mkdir(runtime);
    await use({ engines, runtime }, async (line = pip) => {
      const unpack = 'shift 3; cd "$1"; shift; ' +
        'for name in "$@"; do echo library > "$name"; done';
      const script = `if [ "$1" = -m ]; then ${line}; else ${unpack}; fi`;
      await Deno.writeTextFile(python, `#!/bin/sh\n${script}\n`, {
        mode: 0o755,
      });
      return installProvider(engines, { python, runtime, version: "1.2.3" });
    });
  } finally {
    await Deno.remove(root, { recursive: true });
  }
};

const ignore = Deno.build.os === "windows";

Deno.test({
  name: "ONNX Runtime finds the libraries beside its own, and once is enough",
  ignore,
  fn: () =>
    withPip("exit 0", async ({ engines, runtime }, install) => {
      const what = "ONNX Runtime's libraries for CUDA, 1.2.3, in " +
        join(engines, "onnx-cuda-1.2.3");
      assert.equal(await install(), `Installed ${what}`);
      const read = () =>
        Promise.all(
          names.map((name) => Deno.readTextFile(join(runtime, name))),
        );
      assert.deepEqual(await read(), ["library\n", "library\n"]);
      // As after an install that made node_modules anew.
      await Deno.remove(join(runtime, names[1]!));
      assert.equal(await install("exit 1"), `Installed already: ${what}`);
      assert.deepEqual(await read(), ["library\n", "library\n"]);
    }),
});

Deno.test({
  name:
    "what pip cannot fetch is named, with the other way, and nothing is left",
  ignore,
  fn: () =>
    withPip(
      "echo 'ERROR: No matching distribution' >&2; exit 1",
      async ({ engines, runtime }, install) => {
        await assert.rejects(install, {
          name: "InstallError",
          message: "pip could not fetch onnxruntime-gpu==1.2.3: it says " +
            '"No matching distribution"; or have npm fetch its own: ' +
            "ONNXRUNTIME_NODE_INSTALL=cuda12 node " +
            "node_modules/onnxruntime-node/script/install.js",
        });
        await assert.rejects(Deno.stat(engines), Deno.errors.NotFound);
        assert.deepEqual([...Deno.readDirSync(runtime)], []);
      },
    ),
});
