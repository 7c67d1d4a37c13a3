import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { csvReader, lineReader } from "./text_records.ts";
import assert from "node:assert/strict";

/** Every way to cut a text in two, and into single characters. */
const cuts = (text: string): string[][] => [
  ...Array.from(
    { length: text.length + 1 },
    (_, i) => [text.slice(0, i), text.slice(i)],
  ),
  text.split(""),
];

const readCsv = (pieces: readonly string[]) => {
  const records: unknown[] = [];
  const problems: unknown[] = [];
  const reader = csvReader({
    onRecord: (fields, line) => records.push([line, ...fields]),
    onProblem: (rule, line) => problems.push([line, rule]),
  });
  pieces.forEach(reader.feed);
  reader.end();
  return { records, problems };
};

effectTest(
  "csvReader() reads RFC 4180, however the text is cut",
  () =>
    Effect.sync(() => {
      const text =
        'path,label\r\n"a, b.jpg",x\n\n"say ""hi"".jpg","two\nlines"\r\n' +
        ',\n"",\nlast.jpg,';
      for (const pieces of cuts(text)) {
        const { records, problems } = readCsv(pieces);
        assert.deepEqual(problems, []);
        assert.deepEqual(records, [
          [1, "path", "label"],
          [2, "a, b.jpg", "x"],
          [4, 'say "hi".jpg', "two\nlines"],
          [6, "", ""],
          [7, "", ""],
          [8, "last.jpg", ""],
        ]);
      }
    }),
);

effectTest(
  "csvReader() reports broken quotes with their line",
  () =>
    Effect.sync(() => {
      for (const pieces of cuts('a\nb"c\n')) {
        assert.deepEqual(readCsv(pieces).problems[0], [
          2,
          "a field that holds a quote must be quoted",
        ]);
      }
      for (const pieces of cuts('a\n"b"c\n')) {
        assert.deepEqual(readCsv(pieces).problems[0], [
          2,
          "a comma or line end must follow a closing quote",
        ]);
      }
      for (const pieces of cuts('a\n\n"b\nc\n')) {
        assert.deepEqual(readCsv(pieces).problems, [
          [3, "a quoted field must be closed"],
        ]);
      }
    }),
);

effectTest(
  "lineReader() numbers lines, however the text is cut",
  () =>
    Effect.sync(() => {
      for (const pieces of cuts("one\r\n\ntwo \n three")) {
        const lines: unknown[] = [];
        const reader = lineReader((line, number) => lines.push([number, line]));
        pieces.forEach(reader.feed);
        reader.end();
        assert.deepEqual(lines, [[1, "one"], [2, ""], [3, "two "], [
          4,
          " three",
        ]]);
      }
    }),
);

effectTest(
  "csvReader() ends records at CR and parts fields at any mark, however the " +
    "text is cut",
  () =>
    Effect.sync(() => {
      for (
        const pieces of cuts('a;b\r\r\n"c\r;""d";,\r\r"e"\r\nf;"g\r\nh"\r')
      ) {
        const records: unknown[] = [];
        const reader = csvReader({
          onRecord: (fields, line) => records.push([line, ...fields]),
          onProblem: (rule, line) => records.push([line, rule]),
        }, { delimiter: ";", line: 4 });
        pieces.forEach(reader.feed);
        reader.end();
        assert.deepEqual(records, [
          [4, "a", "b"],
          [6, 'c\r;"d', ","],
          [9, "e"],
          [10, "f", "g\r\nh"],
        ]);
      }
    }),
);

effectTest(
  "lineReader() ends lines at CR, CR LF and LF, however the text is cut",
  () =>
    Effect.sync(() => {
      for (const pieces of cuts("one\r\rthree\r\n\nfive\n\r\nseven\r")) {
        const lines: unknown[] = [];
        const reader = lineReader((line) => lines.push(line));
        pieces.forEach(reader.feed);
        reader.end();
        assert.deepEqual(lines, ["one", "", "three", "", "five", "", "seven"]);
      }
    }),
);
