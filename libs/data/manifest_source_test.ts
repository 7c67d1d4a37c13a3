import { effectTest, testFolder } from "@deepcluster/test";
import { Effect } from "effect";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { manifestSource } from "./manifest_source.ts";
import assert from "node:assert/strict";
import process from "node:process";

/** Reads a manifest of the given name and text; `{}` stands for its folder. */
const read = (
  name: string,
  text: string,
  options: Parameters<typeof manifestSource>[1] = {},
) =>
  Effect.gen(function* () {
    const folder = yield* testFolder();
    const path = join(folder, name);
    yield* Effect.promise(() => writeFile(path, text.replaceAll("{}", folder)));
    return { ...yield* manifestSource(path, options), folder };
  });

effectTest(
  "manifestSource() reads a text list in its own order",
  () =>
    Effect.gen(function* () {
      const { source, labels, folder } = yield* read(
        "list.txt",
        "\uFEFFz.jpg\r\nsub dir/ä 🎉.jpg\n\n../up.jpg\n/abs/a.jpg\n{}/in.jpg",
      );
      assert.deepEqual(source.ids, [
        "z.jpg",
        "sub dir/ä 🎉.jpg",
        "../up.jpg",
        "/abs/a.jpg",
        "in.jpg",
      ]);
      assert.equal(labels, undefined);
      const paths = source.ids.map((_, i) => source.payload(i));
      assert.deepEqual(paths[1], {
        kind: "file",
        path: join(folder, "sub dir/ä 🎉.jpg"),
      });
      assert.deepEqual(paths[3], { kind: "file", path: "/abs/a.jpg" });
    }),
);

effectTest(
  "manifestSource() finds path and label of CSV by its header",
  () =>
    Effect.gen(function* () {
      const { source, labels } = yield* read(
        "list.csv",
        'id,label,path\r\n1,dog,"a, b.jpg"\r\n2,,c.jpg\r\n3,cat,d.jpg\r\n',
      );
      assert.deepEqual(source.ids, ["a, b.jpg", "c.jpg", "d.jpg"]);
      assert.deepEqual(labels?.names, ["cat", "dog"]);
      assert.deepEqual(labels?.classes, Int32Array.of(1, -1, 0));
    }),
);

effectTest(
  "manifestSource() takes the first column of CSV without a header",
  () =>
    Effect.gen(function* () {
      const { source, labels } = yield* read("list.csv", "a.jpg,7\nb.jpg,8\n");
      assert.deepEqual(source.ids, ["a.jpg", "b.jpg"]);
      assert.equal(labels, undefined);
    }),
);

effectTest(
  "manifestSource() reads the columns that are asked for",
  () =>
    Effect.gen(function* () {
      const text = "file,class,label\na.jpg,x,1\n";
      const { source, labels } = yield* read("list.csv", text, {
        pathField: "file",
        labelField: "class",
      });
      assert.deepEqual(source.ids, ["a.jpg"]);
      assert.deepEqual(labels?.names, ["x"]);
      const none = yield* read("list.csv", text, { labels: false });
      assert.equal(none.labels, undefined);
    }),
);

effectTest(
  "manifestSource() reads JSONL with labels of any plain type",
  () =>
    Effect.gen(function* () {
      const { source, labels } = yield* read(
        "list.jsonl",
        '{"path": "a\\nb.jpg", "label": 3, "more": [1]}\n\n' +
          '{"label": null, "path": "c.jpg"}\r\n{"path": "d.jpg", "label": "x"}',
      );
      assert.deepEqual(source.ids, ["a\nb.jpg", "c.jpg", "d.jpg"]);
      assert.deepEqual(labels?.names, ["3", "x"]);
      assert.deepEqual(labels?.classes, Int32Array.of(0, -1, 1));
    }),
);

effectTest(
  "manifestSource() names file and line of a broken rule",
  () =>
    Effect.gen(function* () {
      const failing = (...args: Parameters<typeof read>) =>
        Effect.map(
          Effect.flip(read(...args)),
          (error) => error.message.replace(/file=.*\/list/, "file=list"),
        );
      assert.equal(
        yield* failing("list.csv", "path,label\na.jpg,1\nb.jpg\n"),
        "Cannot read manifest as every record must have 2 fields: current " +
          "values are file=list.csv, line=3, found=1 fields",
      );
      assert.match(
        yield* failing("list.csv", 'path\n"a.jpg\n'),
        /a quoted field must be closed.*line=2/,
      );
      assert.match(
        yield* failing("list.csv", "path\na.jpg", { labelField: "class" }),
        /header must name the column "class".*line=1, found=path/,
      );
      assert.match(
        yield* failing("list.csv", "path,label\na.jpg,1\n,2\n"),
        /a path must not be empty.*line=3/,
      );
      assert.match(
        yield* failing("list.jsonl", '{"path": "a.jpg"}\n{"file": "b.jpg"}\n'),
        /a line must hold {"path": "…"}.*line=2, found=.*path.*missing/,
      );
      assert.match(
        yield* failing("list.jsonl", '{"path": "a.jpg"}\nnonsense\n'),
        /line=2, found=.*JSON/,
      );
      assert.match(
        yield* failing("list.txt", "a.jpg\nhttps://x.org/b.jpg\n"),
        /a path must be that of a local file.*line=2/,
      );
    }),
);

