/**
 * The first screen of the report: which run it is, how far it is, its key
 * figures, and what its clusters look like.
 *
 * @module
 */
import { formatSeconds } from "@deepcluster/terminal";
import { html, nothing, type TemplateResult } from "lit-html";
import { basename } from "node:path";
import { labelText } from "../clusters/cluster_words.ts";
import type { ReportCluster } from "../clusters/report_cluster.ts";
import type { RunHistory } from "../history/history.ts";
import type { ShownImage } from "../images/report_images.ts";
import { count, grouped, percent, threeDecimals, unbroken } from "./words.ts";

/**
 * Writes the head of the report.
 *
 * @param history See {@link RunHistory}.
 * @returns A `<header>` with the page's `<h1>`.
 */
export const cover = (history: RunHistory): TemplateResult =>
  html`
    <header class="cover">
      <p class="quiet">Report of a DeepCluster run</p>
      <h1>${runName(history)}</h1>
      <p class=${`state ${history.state}`}>${stateText(history)}</p>
      <p class="quiet">${runSubject(history)}</p>
      ${keyFigures(history)}
    </header>
  `;

/**
 * Names a run.
 *
 * @param history See {@link RunHistory}.
 * @returns The name of its folder.
 */
export const runName = ({ folder }: RunHistory): string => basename(folder);

/**
 * Says how far a run is.
 *
 * @param history See {@link RunHistory}.
 * @returns Such as `Finished: 10 epochs`.
 */
export const stateText = (
  { state, epochs, configuration, progress }: RunHistory,
): string => {
  const trained = epochs.filter(({ training }) => training !== undefined);
  const of = `${trained.length} of ${count(configuration.epochs, "epoch")}`;
  if (state === "finished") {
    return `Finished: ${count(trained.length, "epoch")} trained`;
  }
  if (state === "stopped") return `Stopped: ${of} trained`;
  const doing = progress === undefined
    ? ""
    : `; now ${
      progress.epoch === undefined ? "" : `epoch ${progress.epoch}, `
    }` +
      `${progress.phase}, ${grouped(progress.done)} of ` +
      count(progress.total, progress.unit, progress.unit);
  return `Running: ${of} trained${doing}`;
};

const networks = {
  alexnet: "AlexNet",
  vgg16: "VGG-16",
  small: "Small network",
};

/**
 * Says what a run learns from, and with what.
 *
 * @param history See {@link RunHistory}.
 * @returns Such as `Small network of 64 × 64 pixels, 200 clusters of …`.
 */
export const runSubject = ({ configuration }: RunHistory): string => {
  const { model, images, clusters, size, sobel, from } = configuration;
  return `${networks[model]}${sobel ? " on Sobel gradients" : ""} of ` +
    `${size} × ${size} pixels${
      from === undefined ? "" : `, from ${basename(from.path)}`
    }, ${count(clusters, "cluster")} of the images of ${basename(images)}`;
};

/**
 * Writes the figures of the newest epoch that say most.
 *
 * @param history See {@link RunHistory}.
 * @returns A `<dl>`; `nothing` before the first clustering.
 */
export const keyFigures = (
  { epochs, processes, survey, unreadable }: RunHistory,
): TemplateResult | typeof nothing => {
  const newest = epochs.at(-1);
  if (newest === undefined) return nothing;
  const trained = epochs.findLast(({ training }) => training !== undefined);
  const { report } = newest;
  const seconds = [...survey === undefined ? [] : [survey]]
    .concat(...epochs.map(({ phases }) => phases))
    .reduce((sum, phase) => sum + phase.seconds, 0);
  const figures: readonly (readonly [string, string, string] | undefined)[] = [
    [
      "images",
      grouped(report.points),
      unreadable === 0
        ? "all readable"
        : `${count(unreadable, "unreadable one")} left out`,
    ],
    [
      "clusters",
      grouped(report.nonEmpty),
      report.empties === 0
        ? `${grouped(report.sizes.minimum)} to ${
          count(report.sizes.maximum, "image")
        } each`
        : `and ${report.empties} empty`,
    ],
    trained?.training &&
    [
      "loss",
      threeDecimals(trained.training.loss),
      `ln k is ${threeDecimals(trained.report.lnK)}`,
    ],
    trained?.training &&
    [
      "accuracy",
      percent(trained.training.accuracy),
      `by chance ${percent(1 / trained.report.k)}`,
    ],
    report.nmiToPrevious === undefined ? undefined : [
      "NMI to the previous",
      threeDecimals(report.nmiToPrevious),
      report.reassignedFraction === undefined
        ? ""
        : `${percent(report.reassignedFraction)} reassigned`,
    ],
    newest.nmiToLabels === undefined ? undefined : [
      "NMI to the labels",
      threeDecimals(newest.nmiToLabels),
      "not used in training",
    ],
    seconds === 0 ? undefined : [
      "time",
      formatSeconds(seconds),
      processes.length > 1
        ? `in ${count(processes.length, "process", "processes")}`
        : processes[0]?.processor ?? "",
    ],
  ];
  return html`
    <dl class="figures">
      ${figures.map((figure) =>
        figure === undefined ? nothing : html`
          <div>
            <dt>${figure[0]}</dt>
            <dd>
              <span class="figure">${figure[1]}</span>
              <span class="quiet">${figure[2]}</span>
            </dd>
          </div>
        `
      )}
    </dl>
  `;
};

/**
 * Clusters, and images of each, that the first screen has room for, and how many
 * images a cluster has at least if it is one of many.
 */
const glance = { clusters: 14, images: 9, least: 4 };

/**
 * Writes some clusters as squares of pictures.
 *
 * @param clusters Those that the report shows.
 * @returns A `<section>` with the id `glance`; `nothing` without thumbnails.
 */
export const glanceSection = (
  clusters: readonly ReportCluster[],
): TemplateResult | typeof nothing => {
  const pictured = someOfEach(
    clusters.filter(({ members, chosenAs }) =>
      members.filter(({ thumbnail }) => thumbnail !== undefined).length >=
        (chosenAs.includes("all") ? 1 : glance.least)
    ),
  );
  if (pictured.length === 0) return nothing;
  return html`
    <section id="glance" aria-labelledby="glance-title">
      <h2 id="glance-title">Clusters at a glance</h2>
      <ul class="glance">
        ${pictured.map(({ cluster, size, majority, members }) =>
          html`
            <li>
              <a href=${`#cluster-${cluster}`}>
                <span class="nine">${members
                  .filter(({ thumbnail }) => thumbnail !== undefined)
                  .slice(0, glance.images).map(picture)}</span>
                <span>Cluster ${cluster}</span>
              </a>
              <span class="quiet">${count(size, "image")}</span>
              ${majority === undefined ? nothing : html`
                <span class="quiet">${unbroken(
                  `${percent(majority.fraction)} ${labelText(majority.label)}`,
                )}</span>
              `}
            </li>
          `
        )}
      </ul>
    </section>
  `;
};

/** In turn one of each choice, as tight clusters alone are often alike. */
const someOfEach = (clusters: readonly ReportCluster[]) => {
  const choices = (["all", "purest", "tightest", "random", "largest"] as const)
    .map((choice) => clusters.filter((one) => one.chosenAs.includes(choice)));
  const inTurn = clusters.flatMap((_, i) =>
    choices.flatMap((some) => some[i] ?? [])
  );
  return [...new Set(inTurn)].slice(0, glance.clusters);
};

const picture = ({ thumbnail }: ShownImage) =>
  html`<img src=${thumbnail} alt="">`;
