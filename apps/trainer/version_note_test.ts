import { folderStore } from "@deepcluster/storage";
import { version } from "@deepcluster/terminal";
import { effectTest, temporaryFolder } from "@deepcluster/test";
import { Effect, Logger } from "effect";
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { sayOtherVersion } from "./version_note.ts";
import assert from "node:assert/strict";

/** What is said of a run, given the versions of its processes. */
const said = Effect.fnUntraced(function* (
  versions: readonly string[],
  trained: number,
) {
  const folder = yield* temporaryFolder;
  const append = (file: string, line: unknown) =>
    appendFileSync(join(folder, file), JSON.stringify(line) + "\n");
  for (let epoch = 1; epoch <= trained; epoch++) {
    const figures = { loss: 1, accuracy: 0.5, steps: 2 };
    append("metrics.jsonl", { epoch, event: "trained", ...figures });
  }
  for (const version of versions) {
    append("timings.jsonl", {
      event: "started",
      startedAt: "2026-11-28T12:00:00.000Z",
      version,
      runtime: "Deno",
      engine: "reference",
      processor: "one",
      cores: 1,
      memoryBytes: 1,
    });
  }
  const lines: string[] = [];
  const noting = Logger.make(({ message }) => {
    lines.push(String(message));
  });
  yield* Effect.provide(
    sayOtherVersion(folderStore(folder), 5),
    Logger.layer([noting]),
  );
  return lines;
});

effectTest(
  "a run that another version trained is told to be continued by this one",
  () =>
    Effect.gen(function* () {
      const [line, ...more] = yield* said([version, "0.5.0"], 2);
      assert.deepEqual(more, []);
      assert.match(
        line!,
        /trained by version 0\.5\.0 and continues in version/,
      );
      assert.match((yield* said([], 2))[0]!, /by an earlier version/);
    }),
);

effectTest(
  "nothing is said of a new run, of one of this version, and of a finished one",
  () =>
    Effect.gen(function* () {
      assert.deepEqual(yield* said([], 0), []);
      assert.deepEqual(yield* said(["0.5.0", version], 2), []);
      assert.deepEqual(yield* said(["0.5.0"], 5), []);
    }),
);
