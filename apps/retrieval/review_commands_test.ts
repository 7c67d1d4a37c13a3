import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import assert from "node:assert/strict";
import {
  copyFile,
  mkdir,
  readdir,
  readFile,
  stat,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { inProcess, madeRun } from "./commands_testing.ts";

/** An index of 16 pictures, with a copy of 3 and the pixels of 5 once more. */
const madeIndex = Effect.gen(function* () {
  const made = yield* madeRun;
  const { folder, pictures, run } = made;
  yield* Effect.promise(async () => {
    await mkdir(join(pictures, "more"));
    await copyFile(join(pictures, "3.png"), join(pictures, "more", "copy.png"));
    const larger = await sharp(join(pictures, "5.png"))
      .png({ compressionLevel: 0 }).toBuffer();
    await writeFile(join(pictures, "more", "larger.png"), larger);
  });
  const index = join(folder, "index");
  const { failure } = yield* inProcess(
    "index",
    run,
    pictures,
    "--index",
    index,
  );
  assert.equal(failure, undefined);
  return { ...made, index };
});

const json = Effect.fnUntraced(function* (...args: readonly string[]) {
  const { output, failure } = yield* inProcess(...args, "--json");
  assert.equal(failure, undefined);
  return JSON.parse(output);
});

effectTest(
  "duplicates, leaks, outliers, pick and disagreements read an index and change nothing but their own files",
  () =>
    Effect.gen(function* () {
      const { folder, pictures, index } = yield* madeIndex;
      const more = join(pictures, "more");
      const away = join(folder, "away.txt");
      const sheet = join(folder, "sheet.png");

      const same = yield* json(
        ...["duplicates", index, "--kind", "pixels"],
        ...["--out", away, "--sheet", sheet],
      );
      assert.deepEqual(same.groups, [
        {
          kind: "bytes",
          keep: join(pictures, "3.png"),
          why: "shortest path",
          duplicates: [
            { path: join(more, "copy.png"), kind: "bytes", score: 1 },
          ],
        },
        {
          kind: "pixels",
          keep: join(more, "larger.png"),
          why: "largest file",
          duplicates: [
            { path: join(pictures, "5.png"), kind: "pixels", score: 1 },
          ],
        },
      ]);
      const list = yield* Effect.promise(() => readFile(away, "utf8"));
      assert.equal(
        list,
        `${join(more, "copy.png")}\n${join(pictures, "5.png")}\n`,
      );
      assert.ok((yield* Effect.promise(() => stat(sheet))).size > 1000);
      const none = yield* json("duplicates", index, "--score", "1");
      assert.equal(none.level, 1);
      assert.ok(none.groups.length >= 2);

      const leaks = yield* json(
        ...["leaks", index, "--kind", "pixels"],
        ...["--train", pictures, "--test", "more"],
      );
      assert.deepEqual(
        leaks.leaks.map(({ match, kind }: Record<string, string>) => [
          match,
          kind,
        ]),
        [
          [join(pictures, "3.png"), "bytes"],
          [join(pictures, "5.png"), "pixels"],
        ],
      );

      const { outliers } = yield* json("outliers", index, "--top", "3");
      assert.equal(outliers.length, 3);
      assert.ok(outliers[0].unusual >= outliers[2].unusual);

      const { picks } = yield* json("pick", index, "4");
      assert.equal(picks.length, 4);
      assert.match(picks[0].why, /^the nearest to its centroid of cluster \d/);

      const labels = join(folder, "labels.csv");
      yield* Effect.promise(() =>
        writeFile(
          labels,
          "path,label\n" +
            Array.from(
              { length: 16 },
              (_, i) =>
                `${join(pictures, `${i}.png`)},${i % 2 ? "odd" : "even"}`,
            ).join("\n"),
        )
      );
      const { images, disagreements } = yield* json(
        ...["disagreements", index, "--labels", labels, "--neighbours", "3"],
      );
      assert.equal(images, 16);
      for (const { label, suggested } of disagreements) {
        assert.notEqual(label, suggested);
      }
      const { failure } = yield* inProcess(
        ...["disagreements", index, "--labels", labels, "--neighbours", "16"],
      );
      assert.match(
        failure!,
        /--neighbours must be below the number of labelled images: --neighbours 16, 16 labelled images$/,
      );
    }),
);

effectTest(
  "the commands on an index refuse what they cannot do, in words",
  () =>
    Effect.gen(function* () {
      const { folder, pictures, run, index } = yield* madeIndex;
      const refusal = (...args: readonly string[]) =>
        Effect.map(inProcess(...args), ({ failure }) => failure ?? "");
      assert.match(
        yield* refusal("duplicates", pictures),
        /^Cannot open .*pictures as an index must hold settings\.json/,
      );
      assert.match(
        yield* refusal("leaks", index),
        /train must be given together with --test, or a second index/,
      );
      assert.match(
        yield* refusal("leaks", index, "--train", "nope", "--test", "more"),
        /train must be a folder within the index that holds images: .*nope/,
      );
      assert.match(
        yield* refusal("leaks", index, "--train", "more", "--test", "more"),
        /train must be a folder with images that are not in --test as well/,
      );
      assert.match(
        yield* refusal("index", run, pictures, "--index", index, "--rmac"),
        /its settings must be those that it was made with/,
      );
      const files = yield* Effect.promise(() => readdir(index));
      assert.ok(!files.includes("rmac.safetensors"));
      assert.match(
        yield* refusal("disagreements", index, "--labels", pictures),
        /labels must be a folder for each class, or a manifest/,
      );
      assert.match(
        yield* refusal("pick", index, "4", "--out", join(folder, "x.doc")),
        /out must be a file ending in/,
      );
      for (const command of [["duplicates", index], ["leaks", index, index]]) {
        assert.match(
          yield* refusal(...command, "--kind", "pixels", "--score", "0.9"),
          /--score must come with --kind near: --kind pixels --score 0\.9$/,
        );
      }
      assert.match(
        yield* refusal(
          ...["index", run, pictures, "--index", join(folder, "new")],
          ...["--layer", "nope"],
        ),
        / as layer must be some of conv1 .*: current value is layer=nope$/,
      );
      for (
        const args of [
          ["pick", index, "4"],
          ["duplicates", index],
          ["leaks", index, index],
          ["outliers", index],
          ["disagreements", index, "--labels", pictures],
        ]
      ) {
        assert.match(
          yield* refusal(...args, "--sheet", join(pictures, "x.jpg")),
          /sheet must be a file ending in \.png/,
        );
      }
    }),
);

effectTest(
  "leaks does not compare vectors of other settings, and an index keeps its PCA",
  () =>
    Effect.gen(function* () {
      const { folder, pictures, run } = yield* madeRun;
      const made = (name: string, ...flags: readonly string[]) =>
        inProcess(
          ...["index", run, pictures, "--index", join(folder, name)],
          ...["--rmac", ...flags],
        );
      yield* made("one", "--rmac-size", "48", "--pca", "0");
      yield* made("other", "--rmac-size", "64", "--pca", "0");
      const [one, other] = [join(folder, "one"), join(folder, "other")];
      const compared = yield* inProcess("leaks", one, other);
      assert.match(
        compared.failure ?? "",
        /test-index must be an index of vectors like those of the first.*rmac\.size: 48, now 64/,
      );
      assert.equal((yield* inProcess("leaks", one, one)).failure, undefined);
      const { failure } = yield* made("one", "--pca", "4");
      assert.match(failure ?? "", /pca: 0, now 4/);
      assert.equal((yield* made("one")).failure, undefined);
      const all = () => made("all", "--rmac-size", "48", "--pca", "9999");
      assert.equal((yield* all()).failure, undefined);
      assert.equal((yield* all()).failure, undefined);
      assert.match(
        (yield* made("all", "--pca", "4")).failure ?? "",
        /pca: \d+, now 4/,
      );
    }),
);

effectTest(
  "a damaged database of an index is named by every command that meets it",
  () =>
    Effect.gen(function* () {
      const { pictures, run, index } = yield* madeIndex;
      const path = join(index, "index.db");
      yield* Effect.promise(async () => {
        const bytes = await readFile(path);
        await writeFile(path, bytes.fill(0xa5, 8192, 8192 + 3 * 4096));
      });
      const picture = join(pictures, "3.png");
      for (
        const args of [
          ["check", index],
          ["query", index, picture],
          ["pick", index, "4"],
          ["index", run, pictures, "--index", index],
        ]
      ) {
        const { failure } = yield* inProcess(...args);
        assert.match(
          failure ?? "",
          /^Cannot read .*index\.db as its content must be what was written/,
          args.join(" "),
        );
      }
    }),
);

effectTest(
  "commands on an index draw no sheet over one of its images",
  () =>
    Effect.gen(function* () {
      const { folder, pictures, index } = yield* madeIndex;
      const image = join(pictures, "5.png");
      const before = yield* Effect.promise(() => readFile(image));
      const labels = join(folder, "labels.csv");
      yield* Effect.promise(() => writeFile(labels, "path,label\n"));
      for (
        const words of [
          ["duplicates", index],
          ["outliers", index],
          ["pick", index, "3"],
          ["disagreements", index, "--labels", labels],
          ["leaks", index, "--train", pictures, "--test", pictures],
          ["query", index, join(pictures, "3.png")],
          ["query", join(folder, "none"), pictures],
        ]
      ) {
        const { failure } = yield* inProcess(...words, "--sheet", image);
        assert.equal(
          failure,
          "Cannot write the result as sheet must be a path that the command " +
            `does not read: current value is sheet=${image}`,
          words.join(" "),
        );
      }
      assert.deepEqual(yield* Effect.promise(() => readFile(image)), before);
    }),
);
