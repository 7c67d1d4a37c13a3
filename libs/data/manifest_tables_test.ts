import { effectTest, testFolder } from "@deepcluster/test";
import { Effect } from "effect";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { manifestSource } from "./manifest_source.ts";
import assert from "node:assert/strict";

type Options = Parameters<typeof manifestSource>[1];

/** Reads a manifest of some bytes or text, in a folder with some files. */
const read = (
  name: string,
  content: string | Uint8Array,
  options: Options = {},
  files: Record<string, string> = {},
) =>
  Effect.gen(function* () {
    const folder = yield* testFolder(files);
    yield* Effect.promise(() => writeFile(join(folder, name), content));
    const { source, labels } = yield* manifestSource(
      join(folder, name),
      options,
    );
    const labelOf = (i: number) => labels?.names[labels.classes[i]!];
    return source.ids.map((id, i) => [id, labelOf(i)]);
  });

const refused = (...args: Parameters<typeof read>) =>
  Effect.map(
    Effect.flip(read(...args)),
    ({ message }) => message.replace(/file=\S*\//, "file="),
  );

const shore = [["kelp.jpg", "sea"], ["oak.jpg", "land"]];

effectTest(
  "manifestSource() tells columns by their names, in any order and case",
  () =>
    Effect.gen(function* () {
      for (
        const text of [
          "filename,class\nkelp.jpg,sea\noak.jpg,land\n",
          "Image Path,Label\nkelp.jpg,sea\noak.jpg,land\n",
          "label,file_name\nsea,kelp.jpg\nland,oak.jpg\n",
          ",filename,label\n0,kelp.jpg,sea\n1,oak.jpg,land\n",
          "height,path,IMAGE,label\n9,kelp.jpg,x.jpg,sea\n9,oak.jpg,y.jpg,land",
          "label,photo\nsea,kelp.jpg\nland,oak.jpg\n",
          "taken by,photo,label\nAnn,kelp.jpg,sea\nBo,oak.jpg,land\n",
        ]
      ) assert.deepEqual(yield* read("t.csv", text), shore, text);
    }),
);

effectTest(
  "manifestSource() reads what spreadsheets and other systems write",
  () =>
    Effect.gen(function* () {
      const text = "path,label\nkelp.jpg,sea\noak.jpg,land\n";
      for (
        const [name, written] of [
          ["t.csv", text.replaceAll(",", ";")],
          ["t.csv", text.replaceAll(",", "\t")],
          ["t.csv", `sep=;\r\n${text.replaceAll(",", ";")}`],
          ["t.tsv", text.replaceAll(",", "\t")],
          ["t.csv", text.replaceAll("\n", "\r")],
          ["t.csv", text.replaceAll("\n", "\r\n")],
          ["t.csv", `${text},\n , \r\n,,,\n`],
          ["t.csv", text.replaceAll(",", " , ")],
          ["t.csv", `# from "Ann", in May\n\n#\n${text}`],
          ["t.csv", `\uFEFF${text}`],
        ] as const
      ) {
        const files = { "kelp.jpg": "", "oak.jpg": "" };
        const entries = yield* read(name, written, {}, files);
        assert.deepEqual(entries, shore, JSON.stringify(written));
      }
    }),
);

effectTest(
  "manifestSource() takes the delimiter and the columns that are asked for",
  () =>
    Effect.gen(function* () {
      const text = "1;a,b.jpg;x\n2;c.jpg;y\n";
      assert.deepEqual(
        yield* read("t.csv", `id;photo;kind\n${text}`, {
          format: "csv-semicolon",
          pathField: "photo",
          labelField: "kind",
        }),
        [["a,b.jpg", "x"], ["c.jpg", "y"]],
      );
      assert.deepEqual(
        yield* read("t.dat", "a.jpg\tx\n", { format: "tsv" }),
        [["a.jpg", undefined]],
      );
      assert.match(
        yield* refused("t.csv", `id;photo;kind\n${text}`, {
          format: "csv-semicolon",
          pathField: "foto",
        }),
        /header must name the column "foto".*line=1, found=id, photo, kind/,
      );
    }),
);

effectTest(
  "manifestSource() refuses a table whose columns could be read in two ways",
  () =>
    Effect.gen(function* () {
      for (
        const [text, rule] of [
          ["file,image,label\na.jpg,b.jpg,x\n", /plain which column.*line=1/],
          ["id,photo,label\n1,2,x\n", /plain which column.*id, photo, label/],
          ["path,label,label\na.jpg,x,y\n", /"label" once.*line=1/],
          ["path,label,path\na.jpg,x,b.jpg\n", /"path" once.*line=1/],
          ["photo,kind\na.jpg,x\n", /first line must name the columns.*line=1/],
          ["x,a.jpg\ny,b.jpg\n", /first line must name the columns.*line=1/],
          ["a.jpg;x\nb.jpg;y\n", /first line must name the columns.*line=1/],
          ["path,label\na.jpg,x\n# end\n", /a comment \(#\).*line=3/],
          ["path,label\na.jpg,x\nb.jpg\n", /must have 2 fields.*line=3/],
        ] as const
      ) assert.match(yield* refused("t.csv", text), rule, text);
    }),
);

effectTest(
  "manifestSource() refuses a label that is not UTF-8 by line and column",
  () =>
    Effect.gen(function* () {
      const latin1 = (text: string) =>
        Uint8Array.from(text, (c) => c.charCodeAt(0));
      assert.equal(
        yield* refused("t.csv", latin1("path,label\na.jpg,x\nb.jpg,ma\xEDz\n")),
        "Cannot read manifest as a label must be in UTF-8: current values are " +
          "file=t.csv, line=3, column=2 (label), found=ma\\xedz",
      );
      assert.match(
        yield* refused("t.csv", latin1("label,path\nx,\xFCber.jpg\n")),
        /a path must be in UTF-8.*line=2, column=2 \(path\), found=\\xfcber/,
      );
      assert.match(
        yield* refused("t.txt", latin1("a.jpg caf\xE9\n")),
        /a label must be in UTF-8.*line=1, found=caf\\xe9/,
      );
      assert.match(
        yield* refused("t.jsonl", latin1('{"path":"a.jpg","label":"\xDF"}\n')),
        /a label must be in UTF-8.*line=1, column=label, found=\\xdf/,
      );
      // What an earlier conversion lost is lost for good.
      assert.match(
        yield* refused("t.csv", "path,label\na.jpg,ma\uFFFDz\n"),
        /a label must be in UTF-8.*line=2/,
      );
      // A column that is not read cannot make a figure wrong.
      assert.deepEqual(
        yield* read("t.csv", latin1("path,label,by\na.jpg,x,Ren\xE9\n")),
        [["a.jpg", "x"]],
      );
    }),
);

effectTest(
  "manifestSource() says that a manifest is in UTF-16",
  () =>
    Effect.gen(function* () {
      const utf16 = new Uint8Array(
        Uint16Array.from("path\na.jpg\n", (c) => c.charCodeAt(0)).buffer,
      );
      const marked = Uint8Array.of(0xFF, 0xFE, ...utf16);
      for (const bytes of [utf16, marked, marked.toReversed()]) {
        for (const name of ["t.csv", "t.txt", "t.jsonl"]) {
          assert.match(
            yield* refused(name, bytes),
            /must be in UTF-8: save it as that.*line=1, found=UTF-16/,
          );
        }
      }
    }),
);

effectTest(
  "manifestSource() takes a path as it is written where that is a file, and " +
    "otherwise with slashes and without white space around it",
  () =>
    Effect.gen(function* () {
      const folder = yield* testFolder({ "a\\b.jpg": "", "c ": "" });
      yield* Effect.promise(async () => {
        await mkdir(join(folder, "a"));
        await mkdir(join(folder, "d"));
        await writeFile(join(folder, "a", "b.jpg"), "");
        await writeFile(join(folder, "d", "e.jpg"), "");
        await writeFile(join(folder, "f g.jpg"), "");
        await writeFile(
          join(folder, "t.txt"),
          `a\\b.jpg\nc \nd\\e.jpg\t\ngone\\x.jpg\nfile://${folder}/f%20g.jpg\n`,
        );
      });
      const { source } = yield* manifestSource(join(folder, "t.txt"));
      assert.deepEqual(source.ids, [
        "a\\b.jpg",
        "c ",
        "d/e.jpg",
        "gone\\x.jpg",
        "f g.jpg",
      ]);
      assert.match(
        yield* refused("t.txt", "file://host/a.jpg\n"),
        /a path must be that of a local file/,
      );
    }),
);
