import assert from "node:assert/strict";
import { ranks } from "./ranks.ts";

const read = (path: string) =>
  Deno.readTextFile(new URL(`../${path}`, import.meta.url));

const libs = () =>
  [...Deno.readDirSync(new URL("../libs", import.meta.url))]
    .map((entry) => entry.name).sort();

Deno.test("Every lib has a rank, and the name of its folder", async () => {
  for (const name of libs()) {
    assert(ranks.has(name), `tools/ranks.ts lacks ${name}`);
    const config = JSON.parse(await read(`libs/${name}/deno.json`));
    assert.equal(config.name, `@deepcluster/${name}`);
  }
});

Deno.test("ARCHITECTURE.md lists every lib at its rank", async () => {
  const rows = (await read("ARCHITECTURE.md")).split("\n")
    .map((line) => line.split("|").map((cell) => cell.trim()))
    .filter((cells) => /^\d+$/.test(cells[1] ?? ""));
  const listed = rows.flatMap(([, rank, names = ""]) =>
    [...names.matchAll(/`(.+?)`/g)].map(([, name]) => `${rank} ${name}`)
  );
  for (const name of libs()) {
    assert(listed.includes(`${ranks.get(name)} ${name}`), `${name} differs`);
  }
});

Deno.test("The lock files name no registry, so that mirrors work", async () => {
  const others = ["tools/nx/deno.lock", "comparisons/baselines/npm/deno.lock"];
  for (const path of ["deno.lock", ...others]) {
    assert.doesNotMatch(await read(path), /https?:\/\//);
  }
});
