/// <reference lib="dom" />
import { effectTest, makeClasses, temporaryFolder } from "@deepcluster/test";
import { chromiumTest, inChromium } from "@deepcluster/test/chromium";
import { Effect } from "effect";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { filesOf, runVisualise } from "./visualise_testing.ts";
import assert from "node:assert/strict";
import sharp from "sharp";

const random = "random --network small --size 16".split(" ");
const quick = "--steps 12 --threads 1".split(" ");

effectTest(
  "visualise filters draws the filters of the first layer, from the same " +
    "weights in the same bytes",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder;
      const [a, b] = [join(folder, "a"), join(folder, "b")];
      const first = yield* runVisualise(
        ["filters", ...random, "--out", a, "--json"],
      );
      assert.equal(first.code, 0, first.log);
      const record = JSON.parse(first.output);
      assert.deepEqual([record.filters, record.channels], [24, 2]);
      assert.deepEqual(
        JSON.parse(readFileSync(join(a, "pictures.json"), "utf8")),
        record,
      );
      const second = yield* runVisualise(["filters", ...random, "--out", b]);
      assert.match(second.output, /24 filters of conv1 of random; open .*b\//);
      assert.deepEqual(filesOf(b), filesOf(a));
      const again = yield* runVisualise(["filters", ...random, "--out", a]);
      assert.equal(again.code, 1);
      assert.match(again.log, /--out must be a new folder: a folder is there/);
      assert.deepEqual(readdirSync(folder), ["a", "b"]);
    }).pipe(Effect.scoped),
);

effectTest(
  "visualise gradient-ascent draws a row for each layer, and says how far " +
    "each filter rose",
  () =>
    Effect.gen(function* () {
      const out = join(yield* temporaryFolder, "out");
      const ended = yield* runVisualise(
        ["gradient-ascent", ...random, ...quick, "--out", out]
          .concat("--count", "3", "--layers", "conv1,features.6", "--json"),
      );
      assert.equal(ended.code, 0, ended.log);
      const { layers } = JSON.parse(ended.output);
      assert.deepEqual(
        layers.map(({ layer, path }: Record<string, string>) => [layer, path]),
        [["conv1", "features.2"], ["conv2", "features.6"]],
      );
      for (const { filters } of layers) {
        assert.equal(filters.length, 3);
        for (const { before, after } of filters) assert.ok(after > before);
      }
      const { data, info } = yield* Effect.promise(() =>
        sharp(join(out, "gradient-ascent.png")).raw()
          .toBuffer({ resolveWithObject: true })
      );
      // Pictures of 6 · 16 pixels with borders of 2.
      assert.deepEqual([info.width, info.height], [3 * 98 + 2, 2 * 98 + 2]);
      const at = (y: number, x: number) =>
        data.subarray(3 * (y * info.width + x)).subarray(0, 3);
      assert.deepEqual([...at(99, 5)], [255, 255, 255]);
      assert.deepEqual(at(2, 2), at(7, 7));
    }).pipe(Effect.scoped),
);

effectTest(
  "visualise top-images finds for each filter the images with the largest mean " +
    "activation, and gradient-ascent ends above them",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder;
      const images = join(folder, "images");
      yield* Effect.promise(() => makeClasses(images, 8));
      const filters = "--layers conv1 --filters 4,0,11 --threads 1".split(" ")
        .concat("--cache", join(folder, "cache"), "--json");
      const top = yield* runVisualise(
        ["top-images", ...random.slice(0, 1), images, ...random.slice(1)]
          .concat(filters, "--out", join(folder, "top")),
      );
      assert.equal(top.code, 0, top.log);
      const [layer] = JSON.parse(top.output).layers;
      const best: number[] = [];
      for (const { top } of layer.filters) {
        const activations = top.map((image: { activation: number }) =>
          image.activation
        );
        assert.equal(activations.length, 9);
        assert.deepEqual(
          activations,
          activations.toSorted((a: number, b: number) => b - a),
        );
        assert.match(top[0].path, /^(across|down|rings)\/\d+\.png$/);
        best.push(activations[0]);
      }
      assert.deepEqual(readdirSync(join(folder, "top")), [
        "conv1.png",
        "index.html",
        "pictures.json",
      ]);

      const up = yield* runVisualise(
        ["gradient-ascent", ...random, ...filters, "--images", images]
          .concat("--out", join(folder, "up"), "--steps", "60"),
      );
      assert.equal(up.code, 0, up.log);
      const [climbed] = JSON.parse(up.output).layers;
      climbed.filters.forEach(
        (result: Record<string, number>, i: number) => {
          assert.equal(result["filter"], [4, 0, 11][i]);
          assert.equal(result["best"], best[i]);
          assert.ok(result["after"]! > best[i]!, JSON.stringify(result));
        },
      );
      assert.match(
        readFileSync(join(folder, "up/index.html"), "utf8"),
        /3 of 3 filters answer to their image more than to any of the 24 images/,
      );
    }).pipe(Effect.scoped),
);

