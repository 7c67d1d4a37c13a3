import { renderTemplate, selfContainedPage } from "@deepcluster/pages";
import { effectTest } from "@deepcluster/test";
import { chromiumTest, inChromium } from "@deepcluster/test/chromium";
import { Effect } from "effect";
import { html } from "lit-html";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { ShownImage } from "../images/report_images.ts";
import { clustersSection } from "./clusters_section.ts";
import type { ReportCluster, ReportClusters } from "./report_cluster.ts";
import assert from "node:assert/strict";

const pixel = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAACAkQBADs=";

/** The third image is missing, and has no place. */
const image = (index: number): ShownImage => ({
  index,
  path: `a b/${index} <i>.png`,
  label: "Flags & more",
  ...index === 2
    ? { missing: "the file does not exist" }
    : { thumbnail: pixel, href: `../a%20b/${index}%20%3Ci%3E.png` },
});

const images = (from: number, count: number) =>
  Array.from({ length: count }, (_, i) => image(from + i));

const cluster = (number: number): ReportCluster => ({
  cluster: number,
  size: 40,
  tightness: 0.5,
  majority: { label: "Flags & more", fraction: 0.75, labelled: 40 },
  chosenAs: ["largest"],
  members: images(0, 12),
  farthest: images(20, 2),
  nearest: [
    { cluster: 1, size: 9, distance: 0.25, members: images(30, 3) },
    { cluster: 5, size: 8, distance: 0.5, members: images(40, 3) },
  ],
  history: [{
    epoch: 8,
    origins: [{ cluster: 77, images: 30, size: 31 }],
    otherImages: 10,
    otherClusters: 4,
  }],
});

const clusters: ReportClusters = {
  epoch: 9,
  images: 97,
  sizes: Int32Array.of(40, 9, 40, 0, 0, 8),
  hasDistances: true,
  hasLabels: true,
  hasImages: true,
  missing: 1,
  each: 2,
  minimumSize: 10,
  seed: 1,
  choices: new Map([["largest", [0, 2]], ["tightest", [2, 1]]]),
  clusters: new Map([0, 1, 2].map((number) => [number, cluster(number)])),
};

const written = (some: ReportClusters) =>
  Effect.map(clustersSection(some, 3), renderTemplate);

effectTest(
  "clustersSection() shows a cluster once, with an id to link to",
  () =>
    Effect.gen(function* () {
      const text = yield* written(clusters);
      for (const id of ["cluster-0", "cluster-1", "cluster-2"]) {
        assert.equal(text.split(`id="${id}"`).length, 2, id);
      }
      assert.match(text, /<a href="#cluster-2">Cluster 2<\/a>, shown above/);
      assert.ok(!text.includes("cluster-77")); // the number of another epoch
    }),
);

effectTest(
  "clustersSection() links only to clusters that are shown",
  () =>
    Effect.gen(function* () {
      const text = yield* written(clusters);
      const ids = new Set(text.matchAll(/ id="([^"]+)"/g).map(([, id]) => id));
      for (const [, id] of text.matchAll(/href="#([^"]+)"/g)) {
        assert.ok(ids.has(id), `${id}`);
      }
    }),
);

effectTest(
  "clustersSection() links to the reasons where there are several",
  () =>
    Effect.gen(function* () {
      assert.match(yield* written(clusters), /href="#clusters-tightest"/);
      const choices = new Map([["all", [0, 1, 2]]] as const);
      const few = yield* written({ ...clusters, choices });
      assert.match(few, />All clusters</);
      assert.ok(!few.includes("<nav"));
    }),
);

effectTest(
  "clustersSection() names every picture, and escapes the names",
  () =>
    Effect.gen(function* () {
      const text = yield* written(clusters);
      const pictures = text.split("<img ").slice(1);
      assert.ok(pictures.length > 30);
      for (const picture of pictures) {
        assert.match(
          picture,
          /alt="a b\/\d+ &#60;i&#62;.png, Flags &#38; more"/,
        );
      }
      assert.ok(!text.includes("<i>"));
      assert.match(
        text,
        /missing<span class="unseen">: a b\/2 [^<]* does not exist/,
      );
    }),
);

effectTest(
  "clustersSection() shows no path where no image may be shown",
  () =>
    Effect.gen(function* () {
      const bare = (number: number): ReportCluster => ({
        ...cluster(number),
        members: [],
        farthest: [],
        nearest: cluster(number).nearest.map((near) => ({
          ...near,
          members: [],
        })),
      });
      const text = yield* written({
        ...clusters,
        hasImages: false,
        missing: 0,
        clusters: new Map([0, 1, 2].map((number) => [number, bare(number)])),
      });
      assert.ok(!text.includes(".png"));
      assert.ok(!text.includes("data:image"));
      assert.match(text, /Cluster 0/);
      assert.match(text, /75\.0\u00a0%\u00a0Flags/);
    }),
);

chromiumTest("a cluster opens by the keyboard, without a script", async () => {
  const folder = mkdtempSync(join(tmpdir(), "clusters-"));
  try {
    const file = join(folder, "page.html");
    const section = await Effect.runPromise(clustersSection(clusters));
    const body = html`<main>${section}</main>`;
    writeFileSync(
      file,
      await Effect.runPromise(selfContainedPage({ title: "Clusters", body })),
    );
    const options = { viewport: { width: 320, height: 700 } } as const;
    await inChromium("null", options, async ({ page, problems }) => {
      await page.goto(pathToFileURL(file).href);
      problems.length = 0; // the file itself is what was asked for
      const summary = page.getByText("More of cluster 0");
      await summary.focus();
      await page.keyboard.press("Enter");
      const first = page.locator("#cluster-0");
      await first.getByText("Of the 40 images now together").waitFor();
      assert.equal(await first.getByRole("img").count(), 19);
      assert.equal(
        await first.getByRole("link", { name: "Cluster 1", exact: true })
          .getAttribute("href"),
        "#cluster-1",
      );
      const overflow = await page.evaluate(
        "document.documentElement.scrollWidth - innerWidth",
      );
      assert.equal(overflow, 0);
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
