import assert from "node:assert/strict";
import { join } from "node:path";
import { inFolder, isGone, withEnv } from "./engines_testing.ts";
import { engineInstall } from "./main.ts";
import { installPackages } from "./npm_packages.ts";

Deno.test("an unknown engine is refused, and the known ones are named", () =>
  inFolder(async (folder) => {
    const { text, code } = await engineInstall(["tfjs-wsm"], folder);
    assert.equal(code, 1);
    assert.match(
      text,
      /^Cannot install an engine as NAME must be .*: current value is tfjs-wsm$/,
    );
    assert.equal((await engineInstall([], folder)).code, 1);
    assert.equal((await engineInstall(["--help"], folder)).code, 0);
    await isGone(folder);
  }));

Deno.test("without npm it says what helps, and leaves no folder", () =>
  inFolder((folder) =>
    withEnv({ PATH: "/nowhere" }, async () => {
      const { text, code } = await engineInstall(["tfjs-wasm"], folder);
      assert.equal(code, 1);
      assert.equal(
        text,
        "Cannot install tfjs-wasm as npm was not found: " +
          "install Node.js, which brings it",
      );
      await isGone(folder);
    })
  ));

Deno.test("without a network it says what npm says, and leaves no folder", () =>
  inFolder((folder) =>
    withEnv({
      npm_config_registry: "http://127.0.0.1:9",
      npm_config_cache: join(folder, "..", "cache"),
      npm_config_fetch_retry_mintimeout: "1",
    }, async () => {
      const { text, code } = await engineInstall(["tfjs-wasm"], folder);
      assert.equal(code, 1);
      assert.match(text, /^Cannot install tfjs-wasm as npm could not install /);
      assert.match(text, /it says ".*ECONNREFUSED/);
      await isGone(folder);
    })
  ));

Deno.test("packages are installed in their versions once, beside others", () =>
  inFolder(async (folder) => {
    await Deno.mkdir(folder);
    const packed = async (name: string, version: string) => {
      const source = join(folder, "..", `${name}-${version}`);
      await Deno.mkdir(source);
      await Deno.writeTextFile(
        join(source, "package.json"),
        JSON.stringify({
          name,
          version,
          // A script must not run: it would fail.
          scripts: { install: "exit 1" },
        }),
      );
      return source;
    };
    const first = await packed("first-engine", "1.2.3");
    const second = await packed("second-engine", "4.5.6");
    await installPackages(folder, { "first-engine": `file:${first}` });
    await installPackages(folder, { "second-engine": `file:${second}` });
    assert.equal(
      await installPackages(folder, { "first-engine": "1.2.3" }),
      `Installed already: first-engine 1.2.3 in ${folder}`,
    );
  }));
