import { hrefBetween } from "./href.ts";
import assert from "node:assert/strict";

Deno.test("hrefBetween() writes names so that a browser finds the file again", () => {
  const folder = "/home/me/runs/a";
  for (
    const file of [
      "/home/me/images/a b.png",
      "/home/me/images/100%.png",
      "/home/me/images/#1?x=2&y.png",
      "/home/me/images/ü 🙂/Straße.png",
      "/home/me/runs/a/http:x.png",
      "/home/me/runs/a/back\\slash.png",
      '/home/me/runs/a/"quoted" <b>.png',
      "/elsewhere/x.png",
    ]
  ) {
    const href = hrefBetween(folder, file);
    const url = new URL(href, `file://${folder}/report.html`);
    assert.equal(decodeURIComponent(url.pathname), file);
    assert.equal(url.search + url.hash, "");
    assert.doesNotMatch(href, /^\/|[ "<>]/);
  }
});

Deno.test("hrefBetween() is relative, so that page and images can be moved", () => {
  assert.equal(
    hrefBetween("/a/runs/b", "/a/images/c.png"),
    "../../images/c.png",
  );
  assert.equal(hrefBetween("/a", "/a/c.png"), "c.png");
});
