import { effectTest, testFolder } from "@deepcluster/test";
import { Effect } from "effect";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { manifestSource } from "./manifest_source.ts";
import assert from "node:assert/strict";

const read = (
  name: string,
  text: string,
  options: Parameters<typeof manifestSource>[1] = {},
  files: Record<string, string> = {},
) =>
  Effect.gen(function* () {
    const folder = yield* testFolder(files);
    yield* Effect.promise(() => writeFile(join(folder, name), text));
    const { source, labels } = yield* manifestSource(
      join(folder, name),
      options,
    );
    const labelOf = (i: number) => labels?.names[labels.classes[i]!];
    return source.ids.map((id, i) => [id, labelOf(i)]);
  });

const refused = (...args: Parameters<typeof read>) =>
  Effect.map(Effect.flip(read(...args)), ({ message }) => message);

effectTest(
  "manifestSource() reads a label behind each path where the first line has " +
    "one, as in Caffe's lists",
  () =>
    Effect.gen(function* () {
      assert.deepEqual(yield* read("val.txt", "a b.jpg 3\n\nc.jpg  12 \n"), [
        ["a b.jpg", "3"],
        ["c.jpg", "12"],
      ]);
      assert.deepEqual(yield* read("val.txt", "a.jpg\tred deer\nb.jpg\tbee"), [
        ["a.jpg", "red deer"],
        ["b.jpg", "bee"],
      ]);
      // Names without an extension are known by their files.
      assert.deepEqual(yield* read("l.lst", "0f 1\n1f 0", {}, { "0f": "" }), [
        ["0f", "1"],
        ["1f", "0"],
      ]);
      assert.deepEqual(
        yield* read("l.txt", "x 1\n", { format: "path-label" }),
        [
          ["x", "1"],
        ],
      );
      assert.match(
        yield* refused("val.txt", "a.jpg 3\nb.jpg\n"),
        /every line must hold a path and a label.*line=2, found=b.jpg/,
      );
    }),
);

effectTest(
  "manifestSource() keeps the spaces of a list's paths",
  () =>
    Effect.gen(function* () {
      assert.deepEqual(
        yield* read("l.txt", "my cat.jpg\nno image 3\n"),
        [["my cat.jpg", undefined], ["no image 3", undefined]],
      );
      // The whole of the first line is a file: it is a path.
      assert.deepEqual(
        yield* read("l.txt", "a.jpg 3\n", {}, { "a.jpg 3": "", "a.jpg": "" }),
        [["a.jpg 3", undefined]],
      );
    }),
);

effectTest(
  "manifestSource() passes over comments and blank lines of a list, and ends " +
    "lines at CR",
  () =>
    Effect.gen(function* () {
      assert.deepEqual(
        yield* read("l.txt", "# cats\ra.jpg\r \r#1.jpg\r#2.jpg\r", {}, {
          "#1.jpg": "",
        }),
        [["a.jpg", undefined], ["#1.jpg", undefined]],
      );
    }),
);

effectTest(
  "manifestSource() refuses a table that is called a list",
  () =>
    Effect.gen(function* () {
      for (
        const text of [
          "path,label\na.jpg,1\n",
          "a.jpg,1\nb.jpg,2\n",
          "a.jpg golden retriever\n",
          "a.jpg 0 1 0\n",
        ]
      ) {
        assert.match(
          yield* refused("l.txt", text),
          /a line must hold one path.*--manifest-format csv.*line=1/,
          text,
        );
      }
    }),
);

effectTest(
  "manifestSource() tells the keys of JSONL as it tells columns",
  () =>
    Effect.gen(function* () {
      assert.deepEqual(
        yield* read(
          "metadata.jsonl",
          '\uFEFF{"file_name": "a.jpg", "text": "NaN"}\n' +
            '{"file_name": "b.jpg", "class": "x"}\n',
        ),
        [["a.jpg", undefined], ["b.jpg", "x"]],
      );
      const wrong = '{"photo": "a.jpg", "mask": "b.jpg"}\n';
      assert.match(yield* refused("m.jsonl", wrong), /--path-column.*line=1/);
      assert.deepEqual(
        yield* read("m.jsonl", wrong, { pathField: "photo" }),
        [["a.jpg", undefined]],
      );
      assert.match(
        yield* refused("m.jsonl", '{"path": "a.jpg"}', { labelField: "kind" }),
        /must have the key "kind".*found=path/,
      );
    }),
);

effectTest(
  "manifestSource() takes Python's NaN for no label, but not within a text",
  () =>
    Effect.gen(function* () {
      assert.deepEqual(
        yield* read(
          "m.jsonl",
          '{"path": "a.jpg", "label": NaN}\n{"path": "b \\"NaN.jpg", ' +
            '"label": Infinity, "x": [NaN, -Infinity]}\n' +
            '{"path": "c.jpg", "label": "NaN"}\n',
        ),
        [["a.jpg", undefined], ['b "NaN.jpg', "Infinity"], ["c.jpg", "NaN"]],
      );
    }),
);
