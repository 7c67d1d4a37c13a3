/// <reference lib="dom" />
import { temporaryFolder } from "@deepcluster/test";
import { chromiumTest, inChromium } from "@deepcluster/test/chromium";
import { Effect } from "effect";
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { compareRuns } from "./compare_runs.ts";
import { comparisonPage } from "./comparison_page.ts";
import { writeComparedRun } from "./comparison_testing.ts";

/** A square of one grey pixel. */
const thumbnail = "data:image/gif;base64,R0lGODlhAQABAIAAAMLCwgAAACH5BAAAAAAA" +
  "LAAAAAABAAEAAAICRAEAOw==";

const pageFile = Effect.gen(function* () {
  const folder = yield* temporaryFolder;
  const runs = ["first", "second", "third"].map((name) => join(folder, name));
  const paths = ["a.png", "b.png", "c <1>.png", "d.png"];
  for (const [at, run] of runs.entries()) {
    yield* writeComparedRun(run, {
      paths,
      epochs: [[0, 0, 1, 1], [at, 0, 1, 2]],
      settings: { seed: at, images: join(folder, `secret/${at}/images`) },
    });
  }
  const shown = new Map(
    paths.map((path, index) => [index, { index, path, thumbnail }]),
  );
  const page = yield* comparisonPage(yield* compareRuns(runs), shown);
  const file = join(folder, "compare.html");
  writeFileSync(file, page);
  return { file, page };
});

for (
  const [screen, options] of [
    ["a phone", { viewport: { width: 320, height: 640 } }],
    ["a dark screen", { colorScheme: "dark" }],
  ] as const
) {
  chromiumTest(
    `runs compared are seen on ${screen}`,
    () =>
      Effect.gen(function* () {
        const { file, page } = yield* pageFile;
        assert.doesNotMatch(page, /secret/);
        yield* Effect.promise(() =>
          inChromium("null", options, async ({ page }) => {
            await page.goto(pathToFileURL(file).href);
            assert.equal(
              await page.title(),
              "first and second and third compared",
            );
            assert.equal(await page.locator(".drawing svg").count(), 3);
            assert.equal(
              await page.getByRole("img", { name: /^Loss/ }).count(),
              1,
            );
            const settings = page.locator("#settings table");
            assert.match(await settings.innerText(), /0\/images\s+1\/images/);
            const image = page.getByAltText("c <1>.png").first();
            await image.scrollIntoViewIfNeeded();
            assert.ok(await image.isVisible());
            const overflow = await page.evaluate(() =>
              document.documentElement.scrollWidth - innerWidth
            );
            assert.ok(overflow <= 0, `${overflow} pixels too wide`);
          })
        );
      }).pipe(Effect.scoped, Effect.runPromise),
  );
}
