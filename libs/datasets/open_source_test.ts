import { effectTest, testFolder } from "@deepcluster/test";
import { Effect } from "effect";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { openSource } from "./open_source.ts";
import assert from "node:assert/strict";

const idx = (...sizes: number[]): Uint8Array =>
  Uint8Array.from([
    ...[0, 0, 8, sizes.length],
    ...sizes.flatMap((size) => [0, 0, 0, size]),
    ...new Array(sizes.reduce((a, b) => a * b, 1)).fill(1),
  ]);

effectTest(
  "openSource() takes a path for what it is",
  () =>
    Effect.gen(function* () {
      const folder = yield* testFolder({
        "images/a.jpg": "",
        "images/notes.md": "",
        "list.csv": "path\na.jpg\n",
        "list.jsonl": '{"path": "b.jpg"}',
        "list.txt": "c.jpg",
        "list.dat": "d.jpg",
        "some-ubyte": idx(2, 1, 1),
        "some.idx.gz": gzipSync(idx(3, 1, 1)),
      });
      const open = (name: string, options = {}) =>
        Effect.map(
          openSource(join(folder, name), options),
          ({ kind, source, ignored }) => [kind, source.ids.length, ignored],
        );
      assert.deepEqual(yield* open("images"), ["folder", 1, 1]);
      assert.deepEqual(yield* open("list.csv"), ["manifest", 1, 0]);
      assert.deepEqual(yield* open("list.jsonl"), ["manifest", 1, 0]);
      assert.deepEqual(yield* open("list.txt"), ["manifest", 1, 0]);
      assert.deepEqual(yield* open("list.dat", { format: "text" }), [
        "manifest",
        1,
        0,
      ]);
      assert.deepEqual(yield* open("some-ubyte"), ["idx", 2, 0]);
      assert.deepEqual(yield* open("some.idx.gz"), ["idx", 3, 0]);
    }),
);

effectTest(
  "openSource() refuses a column of labels of what has none, naming what it is",
  () =>
    Effect.gen(function* () {
      const folder = yield* testFolder({
        "cat/a.jpg": "",
        "dog/b.jpg": "",
        "some-ubyte": idx(2, 1, 1),
      });
      for (
        const [path, kind] of [
          [folder, "a folder"],
          [join(folder, "some-ubyte"), "an IDX file"],
        ] as const
      ) {
        const error = yield* Effect.flip(
          openSource(path, { labelField: "kind" }),
        );
        assert.equal(
          error.message,
          "Cannot use --label-column as only a manifest has columns: current " +
            `values are --label-column=kind, path=${path} (${kind}); leave ` +
            "--label-column out or name a manifest",
        );
      }
      const before = { labelField: "kind", reading: "all files" } as const;
      const { labels } = yield* openSource(folder, before);
      assert.deepEqual(labels?.names, ["cat", "dog"]);
    }),
);

effectTest(
  "openSource() opens a folder of rendered emoji as its table",
  () =>
    Effect.gen(function* () {
      const folder = yield* testFolder({
        "emoji.csv": "path,set,group\nb.png,s,faces\na.png,t,food\n",
        "a.png": "",
        "b.png": "",
        "c.png": "",
      });
      const { kind, source, labels } = yield* openSource(folder);
      assert.deepEqual([kind, source.ids], ["manifest", ["b.png", "a.png"]]);
      assert.deepEqual(labels?.names, ["faces", "food"]);
      const sets = yield* openSource(folder, { labelField: "set" });
      assert.deepEqual(sets.labels?.names, ["s", "t"]);
      const files = yield* openSource(folder, { reading: "all files" });
      assert.deepEqual(files.source.ids, ["a.png", "b.png", "c.png"]);
    }),
);

effectTest(
  "openSource() finds the halves of Fashion-MNIST and their labels",
  () =>
    Effect.gen(function* () {
      const folder = yield* testFolder({
        "train-images-idx3-ubyte.gz": gzipSync(idx(4, 1, 1)),
        "train-labels-idx1-ubyte": idx(4),
        "t10k-images-idx3-ubyte": idx(2, 1, 1),
        "t10k-labels-idx1-ubyte.gz": gzipSync(idx(2)),
        "readme.txt": "",
      });
      const train = yield* openSource(folder);
      assert.equal(train.kind, "idx");
      assert.equal(train.source.ids.length, 4);
      assert.equal(train.labels?.classes.length, 4);
      const test = yield* openSource(folder, { split: "test" });
      assert.equal(test.source.ids.length, 2);
      assert.equal(test.labels?.classes.length, 2);
      const file = join(folder, "t10k-images-idx3-ubyte");
      assert.equal((yield* openSource(file)).labels?.classes.length, 2);
      const bare = yield* openSource(file, { labels: false });
      assert.equal(bare.labels, undefined);
    }),
);

effectTest(
  "openSource() draws as many images as the limit says",
  () =>
    Effect.gen(function* () {
      const folder = yield* testFolder({
        "train-images-idx3-ubyte": idx(9, 1, 1),
        "train-labels-idx1-ubyte": idx(9),
      });
      const { kind, labels, source } = yield* openSource(folder, { limit: 4 });
      assert.equal(kind, "idx");
      assert.equal(source.ids.length, 4);
      assert.equal(labels?.classes.length, 4);
      const error = yield* Effect.flip(openSource(folder, { limit: 10 }));
      assert.equal(error._tag, "SubsetError");
    }),
);

effectTest(
  "openSource() says what a path must be",
  () =>
    Effect.gen(function* () {
      const folder = yield* testFolder({
        "a.jpg": "",
        "b.zip": "",
        "c/d.md": "",
      });
      const message = (name: string) =>
        Effect.map(
          Effect.flip(openSource(join(folder, name))),
          ({ message }) => message.replaceAll(folder, ""),
        );
      assert.equal(
        yield* message("a.jpg"),
        "Cannot open images as the path must be a folder, a manifest (.txt, " +
          ".csv, .tsv, .jsonl) or an IDX file: current value is path=/a.jpg " +
          "(a single image; name its folder)",
      );
      assert.match(
        yield* message("b.zip"),
        /path=\/b.zip \(its extension tells/,
      );
      assert.match(
        yield* message("c"),
        /at least one image.*1 other files, such/,
      );
      assert.match(yield* message("nothing"), /the path must exist/);
    }),
);

effectTest(
  "openSource() refuses the options of a manifest for folders, IDX files, and lists",
  () =>
    Effect.gen(function* () {
      const folder = yield* testFolder({
        "a.jpg": "",
        "b-ubyte": "",
        "c.txt": "a",
      });
      const message = (
        path: string,
        options: Parameters<typeof openSource>[1],
      ) => Effect.map(Effect.flip(openSource(path, options)), (e) => e.message);
      assert.match(
        yield* message(folder, { pathField: "photo" }),
        /Cannot use --path-column as only a manifest has columns.*a folder/,
      );
      assert.match(
        yield* message(folder, { format: "csv" }),
        /Cannot use --manifest-format as only a manifest has a format.*=csv/,
      );
      assert.match(
        yield* message(join(folder, "b-ubyte"), { pathField: "photo" }),
        /Cannot use --path-column as .*an IDX file/,
      );
      assert.match(
        yield* message(join(folder, "c.txt"), { labelField: "kind" }),
        /Cannot use --label-column as .*=kind.*a list/,
      );
    }),
);
