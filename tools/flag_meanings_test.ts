import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** Every command, by the program that has it. */
const commands = [
  ...["train", "resume", "status", "doctor", "demo", "storage"]
    .map((command) => ["apps/trainer/main.ts", command]),
  ["apps/trainer/main.ts", "storage", "remove"],
  ...["linear", "knn", "nmi", "low-shot", "voc-classification", "all"]
    .map((command) => ["apps/evaluator/main.ts", command]),
  ...["info", "import", "export"]
    .map((command) => ["apps/evaluator/model_main.ts", command]),
  ["apps/evaluator/features_main.ts"],
  ["apps/evaluator/cluster_main.ts"],
] as const;

/** The own flags of a command: what each takes, by its name. */
const flagsOf = async (words: readonly string[]) => {
  const root = fileURLToPath(new URL("..", import.meta.url));
  const { stdout } = await promisify(execFile)(
    Deno.execPath(),
    ["run", "-A", ...words, "--help"],
    { cwd: root, env: { ...process.env, NO_COLOR: "1" } },
  );
  const [, own = ""] = /^FLAGS\n(.*?)\n\n/ms.exec(stdout) ?? [];
  return own.split("\n").map((line) => {
    const [, name = "", value = ""] =
      /^ +--([a-z-]+)(?:, -\w)?(?: (\S+))? /.exec(line) ?? [];
    const [, choices = ""] = /\(choices: (.*)\)$/.exec(line) ?? [];
    return [name, `${value} ${choices.split(", ").sort().join(", ")}`] as const;
  });
};

Deno.test("a flag takes the same values in every command", async () => {
  const takes = new Map<string, string>();
  for (const words of commands) {
    const flags = await flagsOf(words);
    assert.ok(flags.length > 0 && flags.every(([name]) => name !== ""));
    for (const [name, values] of flags) {
      // What is written is a file or a folder.
      if (name === "out") continue;
      assert.equal(
        values,
        takes.get(name) ?? values,
        `--${name} of ${words.slice(1).join(" ")}`,
      );
      takes.set(name, values);
    }
  }
  assert.ok(takes.size > 50, `${takes.size} flags`);
});
