import { chromiumTest, inChromium } from "@deepcluster/test/chromium";
import { effectTest, temporaryFolder } from "@deepcluster/test";
import { Effect } from "effect";
import { html } from "lit-html";
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { inlineModules } from "./inline_modules.ts";
import { selfContainedPage } from "./mod.ts";

const made = selfContainedPage({
  title: "A <page>",
  body: html`
    <main><h1 id="title">${"</script><b>"}</h1><output></output></main>
  `,
  scripts: ["words.js", "box.js", "lit-html.js"],
  data: { words: { text: "</script><script>alert(1)</script><!--" } },
});

effectTest(
  "selfContainedPage() escapes its text and data, and writes the same twice",
  () =>
    Effect.gen(function* () {
      const page = yield* made;
      assert.equal(page, yield* made);
      assert.match(page, /<title>A &#60;page&#62;<\/title>/);
      assert.doesNotMatch(page, /<script>alert|<b>/);
      assert.equal(page.match(/<\/script>/g)?.length, 2);
    }),
);

effectTest(
  "selfContainedPage() without scripts has no script",
  () =>
    Effect.gen(function* () {
      const page = yield* selfContainedPage({ title: "", body: html`<p></p>` });
      assert.doesNotMatch(page, /<script/);
    }),
);

Deno.test("inlineModules() runs each module once, after what it imports", () => {
  const script = inlineModules(
    ["a.js"],
    new Map([
      [
        "a.js",
        `import { one as first, two } from "./b.js";
import {
  three,
} from "./c.js";
const hidden = "a";
globalThis.told = [hidden, first, two(), three];`,
      ],
      [
        "b.js",
        `import { three } from "./c.js";
const hidden = 1;
export const one = hidden;
export function two() { return three - 1; }`,
      ],
      ["c.js", `const b=3;export{b as three};`],
    ]),
  );
  assert.doesNotMatch(script, /import|export/);
  new Function(script)();
  assert.deepEqual(Reflect.get(globalThis, "told"), ["a", 1, 2, 3]);
});

/** Opens a page of one file from the disk. */
const opened = (body: Parameters<typeof inChromium>[2]) =>
  inChromium("null", {}, body);

chromiumTest(
  "a self-contained page runs its script, and no other script or style",
  () =>
    Effect.gen(function* () {
      const file = join(yield* temporaryFolder, "page.html");
      const page = yield* selfContainedPage({
        title: "Page",
        body: html`
          <main>
            <h1>Page</h1>
            <p style="color: red">Text</p>
            <img alt="" src="https://example.com/x.png">
            <script>document.title = "foreign"</script>
          </main>
        `,
        scripts: ["picture.js"],
      });
      yield* Effect.promise(() => writeFile(file, page));
      yield* Effect.promise(() =>
        opened(async ({ page, problems }) => {
          await page.goto(pathToFileURL(file).href);
          assert.equal(await page.title(), "Page");
          const refused = problems.splice(0).join("\n");
          assert.match(refused, /inline style/);
          assert.equal(
            await page.locator("p").evaluate((p) => getComputedStyle(p).color),
            "rgb(29, 28, 26)",
          );
          assert.match(refused, /inline script/);
          assert.match(refused, /Loading the image 'https:/);
        })
      );
    }).pipe(Effect.scoped, Effect.runPromise),
);

chromiumTest(
  "a self-contained page asks for nothing and logs nothing",
  () =>
    Effect.gen(function* () {
      const file = join(yield* temporaryFolder, "page.html");
      yield* Effect.flatMap(
        made,
        (page) => Effect.promise(() => writeFile(file, page)),
      );
      yield* Effect.promise(() =>
        opened(async ({ page }) => {
          await page.goto(pathToFileURL(file).href);
          assert.equal(await page.title(), "A <page>");
          const { ground, text } = await page.evaluate(() => ({
            ground: getComputedStyle(document.body).backgroundColor,
            text: document.getElementById("words")!.textContent,
          }));
          assert.equal(ground, "rgb(251, 250, 248)");
          assert.deepEqual(JSON.parse(text), {
            text: "</script><script>alert(1)</script><!--",
          });
        })
      );
    }).pipe(Effect.scoped, Effect.runPromise),
);

Deno.test("colours of series differ from the ground by 3 to 1", () => {
  const css = ["theme.css", "document.css"].map((name) =>
    Deno.readTextFileSync(new URL(`./browser/${name}`, import.meta.url))
  ).join("\n");
  const colour = (name: string) =>
    Array.from(
      css.matchAll(new RegExp(`--${name}: #([0-9a-f]{6})`, "g")),
      ([, hex]) =>
        [0, 2, 4].map((i) => linear(parseInt(hex!.slice(i, i + 2), 16) / 255)),
    );
  const linear = (s: number) =>
    s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
  const light = ([r, g, b]: number[]) =>
    0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
  for (const theme of [0, 1]) {
    const ground = light(colour("raised")[theme]!);
    for (let i = 0; i < 6; i++) {
      const series = light(colour(`series-${i}`)[theme]!);
      const contrast = (Math.max(series, ground) + 0.05) /
        (Math.min(series, ground) + 0.05);
      assert.ok(contrast >= 3, `series ${i}, theme ${theme}: ${contrast}`);
    }
  }
});
