/**
 * What the tests of the map share: a page of one file that shows a made map.
 */
import {
  type BrowserOptions,
  type BrowserTest,
  chromiumTest,
  inChromium,
} from "@deepcluster/test/chromium";
import { Effect } from "effect";
import { html, type TemplateResult } from "lit-html";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { EncodedMap } from "./encoded_map.ts";
import { madeMap } from "./map_testing.ts";
import { mapSection } from "./map_section.ts";
import { selfContainedPage } from "./self_contained_page.ts";

/** What differs from a made map on a large light screen with WebGL. */
export interface MapTestOptions extends BrowserOptions {
  readonly map?: EncodedMap;
  /** What the page shows above the map, which is then not waited for. */
  readonly above?: TemplateResult;
  /** Whether the browser has no WebGL. */
  readonly withoutWebgl?: boolean;
}

/** A test of a page that shows a map. */
export const mapTest = (
  name: string,
  body: (test: BrowserTest) => Promise<void>,
  options: MapTestOptions = {},
) =>
  chromiumTest(name, async () => {
    const { map = madeMap(), above, withoutWebgl = false, ...browser } =
      options;
    const folder = await mkdtemp(join(tmpdir(), "map-page-"));
    const file = join(folder, "map.html");
    try {
      await writeFile(file, await mapPage(map, above));
      await inChromium("null", browser, async (test) => {
        if (withoutWebgl) await test.page.addInitScript(hideWebgl);
        await test.page.goto(pathToFileURL(file).href);
        if (above === undefined) {
          await test.page.locator(".map-entry").first().waitFor();
        }
        await body(test);
      });
    } finally {
      await rm(folder, { recursive: true });
    }
  });

/** The page, as the report makes it. */
const mapPage = (
  map: EncodedMap,
  above: TemplateResult | undefined,
): Promise<string> =>
  Effect.runPromise(selfContainedPage({
    title: "Map",
    body: html`<main>${above}${mapSection(map)}</main>`,
    styles: ["theme.css", "document.css", "map.css"],
    scripts: ["map_start.js"],
    data: { "map-data": map },
  }));

const hideWebgl = () => {
  const { getContext } = HTMLCanvasElement.prototype;
  Reflect.set(
    HTMLCanvasElement.prototype,
    "getContext",
    function (this: HTMLCanvasElement, kind: string, ...rest: unknown[]) {
      return kind === "webgl2"
        ? null
        : Reflect.apply(getContext, this, [kind, ...rest]);
    },
  );
};

/** The pixels of an element, from a picture of it. */
export const pixelsOf = async ({ page }: BrowserTest, element: string) => {
  const picture = await page.locator(element).screenshot();
  const { width, address } = await page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes]));
    const { width, height } = bitmap;
    const context = new OffscreenCanvas(width, height).getContext("2d")!;
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, width, height);
    const reader = new FileReader();
    reader.readAsDataURL(new Blob([data]));
    await new Promise((resolve) => reader.onload = resolve);
    return { width, address: String(reader.result) };
  }, picture.toString("base64"));
  const pixels = Buffer.from(address.replace(/.*,/, ""), "base64");
  return {
    pixels,
    at: (x: number, y: number): number[] => {
      const start = 4 * (Math.round(y) * width + Math.round(x));
      return [...pixels.subarray(start, start + 3)];
    },
  };
};
