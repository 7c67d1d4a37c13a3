import { renderTemplate } from "@deepcluster/pages";
import type { FilterPicture } from "@deepcluster/visualisation";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import assert from "node:assert/strict";
import { filtersSection } from "./filters_section.ts";
import type { ReportTopImages } from "./report_top_images.ts";
import { topImagesSection } from "./top_images_section.ts";

const found: ReportTopImages = {
  layer: { name: "conv3", path: "features.10", filters: 96 },
  images: 900,
  ofImages: 1200,
  side: 32,
  fieldSize: 24,
  epoch: 7,
  filters: [
    {
      filter: 4,
      top: [
        {
          index: 12,
          activation: 1.23456,
          region: { left: 3, top: 0, width: 24, height: 20 },
        },
        {
          index: 13,
          activation: 0.5,
          region: { left: 0, top: 0, width: 9, height: 9 },
        },
      ],
    },
    { filter: 9, top: [] },
  ],
};

Deno.test("topImagesSection() frames the regions, and says what is shown of how many", () => {
  const shown = new Map([
    [12, {
      index: 12,
      path: 'a "b" <c>.png',
      thumbnail: "data:image/webp;base64,AA",
    }],
    [13, { index: 13, path: "gone.png", missing: "the file does not exist" }],
  ]);
  const page = renderTemplate(topImagesSection(found, shown));
  assert.match(
    page,
    /The 2 of 96 filters of conv3 with the largest activations\s+after epoch 7/,
  );
  assert.match(page, /900 of 1,200 images were looked at/);
  assert.match(page, /up to 24 by 24 of the 32 by 32 pixels/);
  assert.match(page, /No image activates 1 of these filters/);
  assert.match(page, /viewBox="0 0 32 32"/);
  assert.match(page, /<image href="data:image\/webp;base64,AA"/);
  assert.match(page, /<rect class="over" x="3" y="0" width="24"\s+height="20"/);
  assert.match(page, /a &#34;b&#34; &#60;c&#62;.png, activation 1.23"/);
  assert.equal(page.match(/<svg/g)!.length, 1);
  assert.match(page, /gone\.png/);
  assert.doesNotMatch(page, /style=|Filter 9/);
});

Deno.test("topImagesSection() frames no region that is the whole image", () => {
  const [filter] = found.filters;
  const region = { left: 0, top: 0, width: 32, height: 32 };
  const top = [{ ...filter!.top[0]!, region }];
  const page = renderTemplate(topImagesSection(
    { ...found, fieldSize: 32, filters: [{ filter: 4, top }] },
    new Map([[12, { index: 12, path: "a.png", thumbnail: "data:," }]]),
  ));
  assert.match(page, /can depend on all of the 32 by 32\s+pixels/);
  assert.doesNotMatch(page, /<rect/);
});

effectTest(
  "filtersSection() describes the picture of the filters",
  () =>
    Effect.gen(function* () {
      const filters: FilterPicture = {
        picture: { width: 2, height: 1, data: new Uint8Array(6) },
        layer: "conv1",
        filters: 24,
        channels: 2,
        kernel: 3,
        columns: 6,
        legend: "Grey is 0.",
      };
      const page = renderTemplate(yield* filtersSection(filters));
      assert.match(
        page,
        /24 filters of conv1, 3 by 3 weights each\. Grey is 0\./,
      );
      assert.match(page, /<img[^>]*src="data:image\/png;base64,iVBOR/);
      assert.match(page, /alt="24 filters of conv1/);
    }),
);
