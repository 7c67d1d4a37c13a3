/**
 * Takes the pictures of the retrieval page that `docs/` shows, and measures its
 * first paint: `deno run -A tools/page_pictures.ts ADDRESS IMAGE [FOLDER]`,
 * while `deno task retrieve serve` serves an index of the demo's images at
 * ADDRESS. IMAGE is the number of the image that is searched by, and may be
 * followed by a box: `11896&box=6,6,52,52`. Needs Chromium; the environment variable `CHROMIUM` names another than
 * `/usr/bin/chromium`.
 *
 * @module
 */
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import sharp from "sharp";

/** A picture of the page. */
interface Picture {
  readonly name: string;
  readonly path: string;
  readonly viewport: { readonly width: number; readonly height: number };
  readonly colorScheme: "light" | "dark";
}

const picturesOf = (image: string): readonly Picture[] => [
  {
    name: "retrieval-page.png",
    path: "/",
    viewport: { width: 1280, height: 860 },
    colorScheme: "light",
  },
  {
    name: "retrieval-page-dark.png",
    path: `/search?image=${image}`,
    viewport: { width: 1280, height: 860 },
    colorScheme: "dark",
  },
  {
    name: "retrieval-page-phone.png",
    path: "/",
    viewport: { width: 390, height: 844 },
    colorScheme: "light",
  },
];

const takePicture = async (
  browser: Browser,
  address: string,
  out: string,
  { name, path, viewport, colorScheme }: Picture,
) => {
  const page = await browser.newPage({ viewport, colorScheme });
  await page.goto(address + path, { waitUntil: "networkidle" });
  const bytes = await page.screenshot();
  const file = join(out, name);
  const { size } = await sharp(bytes)
    .png({ palette: true, quality: 90, effort: 10 }).toFile(file);
  console.log(`${file}: ${Math.round(size / 1000)} kB`);
  await page.close();
};

/** Milliseconds from the request to the first paint, and to all pictures. */
const paintOf = (page: Page) =>
  page.evaluate(async () => {
    const entry = await new Promise<PerformanceEntry>((resolve) =>
      new PerformanceObserver((list) =>
        list.getEntriesByName("first-contentful-paint").forEach(resolve)
      ).observe({ type: "paint", buffered: true })
    );
    const pictures = performance.getEntriesByType("resource")
      .filter(({ name }) => name.includes("/thumbnail"))
      .map((picture) => (picture as PerformanceResourceTiming).responseEnd);
    return { paint: entry.startTime, pictures: Math.max(...pictures) };
  });

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

const measurePaint = async (browser: Browser, address: string) => {
  const measured: { paint: number; pictures: number }[] = [];
  for (let i = 0; i < 11; i++) {
    const context = await browser.newContext({
      viewport: { width: 1280, height: 860 },
    });
    const page = await context.newPage();
    await page.goto(address, { waitUntil: "networkidle" });
    measured.push(await paintOf(page));
    await context.close();
  }
  const paints = measured.map(({ paint }) => paint);
  const pictures = measured.map((each) => each.pictures);
  console.log(
    `First paint with an empty cache, ms: median ${median(paints).toFixed(0)}` +
      `, ${Math.min(...paints).toFixed(0)} to ` +
      `${Math.max(...paints).toFixed(0)}; pictures loaded after ` +
      `${median(pictures).toFixed(0)}`,
  );
};

const [address, image, out = "docs"] = Deno.args;
if (address === undefined || image === undefined) {
  console.error("deno run -A tools/page_pictures.ts ADDRESS IMAGE [FOLDER]");
  Deno.exit(1);
}
const browser = await chromium.launch({
  executablePath: Deno.env.get("CHROMIUM") ?? "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
for (const picture of picturesOf(image)) {
  await takePicture(browser, address, out, picture);
}
await measurePaint(browser, address);
await browser.close();
