import { type Matrix, matrix } from "@deepcluster/core";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { spawn } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openRowFile, readRowFile, removeRowFile } from "./row_file.ts";
import assert from "node:assert/strict";
import process from "node:process";

const columns = 3;
const fresh = () => join(mkdtempSync(join(tmpdir(), "features-")), "f.f32");

/** Rows `start …` of the one sequence that all tests write. */
const block = (start: number, rows: number): Matrix =>
  matrix(
    rows,
    columns,
    Float32Array.from(
      { length: rows * columns },
      (_, i) => start * columns + i + 0.5,
    ),
  );

const written = (path: string, rows: number, synced: boolean) =>
  Effect.scoped(Effect.gen(function* () {
    const file = yield* openRowFile(path, columns);
    yield* file.append(block(yield* file.count, rows));
    if (synced) yield* file.sync;
  }));

const readBack = (path: string) =>
  Effect.scoped(Effect.gen(function* () {
    const rows = yield* readRowFile(path, columns);
    return yield* rows.read(0, rows.rows);
  }));

const reasonOf = <A, E extends { reason: string; message: string }>(
  effect: Effect.Effect<A, E>,
) => Effect.map(Effect.flip(effect), ({ reason }) => reason);

effectTest(
  "openRowFile() reads back blocks that straddle those appended",
  () =>
    Effect.gen(function* () {
      const path = fresh();
      const file = yield* openRowFile(path, columns);
      for (const [start, rows] of [[0, 4], [4, 1], [5, 6]] as const) {
        yield* file.append(block(start, rows));
      }
      const rows = yield* file.rows;
      assert.deepEqual([rows.rows, rows.columns], [11, columns]);
      for (const [start, count] of [[0, 11], [3, 5], [10, 1], [11, 0]]) {
        assert.deepEqual(
          yield* rows.read(start!, count!),
          block(start!, count!),
        );
      }
    }),
);

effectTest(
  "openRowFile() appends a block that is a view into a larger array",
  () =>
    Effect.gen(function* () {
      const path = fresh();
      const file = yield* openRowFile(path, columns);
      const whole = block(0, 5).data;
      yield* file.append(matrix(2, columns, whole.subarray(6, 12)));
      const rows = yield* file.rows;
      assert.deepEqual(yield* rows.read(0, 2), block(2, 2));
    }),
);

effectTest(
  "openRowFile() keeps synced rows and cuts off the others",
  () =>
    Effect.gen(function* () {
      const path = fresh();
      yield* written(path, 4, true);
      yield* written(path, 2, false);
      appendFileSync(path, "part");
      assert.deepEqual(yield* readBack(path), block(0, 4));
      yield* written(path, 1, true);
      assert.deepEqual(yield* readBack(path), block(0, 5));
      assert.equal(statSync(path).size, 5 * columns * 4);
    }),
);

effectTest(
  "openRowFile() starts over when nothing was ever synced",
  () =>
    Effect.gen(function* () {
      const path = fresh();
      yield* written(path, 4, false);
      const file = yield* openRowFile(path, columns);
      assert.equal(yield* file.count, 0);
      assert.equal(statSync(path).size, 0);
    }),
);

effectTest(
  "openRowFile() fails with wrong-size for other columns, a lost tail, a record that is none",
  () =>
    Effect.gen(function* () {
      const path = fresh();
      yield* written(path, 4, true);
      const other = yield* Effect.flip(
        Effect.scoped(openRowFile(path, columns + 1)),
      );
      assert.equal(
        other.message,
        `Cannot open ${path} as its size must be what was recorded: ` +
          "expected 4 columns, found 3",
      );
      truncateSync(path, 40);
      const lost = yield* Effect.flip(readBack(path));
      assert.equal(
        lost.message,
        `Cannot open ${path} as its size must be what was recorded: ` +
          "expected 48 bytes, found 40",
      );
      assert.equal(yield* reasonOf(written(path, 1, true)), "wrong-size");
      writeFileSync(`${path}.rows`, "{");
      assert.equal(yield* reasonOf(readBack(path)), "wrong-size");
    }),
);

effectTest(
  "openRowFile() refuses a block with other columns, and rows that are not there",
  () =>
    Effect.gen(function* () {
      const file = yield* openRowFile(fresh(), columns);
      const block = matrix(2, columns - 1);
      assert.equal(yield* reasonOf(file.append(block)), "wrong-size");
      const rows = yield* file.rows;
      assert.equal(yield* reasonOf(rows.read(0, 1)), "wrong-size");
    }),
);

