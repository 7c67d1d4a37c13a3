/// <reference lib="dom" />
import {
  type BrowserOptions,
  type BrowserTest,
  chromiumTest,
  inChromium,
} from "@deepcluster/test/chromium";
import { Effect, Logger } from "effect";
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { Buffer } from "node:buffer";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Assigner } from "@deepcluster/clustering";
import { floatTensor, Progress } from "@deepcluster/core";
import { contentDigest } from "@deepcluster/data";
import { layerReference } from "@deepcluster/gpu-backend";
import {
  inEpoch,
  runStorage,
  writeAssignments,
  writeRunImages,
} from "@deepcluster/runs";
import { folderStore, removeStored, saveTensors } from "@deepcluster/storage";
import { effectTest, makeClasses, temporaryFolder } from "@deepcluster/test";
import { healthyEpochs, madeRun } from "./history/made_run_testing.ts";
import { writeReport, type WriteReportOptions } from "./write_report.ts";

/** A run of 60 images in 4 clusters, with what its report shows. */
const shownRun = Effect.fnUntraced(function* (epochs: number) {
  const images = join(yield* temporaryFolder, "photos");
  yield* Effect.promise(() => makeClasses(images, 20));
  const ids = ["across", "down", "rings"].flatMap((name) =>
    Array.from(
      { length: 20 },
      (_, i) => `${name}/${String(i).padStart(3, "0")}.png`,
    )
  );
  const sizes = [20, 20, 15, 5];
  const run = yield* madeRun({
    epochs: healthyEpochs(epochs).map((epoch) => ({ ...epoch, sizes })),
    settings: { images, clusters: 4 },
  });
  const store = folderStore(run);
  yield* writeRunImages(store, {
    ids,
    sha256s: yield* Effect.forEach(
      ids,
      (id) =>
        Effect.map(
          contentDigest({ kind: "file", path: join(images, id) }),
          (digest) => Buffer.from(digest).toString("hex"),
        ),
    ),
    leftOut: [],
  });
  const clusters = Int32Array.from(
    sizes.flatMap((size, cluster) => Array(size).fill(cluster)),
  );
  for (let epoch = 1; epoch <= epochs; epoch++) {
    yield* writeAssignments(store, epoch, { paths: ids, clusters });
  }
  yield* saveTensors(store, inEpoch("clusters", epochs, ".safetensors"), {
    centroids: floatTensor([4, 2], Float32Array.of(0, 0, 1, 0, 0, 1, 9, 9)),
  });
  return { run, images };
});

/** Writes a report without a model. */
const written = (run: string, options: Partial<WriteReportOptions> = {}) =>
  writeReport(run, {
    cache: join(run, "cache"),
    map: false,
    ...options,
  }).pipe(
    Effect.provide([
      Assigner.layerReference,
      layerReference,
      Progress.layerSilent,
    ]),
  );

effectTest(
  "writeReport() writes report.html into the run folder, twice the same bytes",
  () =>
    Effect.gen(function* () {
      const { run } = yield* shownRun(3);
      const { path, bytes } = yield* written(run);
      assert.equal(path, join(run, "report.html"));
      const first = readFileSync(path);
      assert.equal(first.length, bytes);
      yield* written(run);
      assert.deepEqual(readFileSync(path), first);
    }),
);

effectTest(
  "writeReport() writes the same bytes again when storage has removed all that is safe to remove",
  () =>
    Effect.gen(function* () {
      const { run } = yield* shownRun(3);
      const { path } = yield* written(run);
      const first = readFileSync(path);
      const removed = yield* removeStored(
        { folder: run, kind: runStorage },
        ({ cost }) => cost === "safe",
      );
      assert.deepEqual(
        removed.map(({ name }) => name).sort(),
        ["report", "report-data"],
      );
      assert.ok(!existsSync(path));
      yield* written(run);
      assert.deepEqual(readFileSync(path), first);
    }),
);

