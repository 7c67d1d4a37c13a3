import { effectTest, temporaryFolder } from "@deepcluster/test";
import { Effect } from "effect";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeDurably, writeDurablyBy } from "./files.ts";
import { mayBeWritten, partialName, removePartials } from "./partials.ts";
import { isPartial } from "./reading.ts";
import assert from "node:assert/strict";
import process from "node:process";

/** Another process that writes into a folder, once it has begun. */
const writerIn = (folder: string) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const script = new URL("fixtures/write_one_file.ts", import.meta.url);
      const child = spawn(
        process.execPath,
        [
          "run",
          "-A",
          "--cached-only",
          fileURLToPath(script),
          join(folder, "a"),
        ],
        { stdio: ["ignore", "pipe", "inherit"] },
      );
      await once(child.stdout, "data");
      return child;
    }),
    (child) => killed(child),
  );

const killed = (child: ChildProcess) =>
  Effect.promise(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  });

/** A partial file that was written so many hours ago. */
const partialOf = (folder: string, writer: string, hours: number) => {
  const path = join(folder, `.b.f32.${writer}.partial`);
  writeFileSync(path, "half");
  const seconds = Date.now() / 1000 - hours * 3600;
  utimesSync(path, seconds, seconds);
  return path;
};

const elsewhere = "00000000-4711-9b1c22d0";
const earlier = "123e4567-e89b-12d3-a456-426614174000";

effectTest(
  "writing into a folder removes what a killed process left there, not what a living one writes",
  () =>
    Effect.gen(function* () {
      const [dead, living] = [yield* temporaryFolder, yield* temporaryFolder];
      const doomed = yield* writerIn(dead);
      yield* writerIn(living);
      const [begun] = readdirSync(living);
      assert.match(begun!, /^\.a\..*\.partial$/);
      yield* killed(doomed);
      assert.equal(readdirSync(dead).length, 1);
      for (const folder of [dead, living]) {
        yield* writeDurably(join(folder, "c"), new Uint8Array(1));
      }
      assert.deepEqual(readdirSync(dead), ["c"]);
      assert.deepEqual(readdirSync(living).sort(), [begun, "c"]);
      assert.equal(yield* removePartials(living), 0);
    }),
);

effectTest(
  "writing into a folder tells writers of other machines and earlier versions by age",
  () =>
    Effect.gen(function* () {
      for (const writer of [elsewhere, earlier]) {
        const [young, old] = [yield* temporaryFolder, yield* temporaryFolder];
        const kept = partialOf(young, writer, 23);
        const left = partialOf(old, writer, 25);
        const mine = join(old, ".mine.partial");
        writeFileSync(mine, "");
        yield* writeDurably(join(young, "c"), new Uint8Array(1));
        yield* writeDurablyBy(
          join(old, "c"),
          (path) => Effect.sync(() => writeFileSync(path, "")),
        );
        assert.deepEqual([kept, left, mine].map(existsSync), [
          true,
          false,
          true,
        ]);
      }
    }),
);

effectTest(
  "mayBeWritten() is true of this process, however long ago it wrote",
  () =>
    Effect.gen(function* () {
      const path = partialName("/somewhere/model.safetensors");
      assert.ok(yield* mayBeWritten(path, 0));
      assert.notEqual(partialName("/a"), partialName("/a"));
      assert.match(path, /^\/somewhere\/\.model\.safetensors\..*\.partial$/);
      assert.ok(isPartial(path));
    }),
);

effectTest(
  "removePartials() removes what killed writers left, and only that",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder;
      mkdirSync(join(folder, "checkpoints"));
      const left = join(folder, "checkpoints", ".a.safetensors.8c.partial");
      const others = [".hidden", "mine.partial"].map((n) => join(folder, n));
      for (const path of [left, ...others]) writeFileSync(path, "x");
      const kept = partialOf(folder, elsewhere, 1);
      assert.equal(yield* removePartials(folder), 1);
      assert.equal(existsSync(left), false);
      assert.ok([...others, kept].every((path) => existsSync(path)));
    }),
);
