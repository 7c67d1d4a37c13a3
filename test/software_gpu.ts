/**
 * Tests on a GPU that the processor imitates: SwiftShader, which comes with
 * Chromium.
 *
 * @module
 */
import { Effect, Exit, Layer, Scope } from "effect";
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Folders of Chromium's packages: SwiftShader and a loader of Vulkan. */
const folders = [
  "/usr/lib/chromium",
  "/usr/lib64/chromium-browser",
  "/opt/google/chrome",
];

/**
 * Finds SwiftShader.
 *
 * @returns The environment in which Vulkan finds it and nothing else;
 * `undefined` when there is none.
 */
export const findSwiftShader = ():
  | Readonly<Record<string, string>>
  | undefined => {
  const folder = folders.find((folder) =>
    existsSync(`${folder}/vk_swiftshader_icd.json`) &&
    existsSync(`${folder}/libvulkan.so.1`)
  );
  const driver = `${folder}/vk_swiftshader_icd.json`;
  return folder === undefined ? undefined : {
    VK_DRIVER_FILES: driver,
    VK_ICD_FILENAMES: driver,
    LD_LIBRARY_PATH: folder,
  };
};

/**
 * A test that runs a module of tests on SwiftShader, in a process of its own:
 * the environment must be set before, and a driver may end its process. It is
 * skipped, which its name says, without the environment variable
 * `DEEPCLUSTER_TEST_GPU=1`; with it, it fails where there is no SwiftShader.
 *
 * @param name A sentence that can be false.
 * @param module The module, called `*_testing.ts` so that nothing else runs it.
 */
export const softwareGpuTest = (name: string, module: URL): void => {
  const required = Deno.env.get("DEEPCLUSTER_TEST_GPU") === "1";
  Deno.test({
    name: required
      ? name
      : `${name} (takes minutes on SwiftShader, which comes with Chromium: ` +
        "set DEEPCLUSTER_TEST_GPU=1)",
    ignore: !required,
    fn: async () => {
      const environment = findSwiftShader();
      assert.ok(
        environment,
        "Cannot test on a GPU as DEEPCLUSTER_TEST_GPU=1 needs SwiftShader, " +
          `which is in none of ${folders.join(", ")}: install chromium`,
      );
      await runTests(module, environment);
    },
  });
};

/**
 * Runs a module of tests in a process of its own.
 *
 * @param module The module, called `*_testing.ts`.
 * @param env Variables of its environment besides ours.
 * @returns Nothing; fails with what it prints when a test of it fails.
 */
export const runTests = async (
  module: URL,
  env: Readonly<Record<string, string>>,
): Promise<void> => {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", fileURLToPath(module)],
    env: { ...env, NO_COLOR: "1" },
  }).output();
  const output = [stdout, stderr]
    .map((bytes) => new TextDecoder().decode(bytes)).join("\n").trim();
  assert.ok(success, output);
  console.log(output);
};

/**
 * Opens a layer once for all tests of a module, and closes it after the last.
 *
 * @param layer What the tests need.
 * @returns What they share.
 */
export const openedOnce = async <A, E>(
  layer: Layer.Layer<A, E>,
): Promise<Layer.Layer<A>> => {
  const scope = Scope.makeUnsafe();
  Deno.test.afterAll(() => Effect.runPromise(Scope.close(scope, Exit.void)));
  return Layer.succeedContext(
    await Effect.runPromise(Layer.buildWithScope(layer, scope)),
  );
};
