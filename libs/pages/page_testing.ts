/**
 * What the tests of the page share: a page at a server of its own.
 */
import {
  type BrowserOptions,
  type BrowserTest,
  chromiumTest,
  inChromium,
} from "@deepcluster/test/chromium";
import type { IndexInfo } from "./mod.ts";
import { type MadeServer, madeServer } from "./retrieval_server_testing.ts";

/** A page, and the server that it asks. */
export type PageTest = BrowserTest & { readonly server: MadeServer };

/** A test with a server of its own, at its first screen. */
export const pageTest = (
  name: string,
  body: (test: PageTest) => Promise<void>,
  options: BrowserOptions & {
    readonly path?: string;
    readonly index?: Partial<IndexInfo>;
  } = {},
) =>
  chromiumTest(name, async () => {
    const { path = "/", index = {}, ...browser } = options;
    const server = await madeServer(index);
    try {
      await inChromium(server.address, browser, async (test) => {
        await test.page.goto(server.address + path);
        await test.page.locator("#view[aria-busy=false]").waitFor();
        await body({ ...test, server });
      });
    } finally {
      await server.close();
    }
  });

export const text = (test: BrowserTest, selector: string) =>
  test.page.locator(selector).first().innerText();

export const found = (test: BrowserTest) =>
  test.page.locator(".results .result").first().waitFor();

export const pathAndQuery = ({ page }: BrowserTest) => {
  const { pathname, search } = new URL(page.url());
  return pathname + search;
};

/** A picture as a file, made in the page. */
export const picture = {
  name: "mine.png",
  mimeType: "image/png",
  buffer: Buffer.from(
    "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAFklEQVR4nGP8z8Dwn4GBg" +
      "YmBgYGBAQAXBgIDR1NNkgAAAABJRU5ErkJggg==",
    "base64",
  ),
};
