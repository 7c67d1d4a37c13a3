import assert from "node:assert/strict";
import { found, pageTest } from "./page_testing.ts";

pageTest(
  "arrows walk over the pictures, Enter searches, / goes to the chooser",
  async (test) => {
    const { page } = test;
    const focused = () =>
      page.evaluate(() => document.activeElement?.getAttribute("href"));
    const tiles = await page.locator(".tile").evaluateAll((all) =>
      all.map((tile) => tile.getAttribute("href"))
    );
    await page.locator(".tile").first().focus();
    await page.keyboard.press("ArrowRight");
    assert.equal(await focused(), tiles[1]);
    await page.keyboard.press("ArrowDown");
    assert.equal(await focused(), tiles[9]);
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("ArrowLeft");
    assert.equal(await focused(), tiles[0]);
    await page.keyboard.press("Escape");
    await page.keyboard.press("/");
    assert.equal(
      await page.evaluate(() => document.activeElement?.id),
      "picture",
    );
    await page.locator(".tile").nth(1).focus();
    await page.keyboard.press("Enter");
    await found(test);
    assert.equal(
      await page.evaluate(() => document.activeElement?.tagName),
      "H1",
    );
  },
);

const paths = [
  "/",
  "/cluster/19",
  "/search?image=6&box=10,10,40,40",
  "/search",
  "/duplicates?kind=near",
  "/outliers",
];

for (const width of [320, 390, 1280, 2560]) {
  pageTest(
    `nothing is cut off at ${width} pixels`,
    async ({ page, server }) => {
      for (const path of paths) {
        await page.goto(server.address + path);
        await page.locator("#view[aria-busy=false]").waitFor();
        assert.equal(
          await page.evaluate(() => document.documentElement.scrollWidth),
          width,
          path,
        );
      }
    },
    { viewport: { width, height: 800 } },
  );
}

pageTest(
  "dark surroundings are dark, and words stay readable",
  async ({ page }) => {
    const contrast = await page.evaluate(() => {
      const light = (color: string) =>
        color.match(/[\d.]+/g)!.slice(0, 3).map((part) => {
          const s = Number(part) / 255;
          return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
        }).reduce((sum, s, i) => sum + s * [0.2126, 0.7152, 0.0722][i]!, 0);
      const ground = light(getComputedStyle(document.body).backgroundColor);
      return [...document.querySelectorAll(".quiet, .row p, h2 a, nav a")]
        .map((element) =>
          (light(getComputedStyle(element).color) + 0.05) / (ground + 0.05)
        );
    });
    assert.ok(
      Math.min(...contrast) >= 4.5,
      `contrast ${Math.min(...contrast)}`,
    );
  },
  { colorScheme: "dark", reducedMotion: "reduce" },
);

pageTest(
  "every control and picture has a name, every view its landmarks",
  async ({ page, server }) => {
    for (const path of paths) {
      await page.goto(server.address + path);
      await page.locator("#view[aria-busy=false]").waitFor();
      const broken = await page.evaluate(() => {
        const named = (element: Element) =>
          (element.getAttribute("aria-label") ?? "").trim() !== "" ||
          (element.textContent ?? "").trim() !== "" ||
          element.querySelector("img[alt]:not([alt=''])") !== null ||
          (element instanceof HTMLInputElement &&
            (element.labels?.length ?? 0) > 0);
        const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
        return [
          ...[...document.querySelectorAll("a, button, input, [tabindex='0']")]
            .filter((element) => !named(element))
            .map((element) => `no name: ${element.outerHTML.slice(0, 200)}`),
          ...[...document.querySelectorAll("img:not([alt])")]
            .map((element) => `no alt: ${element.outerHTML}`),
          ...ids.filter((id, i) => ids.indexOf(id) !== i)
            .map((id) => `twice: #${id}`),
          ...["main", "header", "nav[aria-label]", "h1", "[role=status]"]
            .filter((part) => document.querySelector(part) === null),
          ...document.querySelectorAll("h1").length === 1 ? [] : ["h1"],
          ...[...document.querySelectorAll("section")].filter((section) =>
            !section.hasAttribute("aria-label") &&
            document.getElementById(
                section.getAttribute("aria-labelledby") ?? "",
              ) === null
          ).map((section) => `no name: ${section.className}`),
        ];
      });
      assert.deepEqual(broken, [], path);
    }
  },
);
