import assert from "node:assert/strict";
import { differences, projectsOfCode } from "./check_nx.ts";
import { readImports, sourceFiles } from "./code_imports.ts";
import { lib, withTree } from "./tree_testing.ts";

const core = { name: "core", tags: ["rank:0"], implicitDependencies: [] };

Deno.test("projectsOfCode() names what each folder imports, for tests and types too", () =>
  withTree({
    "deno.json": '{ "workspace": ["./libs/*", "./test"] }',
    "test/deno.json":
      '{ "name": "@deepcluster/test", "exports": "./mod.ts", "version": "0.1.0" }',
    "test/mod.ts": "",
    ...lib("core", { "mod.ts": "export type One = 1;" }),
    ...lib("graph", {
      "mod.ts": 'export type { One } from "@deepcluster/core";',
      "mod_test.ts": 'import "@deepcluster/test";\nimport "./mod.ts";',
    }),
    "apps/retrieval/main.ts": 'import "node:fs";\nimport "@deepcluster/graph";',
  }, async (root) => {
    const files = await sourceFiles(root);
    const projects = projectsOfCode(files, await readImports(root, files));
    assert.deepEqual(Object.fromEntries(projects), {
      "apps/retrieval": {
        name: "retrieval-app",
        tags: [],
        implicitDependencies: ["graph"],
      },
      "libs/core": core,
      "libs/graph": {
        name: "graph",
        tags: ["rank:1"],
        implicitDependencies: ["core", "test"],
      },
      "test": { name: "test", tags: [], implicitDependencies: [] },
    });
  }));

Deno.test("differences() accepts equal projects", () =>
  assert.deepEqual(
    differences(new Map([["libs/core", core]]), new Map([["libs/core", core]])),
    [],
  ));

Deno.test("differences() reports dependencies, tags and projects that differ", () => {
  const code = new Map([["libs/core", core], ["libs/new", core]]);
  const nx = new Map([
    ["libs/core", { ...core, implicitDependencies: ["test"] }],
    ["libs/old", core],
  ]);
  const found = differences(code, nx);
  assert.equal(found.length, 3);
  assert.match(found[0]!, /^libs\/core\/project\.json: .*sees .*"test"/);
  assert.match(found[1]!, /^libs\/new\/project\.json: .*sees no such project/);
  assert.match(found[2]!, /^libs\/old\/project\.json: .*has no such project/);
});
