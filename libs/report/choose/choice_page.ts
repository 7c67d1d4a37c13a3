/**
 * The page of `choose-clusters`: the advice, the curves behind it, and how to
 * read them.
 *
 * @module
 */
import { type Chart, chartFigure } from "@deepcluster/charts";
import type { SweepFigures } from "@deepcluster/clustering";
import { selfContainedPage } from "@deepcluster/pages";
import { Effect } from "effect";
import { html, nothing } from "lit-html";
import { basename } from "node:path";
import { grouped } from "../document/words.ts";
import { adviceSentences, type ClusterSweep } from "./cluster_sweep.ts";

/**
 * Writes the page. It tells the last name of the images or features only, so
 * that it can be given away.
 *
 * @param choice What was found.
 * @returns One file of HTML, which needs no network; the same bytes for the
 * same findings.
 */
export const choicePage: (choice: ClusterSweep) => Effect.Effect<string> =
  Effect.fn("choicePage")(function* (choice: ClusterSweep) {
    const { images, sampled, dimensions, draws, seed, features } = choice;
    const data = basename(choice.data);
    const { groups, learning } = adviceSentences(choice);
    const figures = yield* Effect.forEach(chartsOf(choice.sweep), chartFigure);
    const all = grouped(images);
    return yield* selfContainedPage({
      title: `How many clusters? ${data}`,
      scripts: ["charts.js"],
      body: html`
        <main>
          <header class="cover">
            <h1>How many clusters?</h1>
            <p
              class="quiet">${data}: ${sampled === images
                ? `${all} images`
                : `${
                  grouped(sampled)
                } of ${all} images, drawn at random`}, ${dimensions} whitened dimensions, ${draws} clusterings of each number, seed ${seed}.${features ===
                  undefined
                ? nothing
                : ` ${features}`}</p>
          </header>
          <section id="advice" aria-labelledby="advice-title">
            <h2 id="advice-title">Advice</h2>
            <p class="notice">${groups}</p>
            <p class="notice">${learning}</p>
          </section>
          <section id="curves" aria-labelledby="curves-title">
            <h2 id="curves-title">What it follows from</h2>
            <p>Each number of clusters is tried on ${draws} random parts of the
              images, four fifths each, with other starting points. If the groups
              are in the images, all of these find the same ones; if not, each
              finds its own. The same is done with points that have no groups.</p>
            <div class="charts">${figures}</div>
          </section>
        </main>
      `,
    });
  });

const chartsOf = (sweep: readonly SweepFigures[]): readonly Chart[] => {
  const x = sweep.map(({ clusters }) => String(clusters));
  const by = (of: (figures: SweepFigures) => number | undefined) =>
    sweep.map(of);
  const common = { kind: "lines", xName: "clusters", x } as const;
  const charts: Chart[] = [
    {
      ...common,
      title: "Agreement of the clusterings",
      unit: "adjusted Rand index",
      series: [
        { name: "mean of all pairs", values: by((one) => one.agreement) },
        { name: "lowest pair", values: by((one) => one.lowestAgreement) },
        {
          name: "points without groups",
          values: by((one) => one.structurelessAgreement),
        },
      ],
      range: { from: 0, to: 1 },
    },
    {
      ...common,
      title: "Variance of held-out images that clusters explain",
      series: [
        { name: "images", values: by((one) => one.explained) },
        {
          name: "points without groups",
          values: by((one) => one.structurelessExplained),
        },
      ],
      range: { from: 0 },
    },
    {
      ...common,
      title: "Imbalance",
      unit: "1: all clusters are equally large",
      series: [{ name: "k Σ size² / n²", values: by((one) => one.imbalance) }],
      range: { from: 1 },
    },
    {
      ...common,
      title: "Images of the smallest cluster",
      series: [{ name: "images", values: by((one) => one.smallest) }],
      range: { from: 0 },
    },
  ];
  if (sweep.every(({ labels }) => labels === undefined)) return charts;
  return [...charts, {
    ...common,
    title: "Agreement with labels, which the advice does not use",
    series: [
      { name: "NMI", values: by(({ labels }) => labels?.nmi) },
      {
        name: "adjusted Rand index",
        values: by(({ labels }) => labels?.adjustedRand),
      },
      { name: "purity", values: by(({ labels }) => labels?.purity) },
    ],
    range: { from: 0, to: 1 },
  }];
};
