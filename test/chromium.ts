/**
 * Tests of pages in real Chromium.
 *
 * @module
 */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { type Browser, chromium, type Page } from "playwright-core";

/** Where Chromium is looked for, after `CHROMIUM`. */
const places = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

/**
 * Finds Chromium: the program that the environment variable `CHROMIUM` names,
 * or one in a usual place.
 *
 * @returns Its path; `undefined` when there is none.
 */
export const findChromium = (): string | undefined =>
  [Deno.env.get("CHROMIUM") ?? "", ...places].find(existsSync);

/** What a browser shows, and what it asked for. */
export interface BrowserTest {
  /** The page, 1280 x 900 pixels. */
  readonly page: Page;
  /** The browser, for further pages. */
  readonly browser: Browser;
  /**
   * What the console must not hold, and requests of other machines, so far
   * (except what Chromium says of WebGL by software when a picture is taken):
   * empty when all is well. A test that provokes an answer of 4xx empties it.
   */
  readonly problems: string[];
}

/** What differs from a page on a large light screen. */
export interface BrowserOptions {
  /** Pixels. Default: 1280 x 900. */
  readonly viewport?: { readonly width: number; readonly height: number };
  /** Default: light. */
  readonly colorScheme?: "light" | "dark";
  /** Whether the screen is touched. */
  readonly hasTouch?: boolean;
  /** What `prefers-reduced-motion` says. */
  readonly reducedMotion?: "reduce";
}

/**
 * Opens a page for a test. The test fails when the page logs an error, breaks
 * its content security policy, or asks another machine than `address`.
 *
 * @param address The only server that the page may ask.
 * @param options What differs.
 * @param body The test.
 */
export const inChromium = async (
  address: string,
  options: BrowserOptions,
  body: (test: BrowserTest) => Promise<void>,
): Promise<void> => {
  const browser = await launched();
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    ...options,
  });
  try {
    const page = await context.newPage();
    page.setDefaultTimeout(10_000);
    const problems: string[] = [];
    page.on("console", (message) => {
      if (/GPU stall due to ReadPixels/.test(message.text())) return;
      if (/error|warning/.test(message.type())) problems.push(message.text());
    });
    page.on("pageerror", (error) => problems.push(String(error)));
    page.on("request", (request) => {
      if (
        !/^(blob|data):/.test(request.url()) &&
        new URL(request.url()).origin !== address
      ) {
        problems.push(`a request to ${request.url()}`);
      }
    });
    await body({ page, browser, problems });
    assert.deepEqual(problems, []);
  } finally {
    await context.close();
  }
};

/** One browser serves all tests of a file. */
let shared: Promise<Browser> | undefined;

const launched = (): Promise<Browser> =>
  shared ??= chromium.launch({
    executablePath: findChromium()!,
    args: ["--no-sandbox"],
  });

Deno.test.afterAll(async () => {
  await (await shared)?.close();
});

/**
 * A test that needs Chromium. Without one it is skipped, which its name says;
 * with the environment variable `CI_BROWSER=1` it fails.
 *
 * @param name A sentence that can be false.
 * @param body The test.
 */
export const chromiumTest = (
  name: string,
  body: () => Promise<void>,
): void => {
  const missing = findChromium() === undefined;
  const required = Deno.env.get("CI_BROWSER") === "1";
  Deno.test({
    name: missing
      ? `${name} (needs Chromium: install it, or name it by CHROMIUM=PATH)`
      : name,
    ignore: missing && !required,
    // Playwright keeps a connection until its process ends.
    sanitizeOps: false,
    sanitizeResources: false,
    fn: async () => {
      if (missing) {
        throw new Error("Cannot test the page as CI_BROWSER=1 needs Chromium");
      }
      await body();
    },
  });
};
