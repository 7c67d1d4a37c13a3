import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { pageFiles } from "./mod.ts";

Deno.test("pageFiles lists every file of browser/, at /page/NAME", async () => {
  const names = await readdir(new URL("./browser", import.meta.url));
  assert.deepEqual(
    [...pageFiles.keys()].sort(),
    names.map((name) => `/page/${name}`).sort(),
  );
});

Deno.test("pageFiles serves every module that a served module imports", async () => {
  for (const [address, { file, type }] of pageFiles) {
    const text = await readFile(file, "utf8");
    if (!type.startsWith("text/javascript")) continue;
    for (const [, name] of text.matchAll(/^(?:import|\}) .*"(.*)";$/gm)) {
      const imported = new URL(name!, `http://localhost${address}`);
      assert.match(name!, /^\.\//, address);
      assert.ok(pageFiles.has(imported.pathname), `${address}: ${name}`);
    }
  }
});

Deno.test("style sheets close all blocks that they open", async () => {
  for (const [address, { file, type }] of pageFiles) {
    if (!type.startsWith("text/css")) continue;
    const text = (await readFile(file, "utf8")).replaceAll(
      /\/\*[^]*?\*\//g,
      "",
    );
    // What follows in the same page would be lost.
    assert.equal(text.split("{").length, text.split("}").length, address);
  }
});
