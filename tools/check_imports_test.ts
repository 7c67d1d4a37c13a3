import assert from "node:assert/strict";
import { brokenRule, checkImports } from "./check_imports.ts";
import { lib, withTree } from "./tree_testing.ts";

const core = lib("core", { "mod.ts": "export type One = 1;" });

const expectErrors = (
  files: Readonly<Record<string, string>>,
  expected: readonly string[],
) =>
  withTree({ ...core, ...files }, async (root) => {
    assert.deepEqual(await checkImports(root), expected);
  });

Deno.test("checkImports() accepts a lib that imports a lower rank", () =>
  expectErrors(
    lib("graph", { "mod.ts": 'import "@deepcluster/core";' }),
    [],
  ));

Deno.test("checkImports() reports a higher rank, be the import static, dynamic or of a type", () => {
  const rule = (line: number) =>
    `libs/core/mod.ts:${line}: Cannot import "@deepcluster/graph" as a lib ` +
    "imports only libs of a lower rank in tools/ranks.ts: " +
    "current ranks are core=0, graph=1";
  return expectErrors({
    ...lib("graph", { "mod.ts": "export type Two = 2;" }),
    ...lib("core", {
      "mod.ts": 'import type { Two } from "@deepcluster/graph";\n' +
        "export type Three = Two;\n",
    }),
  }, [rule(1)]).then(() =>
    expectErrors({
      ...lib("graph", { "mod.ts": "export type Two = 2;" }),
      ...lib("core", {
        "mod.ts": 'export * from "@deepcluster/graph";\n' +
          'export type Two = import("@deepcluster/graph").Two;\n',
      }),
    }, [rule(1), rule(2)])
  ).then(() =>
    expectErrors({
      ...lib("graph", { "mod.ts": "" }),
      ...lib("core", {
        "mod.ts": 'export const lazy = () =>\n  import("@deepcluster/graph");',
      }),
    }, [rule(2)])
  );
});

Deno.test("checkImports() reports libs of one rank that import each other", () =>
  expectErrors({
    ...lib("datasets", { "mod.ts": "" }),
    ...lib("models", { "mod.ts": 'import "@deepcluster/datasets";' }),
  }, [
    'libs/models/mod.ts:1: Cannot import "@deepcluster/datasets" as a lib ' +
    "imports only libs of a lower rank in tools/ranks.ts: " +
    "current ranks are models=4, datasets=4",
  ]));

Deno.test("checkImports() reports a lib without a rank", () =>
  expectErrors(lib("extra", { "mod.ts": 'import "@deepcluster/core";' }), [
    'libs/extra/mod.ts:1: Cannot import "@deepcluster/core" as a lib ' +
    "imports only libs of a lower rank in tools/ranks.ts: " +
    "current ranks are extra=undefined, core=0",
  ]));

Deno.test("checkImports() reports paths into another project, and files that are not exported", () =>
  expectErrors({
    ...lib("core", { "mod.ts": 'export * from "./inner.ts";', "inner.ts": "" }),
    "examples/show.ts": 'import "../libs/core/inner.ts";\n' +
      'import "@deepcluster/core/inner";\n' +
      'import "@deepcluster/core";\n',
  }, [
    'examples/show.ts:1: Cannot import "../libs/core/inner.ts" as other ' +
    "projects are imported by name, not by path",
    'examples/show.ts:2: Cannot import "@deepcluster/core/inner" as it must ' +
    "resolve: Unknown export './inner' for '@deepcluster/core'.",
  ]));

Deno.test("checkImports() reports whoever imports an app or an example", () =>
  expectErrors({
    "deno.json":
      '{ "workspace": ["./libs/*"], "imports": { "@deepcluster/trainer": ' +
      '"./apps/trainer/main.ts", "@deepcluster/examples": "./examples/a.ts" } }',
    "apps/trainer/main.ts": 'import "@deepcluster/core";',
    "apps/viewer/main.ts": 'import "@deepcluster/trainer";',
    "examples/a.ts": "",
    "tools/b.ts": 'import "@deepcluster/examples";',
  }, [
    'apps/viewer/main.ts:1: Cannot import "@deepcluster/trainer" as nothing ' +
    "imports an app",
    'tools/b.ts:1: Cannot import "@deepcluster/examples" as only tests ' +
    "import test, only comparisons and tools import benchmarks, and nothing " +
    "imports examples",
  ]));

Deno.test("checkImports() lets tests, and only tests, import the test support", () =>
  expectErrors({
    "deno.json": '{ "workspace": ["./libs/*", "./test"] }',
    "test/deno.json":
      '{ "name": "@deepcluster/test", "exports": "./mod.ts", "version": "0.1.0" }',
    "test/mod.ts": "",
    ...lib("core", {
      "mod.ts": 'import "@deepcluster/test";',
      "mod_test.ts": 'import "@deepcluster/test";\n' +
        'import "@deepcluster/core";\n',
    }),
  }, [
    'libs/core/mod.ts:1: Cannot import "@deepcluster/test" as only tests ' +
    "import test, only comparisons and tools import benchmarks, and nothing " +
    "imports test",
  ]));

