import { renderTemplate } from "@deepcluster/pages";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import assert from "node:assert/strict";
import type {
  ClusterChoice,
  ReportCluster,
} from "../clusters/report_cluster.ts";
import { glanceSection, stateText } from "./cover.ts";
import { historyCharts } from "./history_charts.ts";
import { historySection } from "./history_section.ts";
import { madeEpoch, madeHistory } from "./history_testing.ts";
import { reportPage } from "./report_page.ts";
import { settingsSection } from "./settings_section.ts";
import { warningsSection } from "./warnings_section.ts";

const parts = {
  history: madeHistory(10),
  warnings: [{
    code: "one-cluster",
    epoch: 7,
    text: "One cluster holds <40 %>",
    advice: "Lower --learning-rate",
  }],
  clusters: [],
  sections: [{ id: "map", title: "Map", body: "There is no map." }],
};

effectTest(
  "reportPage() writes the same run as the same bytes",
  () =>
    Effect.gen(function* () {
      assert.equal(yield* reportPage(parts), yield* reportPage(parts));
    }),
);

effectTest(
  "reportPage() tells no path of the machine",
  () =>
    Effect.gen(function* () {
      assert.doesNotMatch(yield* reportPage(parts), /secret/);
    }),
);

effectTest(
  "reportPage() does not say that a run without figures has no fault",
  () =>
    Effect.gen(function* () {
      const sound = { ...parts, warnings: [] };
      assert.match(yield* reportPage(sound), /no known fault/);
      const begun = { ...sound, history: { ...parts.history, epochs: [] } };
      assert.doesNotMatch(yield* reportPage(begun), /no known fault/);
    }),
);

effectTest(
  "reportPage() has a heading for every entry of its contents, in its order",
  () =>
    Effect.gen(function* () {
      const page = yield* reportPage(parts);
      const [contents] = /<nav[^]*?<\/nav>/.exec(page)!;
      const linked = Array.from(
        contents.matchAll(/href="#([^"]+)"/g),
        ([, id]) => id,
      );
      const headings = Array.from(
        page.matchAll(/<h2 id="([^"]+)-title"/g),
        ([, id]) => id,
      );
      assert.deepEqual(linked, headings);
      assert.match(page, /There is no map\./);
    }),
);

Deno.test("settingsSection() sets off what differs from the default", () => {
  const page = (change: object) =>
    renderTemplate(
      settingsSection({ ...madeHistory(1).configuration, ...change }),
    );
  const others = page({ batch: 128, threads: 2, extractBatch: 16 });
  assert.match(others, /--batch<[^]*?<strong>128<[^]*?>256</);
  assert.match(others, /--extract-batch<[^]*?<strong>16<[^]*?>32</);
  // On the command line another number than the default in code is ordinary.
  assert.match(others, /--threads<[^]*?<td>2<[^]*?>all cores/);
  assert.match(page({ batch: 256 }), /--batch<[^]*?<td>256<[^]*?>256</);
});

Deno.test("warningsSection() says what is seen and what to do, escaped", () => {
  const text = renderTemplate(warningsSection(parts.warnings));
  assert.match(
    text,
    /holds &#60;40 %&#62;[^]*epoch 7[^]*Lower <code>--learning-rate<\/code>/,
  );
  const advice = "look: `deno task retrieve duplicates` or --pca 32";
  const [warning] = parts.warnings;
  assert.match(
    renderTemplate(warningsSection([{ ...warning!, advice }])),
    /<p>Look: <code>deno task retrieve duplicates<\/code> or <code>--pca<\/code> 32</,
  );
  assert.match(renderTemplate(warningsSection([])), /no known fault/);
});

Deno.test("historyCharts() leaves out what no epoch has", () => {
  const titles = (history = madeHistory(3)) =>
    historyCharts(history).map(({ title }) => title);
  assert.deepEqual(titles(), [
    "Loss",
    "Accuracy",
    "NMI",
    "Reassigned images",
    "Sizes of clusters",
    "Sizes in epoch 3",
    "Imbalance",
    "Loss of k-means",
    "Time of each phase",
    "Throughput",
  ]);
  const { training: _, nmiToLabels: __, ...bare } = madeEpoch(1);
  assert.deepEqual(
    titles(madeHistory(1, { epochs: [{ ...bare, phases: [] }] })),
    ["Sizes of clusters", "Sizes in epoch 1", "Imbalance", "Loss of k-means"],
  );
});

Deno.test("historyCharts() shows empty clusters when there were some", () => {
  const { report, ...epoch } = madeEpoch(2);
  const charts = historyCharts(madeHistory(2, {
    epochs: [madeEpoch(1), { ...epoch, report: { ...report, empties: 3 } }],
  }));
  assert.deepEqual(
    charts.find(({ title }) => title === "Empty clusters")?.series
      .map(({ values }) => values),
    [[0, 0], [0, 3]],
  );
});

effectTest(
  "historySection() says when no epoch has a clustering",
  () =>
    Effect.gen(function* () {
      const section = yield* historySection(madeHistory(1, { epochs: [] }));
      assert.match(renderTemplate(section), /No epoch has a clustering yet/);
    }),
);

Deno.test("stateText() tells what a run is doing", () => {
  const run = madeHistory(10);
  const epochs = run.epochs.slice(0, 3);
  assert.equal(stateText(run), "Finished: 10 epochs trained");
  assert.equal(
    stateText({ ...run, epochs, state: "stopped" }),
    "Stopped: 3 of 10 epochs trained",
  );
  assert.equal(
    stateText({
      ...run,
      epochs,
      state: "running",
      progress: {
        at: "2026-01-02T03:04:05.678Z",
        phase: "train",
        epoch: 4,
        done: 1200,
        total: 12806,
        unit: "images",
      },
    }),
    "Running: 3 of 10 epochs trained; now epoch 4, train, 1,200 of 12,806 images",
  );
});

Deno.test("glanceSection() shows clusters of each choice in turn, with thumbnails alone", () => {
  const made = (
    cluster: number,
    chosenAs: readonly ClusterChoice[],
    thumbnail: string | undefined = "data:image/webp;base64,AA",
    images = 9,
  ) =>
    ({
      cluster,
      size: 50,
      chosenAs,
      members: Array.from({ length: images }, (_, index) => ({
        index,
        path: `${index}.png`,
        ...thumbnail && { thumbnail },
      })),
    }) as unknown as ReportCluster;
  const pixel = "data:image/webp;base64,AA";
  const section = renderTemplate(glanceSection([
    made(6, ["random"], pixel, 3),
    made(1, ["tightest"]),
    made(2, ["tightest"]),
    made(3, ["largest", "purest"]),
    made(4, ["smallest"]),
    made(5, ["random"], ""),
  ]));
  assert.deepEqual(
    Array.from(section.matchAll(/href="#cluster-(\d)"/g), ([, n]) => n),
    ["3", "1", "2"],
  );
  assert.match(
    renderTemplate(glanceSection([made(7, ["all"], pixel, 1)])),
    /href="#cluster-7"/,
  );
  assert.equal(renderTemplate(glanceSection([])), "");
});
