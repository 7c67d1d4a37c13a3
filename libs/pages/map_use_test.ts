import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import type { BrowserTest } from "@deepcluster/test/chromium";
import { mapTest, pixelsOf } from "./map_page_testing.ts";
import { madeMap } from "./map_testing.ts";
import { pageTest } from "./page_testing.ts";

const status = ({ page }: BrowserTest) => page.locator(".map-status");
const tip = ({ page }: BrowserTest) => page.locator(".map-tip");

const stageOf = async ({ page }: BrowserTest) =>
  (await page.locator(".map-stage").boundingBox())!;

mapTest(
  "the mouse over a point shows its picture, cluster, label and path",
  async (test) => {
    const { page } = test;
    const { x, y, width, height } = await stageOf(test);
    for (let at = 0.1; at < 0.9 && await tip(test).isHidden(); at += 0.01) {
      await page.mouse.move(x + width * at, y + height * 0.45);
    }
    assert.match(
      await tip(test).innerText(),
      /Cluster \d+, (upper|lower)\s+photos\/\d\/picture \d+\.png/,
    );
    await page.waitForFunction(() => {
      const canvas = document.querySelector<HTMLCanvasElement>(
        ".map-tip canvas",
      );
      return canvas?.getContext("2d")?.getImageData(0, 0, 1, 1).data[3] === 255;
    });
    await page.mouse.move(5, 5);
    await tip(test).waitFor({ state: "hidden" });
  },
);

mapTest(
  "by keyboard one goes from image to image, opens one, and leaves",
  async (test) => {
    const { page } = test;
    await page.locator(".map-stage").focus();
    await page.keyboard.press("ArrowRight");
    const first = await status(test).innerText();
    assert.match(first, /^photos\/.*\. Cluster \d+/);
    await page.keyboard.press("ArrowRight");
    assert.notEqual(await status(test).innerText(), first);
    await page.keyboard.press("Enter");
    const details = page.locator(".map-details");
    assert.match(
      await details.innerText(),
      /photos\/.*\n+Cluster \d+ of epoch 11, label/,
    );
    await page.keyboard.press("Escape");
    await details.waitFor({ state: "hidden" });
    await page.keyboard.press("c");
    assert.match(await status(test).innerText(), /\d+ images selected/);
    for (let i = 0; i < 3; i++) await page.keyboard.press("Escape");
    assert.equal(
      await page.evaluate(() => document.activeElement?.tagName),
      "BODY",
    );
  },
);

mapTest(
  "the wheel scrolls the page until the map has the focus",
  async (test) => {
    const { page } = test;
    const { x, y, width, height } = await stageOf(test);
    await page.mouse.move(x + width / 2, y + height / 2);
    const before = (await pixelsOf(test, ".map-stage")).pixels;
    await page.mouse.wheel(0, -200);
    await page.waitForTimeout(150);
    assert.deepEqual((await pixelsOf(test, ".map-stage")).pixels, before);
    await page.locator(".map-stage").focus();
    await page.mouse.wheel(0, -200);
    await page.waitForTimeout(150);
    assert.notDeepEqual((await pixelsOf(test, ".map-stage")).pixels, before);
  },
);

