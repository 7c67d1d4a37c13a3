/**
 * The page, the server and the index together, in real Chromium. What the page
 * does by itself is tested in `libs/pages`.
 */
import { draws } from "@deepcluster/core";
import { temporaryFolder } from "@deepcluster/test";
import {
  type BrowserTest,
  chromiumTest,
  inChromium,
} from "@deepcluster/test/chromium";
import { Effect, type Scope } from "effect";
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { inProcess, madeRun } from "./commands_testing.ts";
import { startServer } from "./server/server.ts";

/** A page at a server of the index that `makeIndex` makes. */
const servedTest = (
  name: string,
  makeIndex: Effect.Effect<string, unknown, Scope.Scope>,
  body: (test: BrowserTest & { readonly folder: string }) => Promise<void>,
) =>
  chromiumTest(
    name,
    () =>
      Effect.runPromise(Effect.scoped(Effect.gen(function* () {
        const folder = yield* makeIndex;
        const { address } = yield* startServer(join(folder, "index"), {
          port: 0,
          engine: { threads: 1 },
        });
        yield* Effect.promise(() =>
          inChromium(address, {}, async (test) => {
            await test.page.goto(address);
            await test.page.locator("#view[aria-busy=false]").waitFor();
            await body({ ...test, folder });
          })
        );
      }))),
  );

const indexed = (folder: string, ...args: readonly string[]) =>
  Effect.map(
    inProcess("index", ...args, "--index", join(folder, "index")),
    ({ failure }) => assert.equal(failure, undefined),
  );

/** A scene of smooth colours, each seed another. */
const scene = (seed: number) => {
  const random = draws(seed, "scene");
  const waves = Array.from({ length: 9 }, () => random.uniform() * 6);
  return (x: number, y: number, channel: number) =>
    128 + 60 * Math.sin(
        waves[3 * channel]! + x * waves[3 * channel + 1]! / 40 +
          y * waves[3 * channel + 2]! / 40,
      );
};

/** A checkered square of 16 pixels. */
const checkered = (x: number, y: number) =>
  ((x >> 1) + (y >> 1)) & 1 ? [255, 0, 40] : [0, 255, 200];

/** Writes a scene of 64 x 48 pixels, with the square at `left`, `top`. */
const writeScene = (
  file: string,
  seed: number,
  [left, top]: readonly [number, number] = [-100, -100],
) => {
  const colour = scene(seed);
  const data = Uint8Array.from({ length: 64 * 48 * 3 }, (_, at) => {
    const [x, y] = [Math.floor(at / 3) % 64, Math.floor(at / 192)];
    const [dx, dy] = [x - left, y - top];
    return dx >= 0 && dx < 16 && dy >= 0 && dy < 16
      ? checkered(dx, dy)[at % 3]!
      : colour(x, y, at % 3);
  });
  return sharp(data, { raw: { width: 64, height: 48, channels: 3 } })
    .png().toFile(file);
};

const scenes = Effect.gen(function* () {
  const folder = yield* temporaryFolder;
  const images = join(folder, "images");
  yield* Effect.promise(async () => {
    await mkdir(images);
    for (let i = 1; i <= 12; i++) {
      const at = i === 5 || i === 10 ? [40, 24] as const : undefined;
      await writeScene(join(images, `${i}.png`), i, at);
    }
    await writeScene(join(folder, "query.png"), 0, [8, 8]);
  });
  yield* indexed(
    folder,
    ..."random --network small --no-sobel --size 32 --rmac".split(" "),
    ..."--rmac-size 128 --pca 0".split(" "),
    images,
  );
  return folder;
});

servedTest(
  "an object planted in other scenes comes first for a box drawn around it",
  scenes,
  async ({ page, folder }) => {
    await page.locator("#picture").setInputFiles(join(folder, "query.png"));
    await page.locator(".result").first().waitFor();
    const area = (await page.locator("#stage .picture").boundingBox())!;
    const scale = area.width / 64;
    await page.mouse.move(area.x + 8 * scale, area.y + 8 * scale);
    await page.mouse.down();
    await page.mouse.move(area.x + 24 * scale, area.y + 24 * scale, {
      steps: 5,
    });
    await page.mouse.up();
    await page.waitForURL(/box=8,8,16,16/);
    await page.getByRole("heading", { name: /^Similar to a part/ }).waitFor();
    const names = await page.locator(".result .path").allInnerTexts();
    assert.deepEqual(names.slice(0, 2).sort(), ["10.png", "5.png"]);

    await page.getByRole("button", { name: /^Show where/ }).first().click();
    const edges = page.getByRole("dialog").locator(".edge:not(.outer)");
    await edges.nth(1).waitFor();
    const [x, y, w, h] = (await edges.nth(1).getAttribute("d"))!
      .match(/[\d.]+/g)!.map(Number) as [number, number, number, number];
    // The middle of the region is on the square, which is at 40, 24.
    assert.ok(Math.abs(x + w / 2 - 48) <= 12, `${x} ${w}`);
    assert.ok(Math.abs(y + h / 2 - 32) <= 12, `${y} ${h}`);
  },
);

const indexedRun = Effect.gen(function* () {
  const { folder, pictures, run } = yield* madeRun;
  yield* indexed(folder, run, pictures);
  return folder;
});

servedTest(
  "a run's clusters are shown, searched, named and reviewed",
  indexedRun,
  async ({ page }) => {
    assert.equal(await page.locator(".row").count(), 3);
    assert.match(
      await page.locator(".drop").innerText(),
      /clusters of epoch 2 · layer features after 1 epoch of training · /,
    );
    await page.locator(".tile").first().click();
    const result = page.locator(".result").first();
    await result.waitFor();
    assert.match(await result.innerText(), /in \d of 2 epochs|never in/);
    await page.reload();
    await result.waitFor();
    await result.getByRole("link", { name: /^Cluster/ }).click();
    await page.getByRole("button", { name: "Name", exact: true }).click();
    await page.getByLabel(/^Name of cluster/).fill("Stripes");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Stripes" }).waitFor();
    await page.reload();
    await page.getByRole("heading", { name: "Stripes" }).waitFor();
    await page.getByRole("link", { name: "Duplicates" }).click();
    await page.getByRole("heading", { name: "Duplicates" }).waitFor();
    await page.getByRole("link", { name: "Nearly the same" }).click();
    await page.getByRole("slider").waitFor();
    await page.getByRole("link", { name: "Outliers" }).click();
    await page.locator(".result").nth(15).waitFor();
  },
);
