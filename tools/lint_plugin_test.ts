import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import plugin from "./lint_plugin.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

const rulesBroken = (file: string, source: string): string[] =>
  Deno.lint.runPlugin(plugin, join(root, file), source).map((found) =>
    found.id.replace("deepcluster/", "")
  );

const inLib = (source: string) => rulesBroken("libs/core/mod.ts", source);

const forbidden: readonly (readonly [string, string])[] = [
  ["no-throw", "export const f = () => { throw new Error(); };"],
  ["no-try", "try { f(); } catch { g(); }"],
  ["no-ambient", "export const now = Date.now();"],
  ["no-ambient", "export const now = performance.now();"],
  ["no-ambient", "export const chance = Math.random();"],
  ["no-ambient", 'console.log("x");'],
  ["no-ambient", 'export const text = Deno.readTextFileSync("x");'],
  ["no-promise", "export const f = async () => {};"],
  ["no-promise", "export async function f() {}"],
  ["no-promise", "export const p = new Promise(f);"],
  ["no-computed-import", "export const m = import(name);"],
  [
    "no-provided-layer",
    'import { Progress } from "@deepcluster/core"; ' +
    "export const e = f.pipe(Effect.provide(Progress.layerSilent));",
  ],
  [
    "no-provided-layer",
    'import { layerBackend } from "@deepcluster/gpu-backend"; ' +
    "export const e = Effect.provide(f, [layerBackend()]);",
  ],
];

for (const [rule, source] of forbidden) {
  Deno.test(`deepcluster/${rule} reports in a lib: ${source}`, () =>
    assert.deepEqual(inLib(source), [rule]));
}

const allowed: readonly string[] = [
  "export const e = Effect.tryPromise(async () => await read());",
  'export const e = attempt("read", path, async () => await read());',
  "const readAll = async () => { await read(); };",
  "export const e = Effect.tryPromise({ try: () => read(), catch: wrap });",
  'export const text = "throw Date.now() console.log Math.random()";',
  "export const floor = Math.floor(1.5);",
  'export const lazy = import("./other.ts");',
  "export const at = clock.now();",
  'import { layerOwn } from "./own.ts"; ' +
  "export const e = Effect.provide(f, layerOwn);",
  'import { Progress } from "@deepcluster/core"; ' +
  "export const e = Effect.provideService(f, Progress, wrapped);",
];

for (const source of allowed) {
  Deno.test(`The rules for libs accept: ${source}`, () =>
    assert.deepEqual(inLib(source), []));
}

Deno.test("The rules for libs leave tests, their fixtures, browser code, apps and tools alone", () => {
  for (
    const file of [
      "libs/core/mod_test.ts",
      "libs/core/cases_testing.ts",
      "libs/core/fixtures/make.ts",
      "libs/core/browser/page.js",
      "apps/trainer/main.ts",
      "tools/ok.ts",
    ]
  ) {
    assert.deepEqual(rulesBroken(file, "throw new Error();"), []);
  }
});

Deno.test("deepcluster/no-computed-import holds outside libs too", () =>
  assert.deepEqual(
    rulesBroken("apps/trainer/main.ts", "import(name);"),
    ["no-computed-import"],
  ));

Deno.test("deepcluster/no-boolean-flag holds in apps and libs", () => {
  const source = 'export const json = Flag.Boolean("json");';
  for (const file of ["apps/trainer/main.ts", "libs/terminal/flags.ts"]) {
    assert.deepEqual(rulesBroken(file, source), ["no-boolean-flag"]);
  }
});
