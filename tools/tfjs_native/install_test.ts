import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import {
  inFolder,
  isGone,
  withEnv,
} from "../engine_install/engines_testing.ts";
import { engineInstall } from "../engine_install/main.ts";
import { tensorFlowVersion } from "./tensorflow.ts";

/** Runs where these programs are found, and nothing else. */
const withPrograms = async (
  folder: string,
  programs: Readonly<Record<string, string>>,
  body: () => Promise<void>,
  more = "",
) => {
  const bin = join(dirname(folder), "bin");
  await Deno.mkdir(bin);
  for (const [program, script] of Object.entries(programs)) {
    const path = join(bin, program);
    await Deno.writeTextFile(path, `#!/bin/sh\n${script}\n`);
    await Deno.chmod(path, 0o755);
  }
  await withEnv({ PATH: `${bin}:${more}`, CXX: "c++" }, body);
};

const refusal = async (folder: string) => {
  const { text, code } = await engineInstall(["tfjs-node"], folder);
  assert.equal(code, 1);
  return text;
};

const linuxTest = (name: string, fn: (folder: string) => Promise<void>) =>
  Deno.test({
    name,
    ignore: Deno.build.os !== "linux",
    fn: () => inFolder(fn),
  });

linuxTest(
  "without a C++ compiler it says so before it fetches anything",
  (folder) =>
    withPrograms(folder, {}, async () => {
      assert.equal(
        await refusal(folder),
        "Cannot install tfjs-node as c++ was not found: install a C++ compiler, " +
          "on Debian and Ubuntu by apt install g++, or name one by CXX=PATH",
      );
      await isGone(folder);
    }),
);

linuxTest(
  "without Python it says so before it fetches anything",
  (folder) =>
    withPrograms(folder, { "c++": "exit 0" }, async () => {
      assert.equal(
        await refusal(folder),
        "Cannot install tfjs-node as python3 was not found: install Python 3 " +
          "and pip, on Debian and Ubuntu by apt install python3-pip",
      );
      await isGone(folder);
    }),
);

linuxTest(
  "without npm it says so before it fetches anything",
  (folder) =>
    withPrograms(folder, { "c++": "exit 0", "python3": "exit 0" }, async () => {
      assert.match(
        await refusal(folder),
        /^Cannot install tfjs-node as npm was/,
      );
      await isGone(folder);
    }),
);

linuxTest(
  "it says what pip says, and leaves nothing",
  (folder) =>
    withPrograms(folder, {
      "c++": "exit 0",
      "npm": "exit 0",
      "python3": `case "$3" in install)
      echo "WARNING: one" >&2; echo "ERROR: no such wheel" >&2; exit 1
    esac`,
    }, async () => {
      assert.match(
        await refusal(folder),
        /^Cannot install tfjs-node as pip could not install tensorflow-cpu==.*: it says "no such wheel"; /,
      );
      await isGone(folder);
    }),
);

linuxTest(
  "a package that npm cannot fetch leaves TensorFlow for another try",
  (folder) =>
    withEnv({
      npm_config_registry: "http://127.0.0.1:9",
      npm_config_cache: join(dirname(folder), "cache"),
      npm_config_fetch_retry_mintimeout: "1",
    }, () =>
      withPrograms(
        folder,
        { "c++": "exit 0", "python3": "exit 0" },
        async () => {
          const library = join(folder, `tensorflow-${tensorFlowVersion}-cpu`);
          await Deno.mkdir(join(library, "tensorflow"), { recursive: true });
          assert.match(
            await refusal(folder),
            /^Cannot install tfjs-node as npm could not install /,
          );
          await isGone(join(folder, "node_modules"));
          assert.ok(await Deno.stat(library));
        },
        Deno.env.get("PATH"),
      )),
);
