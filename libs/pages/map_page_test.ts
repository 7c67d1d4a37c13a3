import { html } from "lit-html";
import assert from "node:assert/strict";
import type { EncodedArray, EncodedMap } from "./encoded_map.ts";
import { mapTest, pixelsOf } from "./map_page_testing.ts";
import { madeMap } from "./map_testing.ts";

const encoded = (
  type: EncodedArray["type"],
  values: Uint16Array | Int8Array,
): EncodedArray => ({
  type,
  base64: Buffer.from(values.buffer).toString("base64"),
});

/** A wide map of three images: its stage has room above and below. */
const threePoints: EncodedMap = {
  kind: "umap",
  epoch: 1,
  images: 4,
  leftOut: 1,
  points: 3,
  trustworthiness: 0,
  measuredOn: 0,
  seed: 1,
  indices: encoded("Int8", Int8Array.of(0, 1, 2)),
  positions: encoded("Uint16", Uint16Array.of(0, 0, 40_000, 0, 20_000, 10_000)),
  epochs: [1],
  clusters: [encoded("Int8", Int8Array.of(0, 1, 2))],
  paths: ["a.png", "b.png", "c.png"],
};

for (const withoutWebgl of [false, true]) {
  mapTest(
    `each point lies where it should, ${
      withoutWebgl ? "drawn without" : "drawn by"
    } WebGL`,
    async (test) => {
      const { page } = test;
      await page.getByLabel("Numbers").uncheck();
      const stage = page.locator(".map-stage");
      assert.equal(
        await stage.getAttribute("data-renderer"),
        withoutWebgl ? "2d" : "webgl2",
      );
      const { width, height } = (await stage.boundingBox())!;
      const { at } = await pixelsOf(test, ".map-stage");
      // The map is 1 wide and 1/4 high, with 16 pixels on either side.
      const across = width - 32;
      const top = (height - across / 4) / 2;
      const seen = [
        at(16, top),
        at(width - 17, top),
        at(width / 2, top + across / 4),
      ];
      const ground = [255, 255, 255];
      assert.equal(new Set(seen.map(String)).size, 3);
      for (const colour of seen) assert.notDeepEqual(colour, ground);
      for (const away of [8, -8]) {
        assert.deepEqual(at(width / 2, top + across / 4 + away), ground);
      }
    },
    { map: threePoints, withoutWebgl },
  );
}

mapTest("the map is the same picture with and without WebGL", async (test) => {
  const { page } = test;
  await page.getByRole("button", { name: "Zoom in" }).click();
  const one = (await pixelsOf(test, ".map-stage")).pixels;
  await page.evaluate(() => {
    const canvas = document.querySelectorAll<HTMLCanvasElement>(
      ".map-stage canvas",
    )[1]!;
    canvas.getContext("webgl2")!.getExtension("WEBGL_lose_context")!
      .loseContext();
  });
  await page.locator("[data-renderer='2d']").waitFor();
  const other = (await pixelsOf(test, ".map-stage")).pixels;
  assert.equal(one.length, other.length);
  let different = 0;
  one.forEach((value, i) => {
    if (Math.abs(value - other[i]!) > 8) different++;
  });
  assert.ok(different < one.length / 10_000, `${different} of ${one.length}`);
});

mapTest("a lost context of WebGL comes back", async ({ page }) => {
  await page.evaluate(() => {
    const canvas = document.querySelectorAll<HTMLCanvasElement>(
      ".map-stage canvas",
    )[1]!;
    const loss = canvas.getContext("webgl2")!
      .getExtension("WEBGL_lose_context")!;
    Reflect.set(globalThis, "loss", loss);
    loss.loseContext();
  });
  await page.locator("[data-renderer='2d']").waitFor();
  await page.evaluate(() => Reflect.get(globalThis, "loss").restoreContext());
  await page.locator("[data-renderer='webgl2']").waitFor();
});

mapTest(
  "without script there is a picture of the map, and its figures",
  async ({ browser, page }) => {
    const plain = await browser.newPage({ javaScriptEnabled: false });
    await plain.goto(page.url());
    assert.equal(await plain.locator("#map-place svg path").count(), 12);
    assert.match(
      await plain.locator("#map").innerText(),
      /2,000 images of 6,000 .*, drawn by cluster.*\n+Trustworthiness 0\.912 .*mostly alike/,
    );
    await plain.close();
  },
);

mapTest(
  "the map fits a narrow screen and follows the theme",
  async (test) => {
    const { page } = test;
    assert.equal(
      await page.evaluate(() => document.documentElement.scrollWidth),
      320,
    );
    const { at } = await pixelsOf(test, ".map-stage");
    assert.deepEqual(at(5, 5), [30, 30, 28]);
    await page.emulateMedia({ colorScheme: "light" });
    await page.waitForTimeout(100);
    assert.deepEqual((await pixelsOf(test, ".map-stage")).at(5, 5), [
      255,
      255,
      255,
    ]);
  },
  { viewport: { width: 320, height: 640 }, colorScheme: "dark" },
);

mapTest("a map of one image is shown", async ({ page }) => {
  assert.equal(await page.locator(".map-entry").count(), 1);
}, { map: madeMap({ points: 1, clusters: 1, epochs: 1, labels: false }) });

mapTest("images that are left out are counted", async ({ page }) => {
  assert.match(
    await page.locator("#map > p").first().innerText(),
    /3 images of 4 images are shown\. Left out, .*: 1 image\./,
  );
}, { map: threePoints });

mapTest("a long legend does not make the page longer", async ({ page }) => {
  const { end, height } = await page.evaluate(() => ({
    end: document.querySelector("main")!.getBoundingClientRect().bottom,
    height: document.documentElement.scrollHeight,
  }));
  assert.ok(height < end + 100, `${height} ${end}`);
}, {
  map: madeMap({ points: 600, clusters: 100, epochs: 1 }),
  viewport: { width: 1280, height: 500 },
});

mapTest("10 000 clusters are shown, and found by number", async ({ page }) => {
  await page.getByLabel("Find in the legend").fill("cluster 9999");
  assert.equal(await page.locator(".map-entry").count(), 1);
  await page.getByLabel("Find in the legend").fill("");
  assert.equal(await page.locator(".map-entry").count(), 60);
}, { map: madeMap({ points: 20_000, clusters: 10_000, epochs: 2 }) });

mapTest(
  "a map is first shown when it comes near what is seen",
  async ({ page }) => {
    await page.waitForTimeout(300);
    assert.equal(await page.locator(".map-stage").count(), 0);
    await page.locator("#map-title").scrollIntoViewIfNeeded();
    await page.locator(".map-stage").waitFor();
  },
  { above: html`<svg height="4000"></svg>` },
);