effectTest(
  "writeReport() shows images and links to them, or tells no path at all",
  () =>
    Effect.gen(function* () {
      const { run, images } = yield* shownRun(3);
      const page = readFileSync((yield* written(run)).path, "utf8");
      assert.match(page, /id="glance"/);
      assert.match(page, /<a [^>]*href="\.\.\/[^"]*photos\/rings\/0\d\d\.png"/);
      assert.match(page, /src="data:image\/webp;base64,/);
      const { path } = yield* written(run, { thumbnails: false });
      const bare = readFileSync(path, "utf8");
      assert.doesNotMatch(bare, /data:image\/webp|href="[^#d]/);
      assert.ok(!bare.includes(join(images, "..")));
    }),
);

effectTest(
  "writeReport() says in the place of a part why it is not there",
  () =>
    Effect.gen(function* () {
      const { run, images } = yield* shownRun(1);
      const { path } = yield* written(run);
      assert.match(readFileSync(path, "utf8"), /The map was not computed\./);
      yield* written(run, { map: true });
      assert.match(readFileSync(path, "utf8"), /Not shown: Cannot /);
      rmSync(images, { recursive: true });
      const logged: string[] = [];
      const logger = Logger.make(({ message }) => logged.push(String(message)));
      yield* Effect.provide(
        written(run, { map: true }),
        Logger.layer([logger]),
      );
      assert.match(
        logged[0] ?? "",
        /^Cannot .*photos.*; say where the images are with --images$/,
      );
      assert.match(
        readFileSync(path, "utf8"),
        /images of the run cannot be opened/,
      );
    }),
);

effectTest(
  "writeReport() replaces no picture and no folder",
  () =>
    Effect.gen(function* () {
      const run = yield* madeRun({ epochs: healthyEpochs(1) });
      for (const out of ["photo.png", "assignments"]) {
        const { message } = yield* Effect.flip(
          written(run, { out: join(run, out) }),
        );
        assert.match(message, /out must be a file whose name ends in \.html/);
      }
    }),
);

effectTest(
  "writeReport() says that it cannot write before it draws anything",
  () =>
    Effect.gen(function* () {
      const run = yield* madeRun({ epochs: healthyEpochs(1) });
      const out = join(run, "config.json", "report.html");
      const { message } = yield* Effect.flip(written(run, { out }));
      assert.match(message, /^Cannot write .* nor the reverse: .* is a file$/);
      assert.ok(!readdirSync(run).includes("thumbnails.db"));
      const none = join(run, "none");
      const { message: noRun } = yield* Effect.flip(written(none, {}));
      assert.match(
        noRun,
        /^Cannot open .*none as a run must hold config\.json/,
      );
    }),
);

/** A test of the report of a made run, opened from the disk. */
const reportTest = (
  name: string,
  body: (test: BrowserTest) => Promise<void>,
  { epochs = 11, ...options }: BrowserOptions & { epochs?: number } = {},
) =>
  chromiumTest(name, () =>
    Effect.gen(function* () {
      const { run } = yield* shownRun(epochs);
      const { path } = yield* written(run);
      yield* Effect.promise(() =>
        inChromium("null", options, async (test) => {
          await test.page.goto(pathToFileURL(path).href);
          await body(test);
        })
      );
    }).pipe(Effect.scoped, Effect.runPromise));

for (const colorScheme of ["light", "dark"] as const) {
  reportTest(
    `words of the report have a contrast of 4.5 in ${colorScheme} surroundings`,
    async ({ page }) => {
      const weakest = await page.evaluate(() => {
        const light = (color: string) =>
          color.match(/[\d.]+/g)!.slice(0, 3).map((part) => {
            const s = Number(part) / 255;
            return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
          }).reduce((sum, s, i) => sum + s * [0.2126, 0.7152, 0.0722][i]!, 0);
        const groundOf = (element: Element): string => {
          const { backgroundColor } = getComputedStyle(element);
          return backgroundColor === "rgba(0, 0, 0, 0)"
            ? groundOf(element.parentElement!)
            : backgroundColor;
        };
        return [...document.querySelectorAll("body *")].flatMap((element) => {
          const words = [...element.childNodes].some((node) =>
            node.nodeType === 3 && node.nodeValue!.trim() !== ""
          );
          if (!words || element.closest("script, style, .skip")) return [];
          const style = getComputedStyle(element);
          const color = element instanceof SVGElement
            ? style.fill
            : style.color;
          const pair = [light(color), light(groundOf(element))];
          return [{
            text: element.textContent.slice(0, 40),
            contrast: (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05),
          }];
        }).sort((a, b) => a.contrast - b.contrast)[0];
      });
      assert.ok(weakest!.contrast >= 4.5, JSON.stringify(weakest));
    },
    { colorScheme },
  );
}

for (const width of [320, 390, 1280, 3840]) {
  reportTest(
    `nothing of the report is cut off at ${width} pixels`,
    async ({ page }) => {
      const wide = await page.evaluate(() =>
        [...document.querySelectorAll("body *")]
          .filter((element) =>
            !element.closest(".table, .skip, .unseen") &&
            element.getBoundingClientRect().right > innerWidth + 0.5
          ).map((element) => element.outerHTML.slice(0, 100))
      );
      assert.deepEqual(wide, []);
      assert.equal(
        await page.evaluate(() => document.documentElement.scrollWidth),
        width,
      );
    },
    { viewport: { width, height: 800 } },
  );
}

reportTest(
  "the pointer and the arrow keys show the values of a chart",
  async ({ page }) => {
    const loss = page.locator(".drawing").first();
    await loss.hover();
    assert.match(
      await page.locator(".chart-tip").innerText(),
      /epoch\s+6\s+training\s+2$/,
    );
    await page.mouse.move(0, 0);
    assert.equal(await page.locator(".chart-tip").count(), 0);
    await loss.focus();
    await page.keyboard.press("End");
    await page.keyboard.press("ArrowLeft");
    assert.match(
      await page.locator(".chart-tip").innerText(),
      /epoch\s+10\s+training\s+1.6$/,
    );
    await page.keyboard.press("Escape");
    assert.equal(await page.locator(".chart-tip").count(), 0);
  },
);

reportTest(
  "every chart, table and link has a name, headings are in order",
  async ({ page }) => {
    const broken = await page.evaluate(() => {
      const levels = [...document.querySelectorAll("h1, h2, h3, h4")]
        .map(({ tagName }) => Number(tagName[1]));
      const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
      const labelled = (element: Element) =>
        (element.getAttribute("aria-label") ?? "") !== "" ||
        document.getElementById(
            element.getAttribute("aria-labelledby") ?? "",
          ) !== null;
      return [
        ...levels.filter((level, i) => level > (levels[i - 1] ?? 0) + 1)
          .map((level) => `h${level} too deep`),
        ...document.querySelectorAll("h1").length === 1 ? [] : ["h1"],
        ...ids.filter((id, i) => ids.indexOf(id) !== i),
        ...[...document.querySelectorAll(
          "section, nav, [role=img], [role=region], [tabindex='0']",
        )].filter((element) => !labelled(element))
          .map((element) => element.outerHTML.slice(0, 100)),
        ...[...document.querySelectorAll("a[href^='#']")]
          .filter((link) =>
            document.getElementById(link.getAttribute("href")!.slice(1)) ===
              null
          ).map((link) => `leads nowhere: ${link.outerHTML}`),
        ...[...document.querySelectorAll("a, summary")]
          .filter((element) =>
            element.textContent.trim() === "" &&
            element.querySelector("img[alt]:not([alt=''])") === null
          )
          .map((element) => element.outerHTML),
      ];
    });
    assert.deepEqual(broken, []);
    assert.ok(await page.locator("[role=img][aria-label]").count() >= 8);
  },
);

reportTest(
  "the report prints, with its tables open and no contents",
  async ({ page }) => {
    const pdf = await page.pdf({ format: "A4" });
    assert.equal(pdf.subarray(0, 5).toString(), "%PDF-");
    await page.emulateMedia({ media: "print" });
    assert.equal(await page.locator(".contents").isVisible(), false);
    assert.equal(
      await page.locator(".values table").first().isVisible(),
      true,
    );
    assert.equal(
      await page.evaluate(() =>
        getComputedStyle(document.body).backgroundColor
      ),
      "rgb(255, 255, 255)",
    );
  },
  { colorScheme: "dark" },
);
