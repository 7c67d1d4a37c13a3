import { Progress } from "@deepcluster/core";
import { renderTemplate } from "@deepcluster/pages";
import { effectTest, temporaryFolder } from "@deepcluster/test";
import { Effect } from "effect";
import { join } from "node:path";
import { openReportImages } from "../images/report_images.ts";
import { clustersSection } from "./clusters_section.ts";
import { writeLargeRun } from "./large_run_testing.ts";
import { reportClusters } from "./report_clusters.ts";
import assert from "node:assert/strict";

effectTest(
  "10 000 clusters are shown by 12 for each reason, the same bytes each time",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder;
      const configuration = yield* writeLargeRun(folder, {
        images: 20_000,
        clusters: 10_000,
        epochs: 2,
        columns: 8,
      });
      const run = join(folder, "run");
      const write = Effect.gen(function* () {
        const images = yield* openReportImages(run, configuration);
        const clusters = (yield* reportClusters(run, configuration, images))!;
        assert.equal(clusters.missing, 0);
        assert.ok(clusters.clusters.size <= 6 * 12);
        return renderTemplate(yield* clustersSection(clusters));
      });
      const text = yield* write;
      assert.match(text, /12 of \d,\d{3} clusters, the largest first/);
      assert.match(text, /12 of \d,\d{3} clusters, drawn with seed 7/);
      assert.ok(text.length > 100_000 && text.length < 8e6, `${text.length}`);
      assert.equal(yield* write, text); // with thumbnails out of the cache
    }).pipe(Effect.provide(Progress.layerSilent)),
);
