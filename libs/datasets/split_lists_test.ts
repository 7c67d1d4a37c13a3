import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { splitByFiles } from "./split_lists.ts";
import assert from "node:assert/strict";

const ids = ["bee/1.png", "bee/two.png", "fly/1.png", "fly/3 .png", "#5.png"];

/** Splits five images of a folder by lists beside that folder. */
const split = (train: string | Uint8Array | undefined, test?: string) =>
  Effect.gen(function* () {
    const folder = yield* Effect.promise(async () => {
      const folder = await mkdtemp(join(tmpdir(), "split-lists-"));
      await mkdir(join(folder, "lists"));
      for (const [name, text] of [["train", train], ["test", test]] as const) {
        if (text === undefined) continue;
        const content = typeof text === "string"
          ? text.replaceAll("{}", folder)
          : text;
        await writeFile(join(folder, "lists", name), content);
      }
      return folder;
    });
    const source = {
      name: "images",
      ids,
      payload: (index: number) => ({
        kind: "file" as const,
        path: join(folder, "images", ids[index]!),
      }),
    };
    const list = (name: string, text: unknown) =>
      text === undefined ? undefined : join(folder, "lists", name);
    const { train: learned, test: heldOut } = yield* splitByFiles(
      source,
      list("train", train),
      list("test", test),
    );
    return [[...learned], [...heldOut]];
  });

const refused = (...args: Parameters<typeof split>) =>
  Effect.map(
    Effect.flip(split(...args)),
    ({ message }) => message.replaceAll(/\/\S*\/lists\//g, ""),
  );

effectTest(
  "splitByFiles() knows an image by any way to write its name or path",
  () =>
    Effect.gen(function* () {
      for (
        const entry of [
          "bee/two.png",
          "two.png",
          "./bee/two.png",
          "bee//x/../two.png",
          "bee\\two.png",
          "  bee/two.png \t",
          "{}/images/bee/two.png",
          "file://{}/images/bee/two.png",
          "../images/bee/two.png",
        ]
      ) {
        for (const end of ["\n", "\r\n", "\r", ""]) {
          const text = `\uFEFF# mine${end || "\n"}${entry}${end}`;
          assert.deepEqual(yield* split(text), [[1], [0, 2, 3, 4]], text);
        }
      }
      assert.deepEqual(yield* split(undefined, "fly/3 .png\n#5.png"), [
        [0, 1, 2],
        [3, 4],
      ]);
      assert.deepEqual(yield* split("fly/1.png", "bee/1.png\n\n"), [[2], [0]]);
    }),
);

effectTest(
  "splitByFiles() refuses an entry by file and line",
  () =>
    Effect.gen(function* () {
      assert.equal(
        yield* refused("two.png\n\nbee/9.png\n"),
        "Cannot split by list as every entry must be an image: current values " +
          "are file=train, line=3, found=bee/9.png",
      );
      assert.match(
        yield* refused("two.png\n1.png\n"),
        /must name one image only.*line=2, found=1.png \(2 images, such as bee\/1.png, fly\/1.png\)/,
      );
      assert.match(
        yield* refused("two.png\nfly/1.png\n./bee/two.png\n"),
        /must stand once.*line=3.*line 1 before/,
      );
      assert.match(
        yield* refused("fly/1.png\nbee/1.png\n", "two.png\nbee/1.png\n"),
        /no image may be in both.*file=test, line=2.*bee\/1.png \(named in train, line 2\)/,
      );
      assert.match(
        yield* refused(Uint8Array.of(0x61, 0x0A, 0xE9, 0x0A)),
        /every entry must be an image.*line=1/,
      );
      assert.match(
        yield* refused(Uint8Array.of(0xE9, 0x2E, 0x70, 0x0A)),
        /must be in UTF-8.*line=1, found=\\xe9.p/,
      );
      assert.match(
        yield* refused(Uint8Array.of(0xFF, 0xFE, 0x61, 0)),
        /must be in UTF-8.*found=UTF-16/,
      );
      assert.match(
        yield* refused("# none\n"),
        /some images must be listed.*file=train, found=0 of 5/,
      );
    }),
);