effectTest(
  "openRowFile() fails with disk-full when the disk is full",
  () =>
    Effect.gen(function* () {
      const path = fresh();
      symlinkSync("/dev/full", path);
      const file = yield* openRowFile(path, columns);
      const error = yield* Effect.flip(file.append(block(0, 1)));
      assert.equal(error.reason, "disk-full");
      assert.ok(error.message.startsWith(
        `Cannot append to ${path} as the disk must have free space`,
      ));
      assert.equal(yield* file.count, 0);
    }),
);

effectTest(
  "openRowFile() fails where it may not write or there is no folder",
  () =>
    Effect.gen(function* () {
      const path = fresh();
      const missing = join(path, "nowhere.f32");
      const open = (path: string) => Effect.scoped(openRowFile(path, 1));
      assert.equal(yield* reasonOf(open(missing)), "missing");
      assert.equal(yield* reasonOf(readBack(path)), "missing");
      // The superuser may write anywhere but into /proc and /sys.
      if (process.getuid?.() === 0) return;
      const folder = `${path}-closed`;
      mkdirSync(folder);
      chmodSync(folder, 0o500);
      const closed = yield* reasonOf(open(join(folder, "f.f32")));
      assert.equal(closed, "not-permitted");
    }),
);

effectTest(
  "removeRowFile() leaves nothing behind, and is content with nothing",
  () =>
    Effect.gen(function* () {
      const path = fresh();
      yield* removeRowFile(path);
      yield* written(path, 4, true);
      yield* removeRowFile(path);
      assert.ok(!existsSync(path) && !existsSync(`${path}.rows`));
      yield* written(path, 1, true);
      assert.deepEqual(yield* readBack(path), block(0, 1));
    }),
);

/** Appends the sequence for ever, a sync every third block. */
const writer = (path: string) => `
  import { matrix } from "@deepcluster/core";
  import { openRowFile } from "./row_file.ts";
  import { Effect } from "effect";
  const block = (start, rows) => matrix(rows, ${columns}, Float32Array.from(
    { length: rows * ${columns} }, (_, i) => start * ${columns} + i + 0.5));
  await Effect.runPromise(Effect.scoped(Effect.gen(function* () {
    const file = yield* openRowFile(${JSON.stringify(path)}, ${columns});
    console.log("open");
    for (let i = 0; ; i++) {
      yield* file.append(block(yield* file.count, 1 + i % 97));
      if (i % 3 === 2) yield* file.sync;
    }
  })));
`;

const killedAfter = (path: string, ms: number) =>
  Effect.promise(() =>
    new Promise<void>((resolve) => {
      const args = ["eval", "--cached-only", "--ext=ts", writer(path)];
      const child = spawn(process.execPath, args, {
        cwd: new URL(".", import.meta.url),
        stdio: ["ignore", "pipe", "inherit"],
      });
      child.stdout.once("data", () =>
        setTimeout(() => child.kill("SIGKILL"), ms));
      child.once("exit", () =>
        resolve());
    })
  );

effectTest(
  "a file of rows states its format version: one before it had none, and a newer one is refused and left alone",
  () =>
    Effect.gen(function* () {
      const path = fresh();
      yield* written(path, 2, true);
      const record = JSON.parse(readFileSync(`${path}.rows`, "utf8"));
      assert.deepEqual(record, { columns, formatVersion: 1, rows: 2 });

      writeFileSync(`${path}.rows`, JSON.stringify({ columns, rows: 2 }));
      assert.equal((yield* readBack(path)).rows, 2);

      const newer = JSON.stringify({ ...record, formatVersion: 2 });
      writeFileSync(`${path}.rows`, newer);
      const error = yield* Effect.flip(
        Effect.scoped(openRowFile(path, columns)),
      );
      assert.match(
        error.message,
        /f32\.rows.*its format must be of a version that this program knows: format version 2, this program knows 1; use the newer/,
      );
      assert.equal(readFileSync(`${path}.rows`, "utf8"), newer);
      assert.equal(readFileSync(path).length, 2 * columns * 4);
    }),
);

effectTest(
  "openRowFile() finds a true prefix after every SIGKILL",
  () =>
    Effect.gen(function* () {
      const path = fresh();
      let before = 0;
      for (const ms of [5, 21, 87]) {
        yield* killedAfter(path, ms);
        const rows = existsSync(`${path}.rows`)
          ? yield* readBack(path)
          : block(0, 0);
        assert.ok(rows.rows >= before, `${rows.rows} rows after ${before}`);
        assert.deepEqual(rows.data, block(0, rows.rows).data);
        before = rows.rows;
      }
      assert.ok(before > 0);
      assert.ok(readFileSync(path).length >= before * columns * 4);
    }),
);
