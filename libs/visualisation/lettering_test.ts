import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { fitText, isLegible, textOutlines, textWidth } from "./lettering.ts";
import assert from "node:assert/strict";
import sharp from "sharp";

/** Leftmost and rightmost column, upper and lower row that have ink. */
const inkOf = (text: string, align: "start" | "end", x: number) =>
  Effect.promise(async () => {
    const outlines = textOutlines(text, {
      x,
      y: 40,
      size: 30,
      fill: "#000",
      align,
    });
    const svg =
      `<svg xmlns="http://www.w3.org/2000/svg" width="200" height="60">${outlines}</svg>`;
    const alpha = await sharp(Buffer.from(svg)).extractChannel("alpha").raw()
      .toBuffer();
    const inked = [...alpha.keys()].filter((at) => alpha[at]! > 127);
    const columns = inked.map((at) => at % 200);
    const rows = inked.map((at) => Math.floor(at / 200));
    return {
      left: Math.min(...columns),
      right: Math.max(...columns),
      top: Math.min(...rows),
      bottom: Math.max(...rows),
    };
  });

effectTest(
  "textWidth() adds up advance widths in proportion to the size",
  () =>
    Effect.sync(() => {
      // Digits of Roboto Medium are 0.568 of the size wide, so columns align.
      assert.equal(textWidth("0123456789", 100), 568);
      assert.equal(textWidth("11", 50), textWidth("1", 100));
      assert.equal(textWidth("", 20), 0);
    }),
);

effectTest(
  "textOutlines() draws capitals from the line upwards, between its ends",
  () =>
    Effect.gen(function* () {
      const width = textWidth("HIH", 30);
      const ink = yield* inkOf("HIH", "start", 20);
      assert.ok(ink.left >= 20 && ink.left <= 24, `left ${ink.left}`);
      assert.ok(ink.right <= 20 + width && ink.right >= 16 + width);
      // Capitals of Roboto are 0.711 of the size high.
      assert.deepEqual([ink.top, ink.bottom], [19, 39]);
    }),
);

effectTest(
  "textOutlines() aligned at the end has its right end at x",
  () =>
    Effect.gen(function* () {
      const ink = yield* inkOf("HIH", "end", 150);
      assert.ok(ink.right < 150 && ink.right >= 146, `right ${ink.right}`);
    }),
);

effectTest(
  "textOutlines() draws accents however they are composed, and a sign for what it lacks",
  () =>
    Effect.sync(() => {
      const style = { x: 0, y: 0, size: 10, fill: "#000" };
      assert.equal(
        textOutlines("e\u0301", style),
        textOutlines("\u00e9", style),
      );
      assert.equal(textOutlines("犬", style), textOutlines("\ufffd", style));
      assert.notEqual(textOutlines("犬", style), textOutlines(" ", style));
    }),
);

effectTest(
  "isLegible() is true of Latin, Greek and Cyrillic names, and of no others",
  () =>
    Effect.sync(() => {
      for (const name of ["Łódź", "Tiếng Việt", "Σκύλος", "Кошка", "қасқыр"]) {
        assert.ok(isLegible(name), name);
      }
      for (
        const name of ["犬", "dog 犬", "고양이", "قطة", "कुत्ता", "🐶", "\ufffd"]
      ) {
        assert.ok(!isLegible(name), name);
      }
    }),
);

effectTest(
  "fitText() shortens only what is too long, to what fits",
  () =>
    Effect.sync(() => {
      assert.equal(fitText("Cluster 12", 16, 200), "Cluster 12");
      const short = fitText("Cluster of 12 images", 16, 80);
      assert.match(short, /^Cluster.*…$/);
      assert.ok(textWidth(short, 16) <= 80);
      assert.equal(fitText("Cluster", 16, 3), "");
    }),
);
