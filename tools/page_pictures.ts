/**
 * Takes the pictures of pages that `docs/` shows.
 *
 * Of the retrieval page, and measures its first paint:
 * `deno run -A tools/page_pictures.ts ADDRESS IMAGE [FOLDER]`, while
 * `deno task retrieve serve` serves an index of the demo's images at ADDRESS.
 * IMAGE is the number of the image that is searched by, and may be followed by a
 * box: `11896&box=6,6,52,52`.
 *
 * Of the report: `deno run -A tools/page_pictures.ts REPORT.html [FOLDER]`.
 *
 * Needs Chromium; the environment variable `CHROMIUM` names another than
 * `/usr/bin/chromium`.
 *
 * @module
 */
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import sharp from "sharp";

/** A picture of the page. */
interface Picture {
  readonly name: string;
  readonly address: string;
  /** What stands at its top. Default: the top of the page. */
  readonly part?: string;
  readonly viewport: { readonly width: number; readonly height: number };
  readonly colorScheme: "light" | "dark";
}

const reportPictures = (report: string): readonly Picture[] => {
  const address = pathToFileURL(resolve(report)).href;
  return [
    {
      name: "report.png",
      address,
      viewport: { width: 1280, height: 860 },
      colorScheme: "light",
    },
    {
      name: "report-map.png",
      address,
      part: "#map",
      viewport: { width: 1280, height: 900 },
      colorScheme: "light",
    },
  ];
};

const retrievalPictures = (
  address: string,
  image: string,
): readonly Picture[] => [
  {
    name: "retrieval-page.png",
    address: `${address}/`,
    viewport: { width: 1280, height: 860 },
    colorScheme: "light",
  },
  {
    name: "retrieval-page-dark.png",
    address: `${address}/search?image=${image}`,
    viewport: { width: 1280, height: 860 },
    colorScheme: "dark",
  },
  {
    name: "retrieval-page-phone.png",
    address: `${address}/`,
    viewport: { width: 390, height: 844 },
    colorScheme: "light",
  },
];

const takePicture = async (
  browser: Browser,
  out: string,
  { name, address, part, viewport, colorScheme }: Picture,
) => {
  const page = await browser.newPage({ viewport, colorScheme });
  await page.goto(address, { waitUntil: "networkidle" });
  if (part !== undefined) {
    await page.locator(part).evaluate((element) => element.scrollIntoView());
    // The map is drawn once it is seen.
    await page.waitForTimeout(2000);
  }
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

const [subject, ...rest] = Deno.args;
const isReport = subject?.endsWith(".html") === true;
const [image, out = "docs"] = isReport ? ["", ...rest] : rest;
if (subject === undefined || image === undefined) {
  console.error(
    "deno run -A tools/page_pictures.ts ADDRESS IMAGE [FOLDER]\n" +
      "deno run -A tools/page_pictures.ts REPORT.html [FOLDER]",
  );
  Deno.exit(1);
}
const browser = await chromium.launch({
  executablePath: Deno.env.get("CHROMIUM") ?? "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
const pictures = isReport
  ? reportPictures(subject)
  : retrievalPictures(subject, image);
for (const picture of pictures) await takePicture(browser, out, picture);
if (!isReport) await measurePaint(browser, subject);
await browser.close();
