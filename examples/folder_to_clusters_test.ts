import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

const textOf = (path: string) =>
  readFile(new URL(path, import.meta.url), "utf8");

Deno.test("README.md shows folder_to_clusters.ts as it is, without its header", async () => {
  const code = (await textOf("folder_to_clusters.ts")).split(" */\n")[1]!;
  const readme = await textOf("../README.md");
  assert.ok(readme.includes("```ts ignore\n" + code + "```\n"));
});
