/**
 * The clusters of a run as a part of its report.
 *
 * @module
 */
import { chartFigure } from "@deepcluster/charts";
import { Effect } from "effect";
import { html, nothing, type TemplateResult } from "lit-html";
import { count, unbroken } from "../document/words.ts";
import type { ShownImage } from "../images/report_images.ts";
import {
  choiceSentence,
  choiceTitles,
  clusterFacts,
  clustersSentences,
  labelText,
  originsInWords,
  togetherSentence,
} from "./cluster_words.ts";
import type {
  ClusterChoice,
  ClusterOrigins,
  ReportCluster,
  ReportClusters,
} from "./report_cluster.ts";
import { sizesChart } from "./sizes_chart.ts";

/** Images that are seen before a cluster is opened. */
const atOnce = 8;

/**
 * Writes the clusters as a `<section>` that needs no script.
 *
 * A cluster that is shown for several reasons is shown for the first, with the
 * id `cluster-7`, and referred to by the others.
 *
 * @param clusters From `reportClusters`.
 * @param splits Empty clusters that k-means split off others, where known.
 * @returns A template.
 */
export const clustersSection: (
  clusters: ReportClusters,
  splits?: number,
) => Effect.Effect<TemplateResult> = Effect.fn("clustersSection")(
  function* (clusters, splits) {
    const chart = yield* chartFigure(sizesChart(clusters.sizes));
    const [first, ...notes] = clustersSentences(clusters, splits);
    const seen = new Set<number>();
    return html`
      <section id="clusters" aria-labelledby="clusters-title">
      <h2 id="clusters-title">Clusters of epoch ${clusters.epoch}</h2>
      <p>${first}</p>
      ${notes.map((note) => html`<p class="quiet">${note}</p>`)}
      <div class="charts">${chart}</div>
      ${jumps(clusters)}
      ${[...clusters.choices].map(([choice, some]) =>
        html`<h3 id=${idOf(choice)}>${choiceTitles[choice]}</h3>
<p class="quiet">${choiceSentence(choice, clusters)}</p>
<div class="clusters">${
          some.map((number) => {
            const cluster = clusters.clusters.get(number)!;
            if (seen.has(number)) return again(cluster);
            seen.add(number);
            return block(cluster, clusters);
          })
        }</div>`
      )}
      </section>
    `;
  },
);

/** Links to the reasons, where there are several. */
const jumps = ({ choices }: ReportClusters) =>
  choices.size < 2 ? nothing : html`
    <nav aria-label="Clusters">
      <ul class="jumps">${[...choices.keys()].map((choice) =>
        html`<li><a href=${`#${idOf(choice)}`}>${choiceTitles[choice]}</a></li>`
      )}</ul>
    </nav>
  `;

const idOf = (choice: ClusterChoice) => `clusters-${choice}`;

const linkTo = (cluster: number) =>
  html`<a href=${`#cluster-${cluster}`}>Cluster ${cluster}</a>`;

const again = (cluster: ReportCluster) =>
  html`<p class="quiet">${linkTo(cluster.cluster)}, shown above: ${
    facts(cluster)
  }</p>`;

const facts = (cluster: ReportCluster) =>
  unbroken(clusterFacts(cluster).join(" · "));

const block = (cluster: ReportCluster, clusters: ReportClusters) =>
  html`<article class="cluster" id=${`cluster-${cluster.cluster}`}>
<h4>Cluster ${cluster.cluster} <span class="quiet">${facts(cluster)}</span></h4>
${strip(cluster.members.slice(0, atOnce))}
${opened(cluster, clusters)}
</article>`;

/** What a cluster opens to; nothing where there is no more to see. */
const opened = (cluster: ReportCluster, clusters: ReportClusters) => {
  const { members, farthest, nearest, history } = cluster;
  const more = members.slice(atOnce);
  if (more.length + nearest.length + history.length === 0) return nothing;
  return html`<details><summary>More of cluster ${cluster.cluster}</summary>
${
    more.length === 0
      ? nothing
      : html`<h5>${
        clusters.hasDistances
          ? "Further images, the nearest to the centroid first"
          : "Further images, drawn at random"
      }</h5>${strip(more)}`
  }
${
    farthest.length === 0
      ? nothing
      : html`<h5>Farthest from the centroid</h5>${strip(farthest)}`
  }
${
    nearest.length === 0 ? nothing : html`
      <h5>Nearest clusters</h5>
      <ul class="near">${nearest.map(({ cluster, size, distance, members }) =>
        html`<li><p>${
          clusters.clusters.has(cluster)
            ? linkTo(cluster)
            : `Cluster ${cluster}`
        } <span class="quiet">${count(size, "image")}, ${
          distance.toFixed(2)
        } away</span></p>${strip(members)}</li>`
      )}</ul>
    `
  }
${
    history.length === 0 ? nothing : html`
      <h5>Where its images came from</h5>
      <p>${togetherSentence(cluster)}</p>
      <ul class="history">${history.map((origins) =>
        html`<li><b>epoch ${origins.epoch}</b> ${
          bar(origins, cluster.size)
        } <span>${originsInWords(origins)}</span></li>`
      )}</ul>
    `
  }
</details>`;
};

/** A bar as long as the cluster has images, cut where they came from. */
const bar = ({ origins, otherImages }: ClusterOrigins, size: number) => {
  let start = 0;
  const part = (images: number, rank: number) => {
    const x = start;
    const width = 100 * images / size;
    start += width;
    return html`
      <rect class=${`part-${rank}`} x=${round(x)} width=${round(
        width,
      )} height="10" />
    `;
  };
  return html`
    <svg class="origins" viewBox="0 0 100 10" preserveAspectRatio="none"
      aria-hidden="true">${origins.map(({ images }, rank) =>
        part(images, rank)
      )}${otherImages === 0 ? nothing : part(otherImages, 5)}</svg>
  `;
};

const round = (value: number) => Number(value.toFixed(2));

/**
 * Writes images in a row, which breaks where there is no more room.
 *
 * @param images What is shown of them.
 * @returns A list; nothing without images.
 */
export const strip = (
  images: readonly ShownImage[],
): TemplateResult | typeof nothing =>
  images.length === 0
    ? nothing
    : html`<ul class="strip">${images.map(tile)}</ul>`;

const tile = ({ path, label, href, thumbnail, missing }: ShownImage) => {
  const name = label === undefined ? path : `${path}, ${labelText(label)}`;
  const picture = thumbnail === undefined
    ? html`
      <span
        class="missing">missing<span class="unseen">: ${name}: ${missing}</span></span>
    `
    : html`<img src=${thumbnail} alt=${name} width="64" height="64" loading="lazy">`;
  const title = thumbnail === undefined ? `${name}: ${missing}` : name;
  return href === undefined
    ? html`<li class="tile" title=${title}>${picture}</li>`
    : html`<li><a class="tile" href=${href} title=${title}>${picture}</a></li>`;
};
