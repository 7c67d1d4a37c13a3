import assert from "node:assert/strict";
import { renderPage } from "./mod.ts";

const index = {
  name: "my <photos>",
  model: "runs/photos",
  images: 12_806,
  clusters: 20,
};

Deno.test("renderPage() draws the header and what is waited for, without data", () => {
  const html = renderPage("/duplicates", index);
  assert.match(html, /<title>my &#60;photos&#62;<\/title>/);
  assert.match(html, /href="\/duplicates" aria-current="page"/);
  assert.match(html, /<input\s+type="file" id="picture"/);
  assert.match(html, />Comparing 12,806 images…</);
  assert.match(renderPage("/search", index), />Searching 12,806 images…</);
});

Deno.test("renderPage() draws no header of an index that cannot be read", () => {
  assert.match(renderPage("/"), /<header id="bar"><\/header>/);
});