effectTest(
  "manifestSource() refuses paths that are not in UTF-8",
  () =>
    Effect.gen(function* () {
      const latin1 = Uint8Array.from(
        "a.jpg\nb\xE9.jpg\n",
        (c) => c.charCodeAt(0),
      );
      const folder = yield* testFolder({ "list.txt": latin1 });
      const error = yield* Effect.flip(
        manifestSource(join(folder, "list.txt")),
      );
      assert.match(error.message, /a path must be in UTF-8.*line=2/);
    }),
);

effectTest(
  "manifestSource() names both lines of an image named twice",
  () =>
    Effect.gen(function* () {
      for (
        const again of ["a/b.jpg", "./a/b.jpg", "a/x/../b.jpg", "{}/a/b.jpg"]
      ) {
        const error = yield* Effect.flip(
          read("list.txt", `z.jpg\na/b.jpg\n\n${again}\n`),
        );
        assert.equal(
          error.message.replace(/file=.*\/list/, "file=list"),
          "Cannot read manifest as an image must be named once: current values " +
            "are file=list.txt, image=a/b.jpg, lines=2 and 4",
        );
      }
    }),
);

effectTest(
  "manifestSource() fails with SourceError without a format or lines",
  () =>
    Effect.gen(function* () {
      const folder = yield* testFolder({
        "a.list": "x",
        "empty.csv": "path\n",
      });
      const problem = (name: string) =>
        Effect.map(
          Effect.flip(manifestSource(join(folder, name))),
          (error) => "problem" in error ? error.problem : error.message,
        );
      assert.equal(yield* problem("a.list"), "unsupported");
      assert.equal(yield* problem("empty.csv"), "empty");
      assert.equal(yield* problem("none.csv"), "missing");
      const asText = yield* manifestSource(join(folder, "a.list"), {
        format: "text",
      });
      assert.deepEqual(asText.source.ids, ["x"]);
    }),
);

effectTest(
  "manifestSource() reads the same from one piece and from many",
  () =>
    Effect.gen(function* () {
      // 3 MB with characters of 2 and 4 bytes: pieces end within some of them.
      const lines = Array.from(
        { length: 60_000 },
        (_, i) => `é/🎉/${"x".repeat(i % 60)}${i}.jpg`,
      );
      const { source } = yield* read("list.txt", lines.join("\n"));
      assert.deepEqual(source.ids, lines);
    }),
);

effectTest(
  "manifestSource() needs less than a kilobyte of memory a line",
  () =>
    Effect.gen(function* () {
      const count = 200_000;
      const text = "path,label\n" +
        Array.from({ length: count }, (_, i) => `folder/${i}.jpg,${i % 9}\n`)
          .join("");
      const before = process.memoryUsage().heapUsed;
      const { source, labels } = yield* read("list.csv", text);
      const grown = process.memoryUsage().heapUsed - before;
      assert.equal(source.ids[count - 1], `folder/${count - 1}.jpg`);
      assert.equal(labels?.classes[count - 1], (count - 1) % 9);
      assert.ok(grown < count * 1000, `${grown} bytes for ${count} lines`);
    }),
);

effectTest(
  "manifestSource() takes the paths of earlier versions where a run began so",
  () =>
    Effect.gen(function* () {
      const before = (name: string, text: string) =>
        Effect.map(
          read(name, text, { asBefore: true }),
          ({ source }) => source.ids,
        );
      assert.deepEqual(
        yield* before("list.csv", "photo,by\na.jpg,Ann\n"),
        ["photo", "a.jpg"],
      );
      assert.deepEqual(
        yield* before("list.csv", "photo,mask,label\na.jpg,b.jpg,x\n"),
        ["a.jpg"],
      );
      assert.deepEqual(
        yield* before("list.txt", "# mine\n{}/list.txt \na.jpg 3\n"),
        ["# mine", "list.txt ", "a.jpg 3"],
      );
    }),
);
