import { effectTest, temporaryFolder } from "@deepcluster/test";
import { Effect } from "effect";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inProcess, makePictures } from "./commands_testing.ts";
import assert from "node:assert/strict";

/** Ten emoji in three sets: the same stripes, one row of the table each. */
const madeEmoji = Effect.gen(function* () {
  const folder = yield* temporaryFolder;
  const sets = ["noto", "twemoji", "openmoji"];
  const rows: string[] = [];
  for (const set of sets) {
    yield* Effect.promise(() => makePictures(join(folder, "images", set), 10));
    for (let i = 0; i < 10; i++) {
      rows.push(
        `images/${set}/${i}.png,${set},1f60${i},stripes ${i},Stripes,s`,
      );
    }
  }
  writeFileSync(
    join(folder, "emoji.csv"),
    ["path,set,codepoints,name,group,subgroup", ...rows, ""].join("\n"),
  );
  return folder;
});

effectTest(
  "emoji finds the same emoji in other sets, and writes the list of those " +
    "that training must not see",
  () =>
    Effect.gen(function* () {
      const folder = yield* madeEmoji;
      const list = join(folder, "held_out.txt");
      const { failure } = yield* inProcess(
        ...["emoji", "--data", folder, "--write-exclude", list],
      );
      assert.equal(failure, undefined);
      const paths = readFileSync(list, "utf8").trimEnd().split("\n");
      assert.equal(paths.length, 6, "two of ten emoji, three drawings each");
      assert.ok(paths.every((path) => existsSync(join(folder, path))));

      const args = ["emoji", "pixels", "--data", folder, "--size", "16"]
        .concat("--cache", join(folder, "cache"), "--threads", "1");
      const { output, failure: none } = yield* inProcess(...args, "--json");
      assert.equal(none, undefined);
      const { lines, test, emoji, protocol } = JSON.parse(output);
      assert.deepEqual([lines.length, test, emoji], [1, 6, 2]);
      // Equal pictures: each query finds both of its twins first.
      assert.equal(lines[0].test.map, 1);
      assert.deepEqual(lines[0].test.recall, { 1: 1, 5: 1, 10: 1 });
      assert.equal(lines[0].test.queries, 6);
      assert.ok(protocol.length > 3);
      const table = yield* inProcess(...args);
      assert.match(table.output, /^pixels +pixels +none +1\.000 +1\.000/m);
      assert.match(table.output, /^6 queries, the 6 drawings of 2 emoji;/m);
    }).pipe(Effect.scoped),
);

effectTest("emoji says what is missing", () =>
  Effect.gen(function* () {
    const folder = yield* temporaryFolder;
    const { failure } = yield* inProcess("emoji", "pixels", "--data", folder);
    assert.equal(
      failure,
      `Cannot read ${folder}: it must hold emoji.csv, as \`deno task demo\` ` +
        "renders it",
    );
    const made = yield* madeEmoji;
    assert.equal(
      (yield* inProcess("emoji", "--data", made)).failure,
      "Cannot evaluate as a model or --write-exclude FILE must be given: neither",
    );
  }).pipe(Effect.scoped));