Deno.test("checkImports() lets comparisons and tools, and nothing else, import benchmarks", () =>
  expectErrors({
    "deno.json":
      '{ "workspace": ["./libs/*", "./benchmarks", "./comparisons"] }',
    "benchmarks/deno.json":
      '{ "name": "@deepcluster/benchmarks", "exports": "./main.ts", "version": "0.1.0" }',
    "benchmarks/main.ts": "",
    "comparisons/deno.json": '{ "name": "@deepcluster/comparisons", ' +
      '"exports": "./main.ts", "version": "0.1.0" }',
    "comparisons/main.ts": 'import "@deepcluster/benchmarks";',
    "tools/measure.ts": 'import "@deepcluster/benchmarks";',
    ...lib("core", { "mod.ts": 'import "@deepcluster/benchmarks";' }),
  }, [
    'libs/core/mod.ts:1: Cannot import "@deepcluster/benchmarks" as only ' +
    "tests import test, only comparisons and tools import benchmarks, and " +
    "nothing imports benchmarks",
  ]));

Deno.test("checkImports() reports an engine imported outside its folder", () =>
  expectErrors({
    "deno.json": '{ "workspace": ["./libs/*"], "imports": { ' +
      '"onnxruntime-node": "node:fs", "@tensorflow/tfjs-core": "node:fs" } }',
    ...lib("gpu-backend", {
      "mod.ts": 'import "./onnx/run.ts";\nimport "@tensorflow/tfjs-core";',
      "onnx/run.ts": 'import "onnxruntime-node";',
    }),
    ...lib("core", { "mod.ts": 'import "onnxruntime-node";' }),
  }, [
    'libs/core/mod.ts:1: Cannot import "onnxruntime-node" as only ' +
    "libs/gpu-backend/onnx/ imports this engine",
    'libs/gpu-backend/mod.ts:2: Cannot import "@tensorflow/tfjs-core" as ' +
    "only libs/gpu-backend/tfjs/ imports this engine",
  ]));

Deno.test("checkImports() reports packages that the root does not declare, and missing files", () =>
  expectErrors(
    lib("core", { "mod.ts": 'import "effect";\nimport "./gone.ts";' }),
    [
      'libs/core/mod.ts:1: Cannot import "effect" as the root ' +
      "deno.json must declare it",
      'libs/core/mod.ts:2: Cannot import "./gone.ts" as the file ' +
      "must exist",
    ],
  ));

Deno.test("checkImports() reports a lib's file that no export leads to, unless only tests use it", () =>
  expectErrors(
    lib("core", {
      "mod.ts": 'export * from "./used.ts";',
      "used.ts": 'import "./inner.ts";',
      "inner.ts": 'new URL("./thread.ts", import.meta.url);' +
        'new URL("./browser/page.js", import.meta.url);',
      "thread.ts": "",
      "browser/page.js": 'import "./view.js";',
      "browser/view.js": "",
      "browser/forgotten.js": "",
      "forgotten.ts": "",
      "forgotten_test.ts": 'import "./forgotten.ts";',
      "cases_testing.ts": "",
      "fixtures/make.ts": "",
    }),
    [
      "libs/core/browser/forgotten.js: Cannot keep a file that no export of " +
      "its lib leads to: re-export it in mod.ts, or name it *_testing.ts if " +
      "only tests use it",
      "libs/core/forgotten.ts: Cannot keep a file that no export of its lib " +
      "leads to: re-export it in mod.ts, or name it *_testing.ts if only " +
      "tests use it",
    ],
  ));

Deno.test("checkImports() reports a circle of files with each of them, be an import of a type", () =>
  expectErrors(
    lib("core", {
      "mod.ts": 'export * from "./a.ts";',
      "a.ts": 'import "./b.ts";\nexport type A = 1;',
      "b.ts": 'import "./c.ts";',
      "c.ts": 'import type { A } from "./a.ts";\nexport type C = A;',
    }),
    [
      "Cannot keep a circle of imports, types included: libs/core/a.ts → " +
      "libs/core/b.ts → libs/core/c.ts → libs/core/a.ts: move what both need " +
      "to a file below both",
    ],
  ));

Deno.test("checkImports() reads imports, not comments or strings", () =>
  expectErrors(
    lib("core", {
      "mod.ts": '// import "@deepcluster/graph";\n' +
        "export const text = 'import \"@deepcluster/graph\"';\n",
    }),
    [],
  ));

Deno.test("brokenRule() reports a package whose version stands in the code", () =>
  assert.equal(
    brokenRule({
      file: "libs/core/mod.ts",
      line: 1,
      specifier: "npm:effect@4.1.0",
      target: "npm:effect@4.1.0",
      error: "",
    }),
    "packages are declared once, in the root deno.json",
  ));