effectTest(
  "visualise gradient-ascent that is stopped or killed leaves no folder, and " +
    "resumes to the bytes of one that was not",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder;
      const run = (out: string, signal?: "SIGINT" | "SIGKILL", seen = /$^/) =>
        runVisualise(
          ["gradient-ascent", ...random, "--layers", "conv1", "--batch", "1"]
            .concat("--filters", "0,5,9", "--steps", "400", "--threads", "1")
            .concat("--out", join(folder, out)),
          (child, log) => {
            if (signal && seen.test(log)) setTimeout(() => child.kill(signal));
          },
        );
      const killed = yield* run("a", "SIGKILL", /filters 5 to 5: 0/);
      assert.notEqual(killed.code, 0, killed.log);
      assert.ok(!existsSync(join(folder, "a")), "nothing half-written");
      const stopped = yield* run("a", "SIGINT", /filters 9 to 9: 0/);
      assert.notEqual(stopped.code, 0, stopped.log);
      assert.match(stopped.log, /Resumed after 400 steps/);
      const resumed = yield* run("a");
      assert.equal(resumed.code, 0, resumed.log);
      yield* run("b");
      assert.deepEqual(filesOf(join(folder, "a")), filesOf(join(folder, "b")));
      assert.deepEqual(readdirSync(folder).sort(), ["a", "b"]);
    }).pipe(Effect.scoped),
);

effectTest(
  "visualise refuses what it cannot draw, in one line, and writes nothing",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder;
      const ascent = ["gradient-ascent", ...random];
      for (
        const [args, message] of [
          [
            [...ascent, "--layers", "conv7"],
            /--layers must be among features\.0, .*conv4 \(features\.14\).*: --layers conv7$/,
          ],
          [
            [...ascent, "--layers", "conv1", "--filters", "3,24"],
            /--filters must be numbers from 0 to 23, the filters of conv1: --filters 24$/,
          ],
          [
            ["filters", "pixels"],
            /^Cannot draw filters as the model must be .*: pixels is the images themselves$/,
          ],
          [
            ["filters", ...random, "--scale", "9999"],
            /with --scale 9999 the picture must have at most 268402689 pixels: 48 squares of \d+ × \d+ pixels$/,
          ],
          [
            [...ascent, "--scale", "9999"],
            /with --scale 9999 .*: 36 squares of 159984 × 159984 pixels$/,
          ],
          [
            ["top-images", ...random, "nothing", "--tile", "9999"],
            /with --tile 9999 .*: 162 squares of 9999 × 9999 pixels$/,
          ],
          [
            ["gradient-ascent", join(folder, "nothing")],
            /\(nothing is there\)$/,
          ],
        ] as const
      ) {
        const out = ["--out", join(folder, "out")];
        const ended = yield* runVisualise([...args, ...out]);
        assert.equal(ended.code, 1);
        assert.match(ended.log.trimEnd().split("\n").at(-1)!, message);
        assert.deepEqual(readdirSync(folder), []);
      }
    }).pipe(Effect.scoped),
);

chromiumTest(
  "the page of pictures holds all it shows, in both themes and on a phone",
  () =>
    Effect.gen(function* () {
      const out = join(yield* temporaryFolder, "out");
      const ended = yield* runVisualise(
        ["gradient-ascent", ...random, ...quick, "--count", "2", "--out", out],
      );
      assert.equal(ended.code, 0, ended.log);
      const { href } = pathToFileURL(join(out, "index.html"));
      for (const colorScheme of ["light", "dark"] as const) {
        const viewport = { width: 320, height: 640 };
        yield* Effect.promise(() =>
          inChromium("null", { colorScheme, viewport }, async ({ page }) => {
            await page.goto(href);
            const [picture] = await page.getByRole("img").all();
            assert.match(
              await picture!.getAttribute("alt") ?? "",
              /in rows: conv1, filters \d+, \d+; conv2, /,
            );
            const facts = await page.evaluate(() => ({
              wide: document.documentElement.scrollWidth,
              loaded: [...document.images].map((image) => image.naturalWidth),
              rows: document.querySelectorAll("tbody tr").length,
            }));
            assert.deepEqual(facts, { wide: 320, loaded: [198], rows: 8 });
          })
        );
      }
    }).pipe(Effect.scoped, Effect.runPromise),
);
