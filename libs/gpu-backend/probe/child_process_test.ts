import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { answerOf, lastWords, runChild } from "./child_process.ts";
import assert from "node:assert/strict";

/** Runs code as a child. */
const runCode = Effect.fnUntraced(function* (
  code: string,
  question: unknown,
  environment?: Readonly<Record<string, string>>,
) {
  const folder = yield* Effect.acquireRelease(
    Effect.promise(() => mkdtemp(join(tmpdir(), "child-"))),
    (path) => Effect.promise(() => rm(path, { recursive: true })),
  );
  const path = join(folder, "child.ts");
  yield* Effect.promise(() => writeFile(path, code));
  return yield* runChild(pathToFileURL(path), question, environment);
}, Effect.scoped);

effectTest(
  "runChild() gives the child its question, and answerOf() reads the last line " +
    "of what it printed",
  () =>
    Effect.gen(function* () {
      const ended = yield* runCode(
        `import { text } from "node:stream/consumers";
        import process from "node:process";
        const { a } = JSON.parse(await text(process.stdin));
        console.log("a library says hello");
        console.error("and warns");
        console.log(JSON.stringify({ twice: 2 * a }));`,
        { a: 21 },
      );
      assert.deepEqual(answerOf(ended), { twice: 42 });
      assert.equal(ended.log, "and warns\n");
    }),
);

effectTest(
  "answerOf() has no answer of a child that broke, and lastWords() tells how",
  () =>
    Effect.gen(function* () {
      const ended = yield* runCode(
        `import process from "node:process";
        console.log("{}");
        console.error("no symbol x");
        process.exit(3);`,
        {},
      );
      assert.equal(answerOf(ended), undefined);
      assert.equal(lastWords(ended), "3: no symbol x");
      const killed = yield* runCode(
        `import process from "node:process";
        process.kill(process.pid, "SIGKILL");`,
        {},
      );
      assert.equal(lastWords(killed), "SIGKILL");
    }),
);

effectTest(
  "runChild() ends the child with the effect",
  () =>
    Effect.gen(function* () {
      const run = runCode("setInterval(() => {}, 1000);", {});
      const ended = yield* Effect.timeoutOption(run, "1 second");
      assert.equal(ended._tag, "None");
    }),
);

effectTest(
  "runChild() starts no module in its own child: a program that is one file " +
    "with its runtime would start itself for ever",
  () =>
    Effect.gen(function* () {
      const module = new URL("./probe_child.ts", import.meta.url);
      const [other, itself] = ["/some/child.ts", fileURLToPath(module)];
      yield* Effect.acquireRelease(
        Effect.sync(() =>
          process.env["DEEPCLUSTER_CHILD"] = [itself, other].join(delimiter)
        ),
        () => Effect.sync(() => delete process.env["DEEPCLUSTER_CHILD"]),
      );
      assert.deepEqual(yield* runChild(module, {}), {
        output: "",
        log: "it was started as such a process itself",
        end: 1,
      });
      const ended = yield* runCode(
        `import process from "node:process";
        console.log(JSON.stringify(process.env));`,
        {},
        { GREETING: "hello" },
      );
      const environment = answerOf(ended) as Record<string, string>;
      assert.equal(environment["GREETING"], "hello");
      const parents = environment["DEEPCLUSTER_CHILD"]!.split(delimiter);
      assert.deepEqual(parents.slice(0, -1), [itself, other]);
    }),
);