mapTest(
  "a lasso lists its images, which stay selected when the colours change",
  async (test) => {
    const { page } = test;
    await page.getByRole("button", { name: "Lasso" }).click();
    const { x, y, width, height } = await stageOf(test);
    await page.mouse.move(x + 2, y + 2);
    await page.mouse.down();
    await page.mouse.move(x + width / 2, y + 2);
    await page.mouse.move(x + width / 2, y + height - 2);
    await page.mouse.move(x + 2, y + height - 2);
    await page.mouse.up();
    const selection = page.locator(".map-selection");
    const title = await selection.locator("h3").innerText();
    const count = Number(
      /^([\d,]+) images selected/.exec(title)?.[1]?.replace(",", ""),
    );
    assert.ok(count > 500 && count < 1500, title);
    assert.match(
      await selection.innerText(),
      /Labels: (upper|lower) \(\d+, \d+/,
    );
    assert.equal(await selection.locator("li").count(), 60);

    const saved = page.waitForEvent("download");
    await page.getByRole("button", { name: "Save as .csv" }).click();
    const table = await readFile((await (await saved).path())!, "utf8");
    const lines = table.split("\r\n");
    assert.equal(lines[0], "path,cluster,label");
    assert.match(lines[1]!, /^photos\/.*\.png,\d+,(upper|lower)?$/);
    assert.equal(lines.length, count + 2);

    await page.getByLabel("Colours").selectOption("labels");
    assert.equal(await selection.locator("h3").innerText(), title);
    const dimmed = (await pixelsOf(test, ".map-stage")).pixels;
    await page.getByRole("button", { name: "Clear" }).click();
    await selection.waitFor({ state: "hidden" });
    const bright = (await pixelsOf(test, ".map-stage")).pixels;
    assert.notDeepEqual(bright, dimmed);
    await page.locator(".map-stage").focus();
    await page.keyboard.press("v");
    await selection.waitFor();
    await page.keyboard.press("Escape");
    await selection.waitFor({ state: "hidden" });
  },
);

mapTest(
  "a cluster of the legend can be made bright alone, and selected",
  async (test) => {
    const { page } = test;
    const before = (await pixelsOf(test, ".map-stage")).pixels;
    await page.getByLabel("Find in the legend").fill("cluster 13");
    const entry = page.locator(".map-entry");
    assert.equal(await entry.count(), 1);
    await entry.click();
    assert.notDeepEqual((await pixelsOf(test, ".map-stage")).pixels, before);
    await page.getByRole("button", { name: "Select 100 images" }).click();
    assert.match(
      await page.locator(".map-selection").innerText(),
      /Clusters of epoch 11: 13 \(100, 100 %\)/,
    );
  },
);

mapTest("the epochs' clusters can be told from each other", async (test) => {
  const { page } = test;
  const before = (await pixelsOf(test, ".map-stage")).pixels;
  await page.getByLabel("Epoch").fill("0");
  assert.match(
    await page.locator(".map-legend h3").innerText(),
    /Clusters of epoch 1 /,
  );
  assert.notDeepEqual((await pixelsOf(test, ".map-stage")).pixels, before);
});

mapTest(
  "thumbnails take the place of points when there is room",
  async (test) => {
    const { page } = test;
    await page.locator(".map-stage").focus();
    for (let i = 0; i < 6; i++) await page.keyboard.press("+");
    await page.waitForTimeout(300);
    const withThem = (await pixelsOf(test, ".map-stage")).pixels;
    await page.getByLabel("Thumbnails").uncheck();
    const without = (await pixelsOf(test, ".map-stage")).pixels;
    assert.notDeepEqual(withThem, without);
  },
);

mapTest(
  "a finger opens an image, two fingers zoom",
  async (test) => {
    const { page } = test;
    const { x, y, width, height } = await stageOf(test);
    const before = (await pixelsOf(test, ".map-stage")).pixels;
    const touch = await page.context().newCDPSession(page);
    const send = (
      type: "touchStart" | "touchMove" | "touchEnd",
      apart: number,
    ) =>
      touch.send("Input.dispatchTouchEvent", {
        type,
        touchPoints: type === "touchEnd"
          ? []
          : [-apart, apart].map((by, id) => ({
            x: x + width / 2 + by,
            y: y + height / 2,
            id,
          })),
      });
    await send("touchStart", 30);
    for (let apart = 35; apart <= 90; apart += 5) {
      await send("touchMove", apart);
    }
    await send("touchEnd", 0);
    await page.waitForTimeout(150);
    assert.notDeepEqual((await pixelsOf(test, ".map-stage")).pixels, before);
    await page.getByRole("button", { name: "Whole map" }).click();
    await page.locator(".map-stage").focus();
    await page.keyboard.press("ArrowRight");
    const details = page.locator(".map-details");
    for (let at = 0.1; at < 0.9 && await details.isHidden(); at += 0.03) {
      await page.touchscreen.tap(x + width * at, y + height * 0.45);
    }
    assert.match(await details.innerText(), /photos\//);
  },
  { viewport: { width: 390, height: 800 }, hasTouch: true },
);

mapTest(
  "an image in detail leads to its cluster where the page shows it",
  async ({ page }) => {
    await page.evaluate(() => {
      for (let cluster = 0; cluster < 20; cluster++) {
        const section = document.createElement("section");
        section.id = `cluster-${cluster}`;
        document.querySelector("main")!.append(section);
      }
    });
    await page.locator(".map-stage").focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    const link = page.locator(".map-details a");
    const cluster = /^Cluster (\d+)$/.exec(await link.innerText())?.[1];
    assert.equal(await link.getAttribute("href"), `#cluster-${cluster}`);
  },
);

pageTest(
  "a page shows a map, takes it away, and shows another",
  async ({ page }) => {
    await page.evaluate(
      'import("/page/map.js").then((it) => { globalThis.mapModule = it; })',
    );
    const made = [4, 7].map((clusters) =>
      madeMap({ points: 100, epochs: 1, thumbnails: false, clusters })
    );
    const shown = await page.evaluate((maps) => {
      const { mountMap } = Reflect.get(globalThis, "mapModule");
      const place = document.createElement("div");
      place.innerHTML = '<figure class="map-picture"></figure>';
      document.body.append(place);
      return maps.flatMap((map) => {
        const { destroy } = mountMap(place, map);
        const entries = place.querySelectorAll(".map-entry").length;
        destroy();
        return [entries, place.querySelectorAll("*").length];
      });
    }, made);
    assert.deepEqual(shown, [4, 1, 7, 1]);
  },
);
