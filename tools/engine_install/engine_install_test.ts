import assert from "node:assert/strict";
import { join } from "node:path";
import { inFolder, isGone, withEnv } from "./engines_testing.ts";
import { engineInstall } from "./main.ts";
import { installedVersion, installPackages } from "./npm_packages.ts";

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

Deno.test("a folder that cannot be made is named, and a file there stays", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(folder, "mine");
    const { text, code } = await engineInstall(["tfjs-wasm"], folder);
    assert.equal(code, 1);
    assert.ok(
      text.startsWith(
        `Cannot install tfjs-wasm as ${folder} cannot be written: EEXIST`,
      ),
      text,
    );
    assert.equal(await Deno.readTextFile(folder), "mine");
  }));

Deno.test("two do not install into one folder at once", () =>
  inFolder(async (folder) => {
    await Deno.mkdir(folder);
    const path = join(folder, ".lock");
    using other = await Deno.open(path, { create: true, write: true });
    await other.lock(true);
    assert.deepEqual(await engineInstall(["tfjs-wasm"], folder), {
      text: `Cannot install tfjs-wasm as another engine:install is at work ` +
        `in ${folder}: wait until it has ended`,
      code: 1,
    });
  }));

Deno.test("what npm left half installed when it was killed is installed anew", () =>
  inFolder(async (folder) => {
    const source = join(folder, "..", "engine");
    await Deno.mkdir(source);
    const manifest = JSON.stringify({ name: "engine", version: "1.2.3" });
    await Deno.writeTextFile(join(source, "package.json"), manifest);
    await Deno.writeTextFile(join(source, "index.js"), "");
    const half = join(folder, "node_modules", "engine");
    await Deno.mkdir(half, { recursive: true });
    await Deno.writeTextFile(join(half, "package.json"), manifest);
    await Deno.writeTextFile(join(folder, ".npm-unfinished"), "");
    await installPackages(folder, { engine: `file:${source}` });
    await Deno.stat(join(half, "index.js"));
    await isGone(join(folder, ".npm-unfinished"));
    await Deno.writeTextFile(join(half, "package.json"), '{ "vers');
    assert.equal(await installedVersion(folder, "engine"), undefined);
  }));

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
