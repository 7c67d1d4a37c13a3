import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { layOutSheet } from "./sheet_layout.ts";
import assert from "node:assert/strict";

const test = (name: string, body: () => void) =>
  effectTest(name, () => Effect.sync(body));

test("layOutSheet() keeps every image on its card and apart from others", () => {
  const layout = layOutSheet([7, 2, 0, 5], {
    tile: 20,
    tilesPerRow: 3,
    title: "Title",
    caption: "Caption",
  });
  const taken = new Set<string>();
  for (const { card, label, tiles } of layout.blocks) {
    assert.ok(card.x >= 0 && card.x + card.width <= layout.width);
    assert.ok(card.y >= layout.heading.y + layout.heading.height);
    assert.ok(card.y + card.height <= layout.height);
    for (const { x, y } of tiles) {
      assert.ok(x >= card.x && x + 20 <= card.x + card.width);
      assert.ok(y >= label.y + label.height && y + 20 <= card.y + card.height);
      for (let i = 0; i < 400; i++) {
        const pixel = `${x + i % 20},${y + Math.floor(i / 20)}`;
        assert.ok(!taken.has(pixel), `${pixel} is covered twice`);
        taken.add(pixel);
      }
    }
  }
  assert.equal(taken.size, 14 * 400);
});

test("layOutSheet() makes blocks side by side equally high", () => {
  const { blocks } = layOutSheet([30, 1, 1], { tilesPerRow: 10 });
  const [first, second, third] = blocks.map((block) => block.card);
  assert.equal(first!.y, second!.y);
  assert.equal(first!.height, second!.height);
  assert.ok(third!.y > first!.y + first!.height);
  assert.ok(third!.height < first!.height);
});

test("layOutSheet() of one block is one block wide", () => {
  const one = layOutSheet([5], { tile: 64, tilesPerRow: 10 });
  assert.equal(
    one.width,
    one.blocks[0]!.card.width + 2 * one.blocks[0]!.card.x,
  );
});
