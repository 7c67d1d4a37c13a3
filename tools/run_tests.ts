/**
 * Runs the tests and the examples of the docs, and counts them in the last
 * line: `deno task test`, `deno task test libs/core --filter draws`.
 *
 * All of them run in parts, a lib or an app each, in as many processes at a
 * time as there are cores (or `DENO_JOBS`); types are checked once before.
 *
 * @module
 */
import "./pinned_deno.ts";

/** A part of the tests, and how it ended. */
interface Part {
  readonly folder: string;
  readonly code: number;
  readonly output: string;
  readonly seconds: number;
}

/**
 * The result in one line.
 *
 * @param output What `deno test` printed.
 * @param success Whether it succeeded.
 * @returns `N passed, N failed`; a run that failed before its first test, as
 * by a type error, counts as one failure.
 */
export const summary = (output: string, success: boolean): string => {
  const found = [
    ...plain(output).matchAll(/\| (\d+) passed.*? \| (\d+) failed/g),
  ];
  const [, passed = "0", failed = "0"] = found.at(-1) ?? [];
  const failures = success ? Number(failed) : Math.max(Number(failed), 1);
  return `${passed} passed, ${failures} failed`;
};

/**
 * Gives this process and those that it starts a folder of their own for
 * temporary files: tests that fail, are killed or never clean up leave theirs.
 *
 * @param run What is done meanwhile.
 * @returns What `run` returns; the folder is gone then, and also when Ctrl-C or
 * a termination ends the process.
 */
export const withTemporaryFolder = async <A>(
  run: () => Promise<A>,
): Promise<A> => {
  const before = temporaryNames.map((name) => Deno.env.get(name));
  const folder = await Deno.makeTempDir({ prefix: "deepcluster-tests-" });
  const remove = () => {
    try {
      Deno.removeSync(folder, { recursive: true });
    } catch (error) {
      console.error(`Cannot remove ${folder}: ${error}`);
    }
  };
  const end = () => {
    remove();
    Deno.exit(130);
  };
  for (const signal of endings) Deno.addSignalListener(signal, end);
  for (const name of temporaryNames) Deno.env.set(name, folder);
  try {
    return await run();
  } finally {
    for (const signal of endings) Deno.removeSignalListener(signal, end);
    for (const [i, name] of temporaryNames.entries()) {
      const value = before[i];
      if (value === undefined) Deno.env.delete(name);
      else Deno.env.set(name, value);
    }
    remove();
  }
};

/** Where runtimes and programs look for the folder of temporary files. */
const temporaryNames = ["TMPDIR", "TMP", "TEMP"];

const endings: readonly Deno.Signal[] = Deno.build.os === "windows"
  ? ["SIGINT"]
  : ["SIGINT", "SIGTERM"];

const plain = (output: string): string =>
  // deno-lint-ignore no-control-regex -- colours
  output.replaceAll(/\x1b\[[0-9;]*m/g, "");

/** Runs `deno test`, and shows what it prints while it runs. */
const testAtOnce = async (args: readonly string[]): Promise<number> => {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", "--doc", ...args],
    stdout: "piped",
  }).spawn();
  const decoder = new TextDecoder();
  let output = "";
  for await (const bytes of child.stdout) {
    await Deno.stdout.write(bytes);
    output += decoder.decode(bytes, { stream: true });
  }
  const { code, success } = await child.status;
  console.log(summary(output, success));
  return code;
};

/** Runs everything in parts, and shows each part when it has ended. */
const testInParts = async (): Promise<number> => {
  const types = await new Deno.Command(Deno.execPath(), {
    args: ["check", "--quiet", "--doc"],
  }).spawn().status;
  if (!types.success) {
    console.log(summary("", false));
    return types.code;
  }
  const jobs = Number(Deno.env.get("DENO_JOBS")) ||
    navigator.hardwareConcurrency;
  const folders = byCost(await testFiles());
  const ended: Part[] = [];
  const work = async () => {
    for (let folder = folders.shift(); folder; folder = folders.shift()) {
      const part = await testPart(folder);
      const { code, output, seconds } = part;
      await Deno.stdout.write(new TextEncoder().encode(output));
      console.log(
        `${code === 0 ? "ok" : "FAILED"} ${folder} (${seconds.toFixed(1)} s)\n`,
      );
      ended.push(part);
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));
  const failed = ended.filter(({ code }) => code !== 0);
  for (const { folder, output } of failed) {
    console.log([`Failed in ${folder}:`, ...failures(output)].join("\n  "));
  }
  console.log(total(ended));
  return failed.length > 0 ? 1 : 0;
};

const testPart = async (folder: string): Promise<Part> => {
  const started = performance.now();
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", "--doc", "--no-check", "--permit-no-files", folder],
    stdout: "piped",
    stderr: "piped",
  }).output();
  const decoder = new TextDecoder();
  return {
    folder,
    code,
    output: decoder.decode(stdout) + decoder.decode(stderr),
    seconds: (performance.now() - started) / 1000,
  };
};

const testFiles = async (): Promise<string[]> => {
  const found: string[] = [];
  const walk = async (folder: string) => {
    for await (const { name, isDirectory } of Deno.readDir(folder || ".")) {
      if (/^\.|^(node_modules|dist|runs|engines)$/.test(name)) continue;
      const path = folder === "" ? name : `${folder}/${name}`;
      if (isDirectory) await walk(path);
      else if (name.endsWith(".ts")) found.push(path);
    }
  };
  await walk("");
  return found;
};

/**
 * The parts of the tests.
 *
 * @param files Paths of all source files, relative to the root.
 * @returns Folders that hold all of them, those that take longest first: files
 * of tests count, and more so where these start programs.
 */
export const byCost = (files: readonly string[]): string[] => {
  const costs = new Map<string, number>();
  for (const file of files) {
    const [top = "", name = ""] = file.split("/");
    const isLib = top === "libs";
    const folder = isLib || top === "apps" ? `${top}/${name}` : top;
    const cost = !file.endsWith("_test.ts") ? 0 : isLib ? 1 : 4;
    costs.set(folder, (costs.get(folder) ?? 0) + cost);
  }
  return [...costs].sort(([, a], [, b]) => b - a).map(([folder]) => folder);
};

/** Names of the tests that failed, as `deno test` lists them at its end. */
const failures = (output: string): string[] => {
  const [, list = ""] = plain(output).split(/^ FAILURES $/m);
  const names = list.split("\n").filter((line) => line.includes(" => "));
  return names.length > 0 ? names : ["see above"];
};

const total = (parts: readonly Part[]): string => {
  const counts = parts.map(({ output, code }) =>
    summary(output, code === 0).split(/\D+/).map(Number)
  );
  const [passed, failed] = [0, 1].map((i) =>
    counts.reduce((sum, count) => sum + count[i]!, 0)
  );
  return `${passed} passed, ${failed} failed`;
};

if (import.meta.main) {
  Deno.exit(
    await withTemporaryFolder(() =>
      Deno.args.length > 0 ? testAtOnce(Deno.args) : testInParts()
    ),
  );
}
