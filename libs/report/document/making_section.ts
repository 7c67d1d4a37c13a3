/**
 * The section of the report that says how its figures were made.
 *
 * @module
 */
import { version } from "@deepcluster/terminal";
import { html, type TemplateResult } from "lit-html";
import type { RunHistory } from "../history/history.ts";

/**
 * Writes where the figures come from, and what they mean.
 *
 * @param history See {@link RunHistory}.
 * @returns A `<section>` with the id `making`.
 */
export const makingSection = (history: RunHistory): TemplateResult =>
  html`
    <section id="making" aria-labelledby="making-title">
      <h2 id="making-title">How this was made</h2>
      <p>
        DeepCluster for TypeScript ${version} wrote this page from the files of
        the run. The same run gives the same page, byte for byte. It is one
        file, needs no network, and sends nothing to anyone.
      </p>
      <dl class="meanings">
        <dt>Epoch</dt>
        <dd>
          One turn of the alternation: features of all images, k-means of these
          features, then training to predict each image's cluster.
        </dd>
        <dt>NMI</dt>
        <dd>
          Normalised mutual information of two groupings of the images, I(A; B)
          / √(H(A) H(B)), as in the paper.
        </dd>
        <dt>Labels</dt>
        <dd>
          ${history.epochs.some((epoch) => epoch.nmiToLabels !== undefined)
            ? "The images' true classes. They are compared with finished " +
              "clusterings and never reach training."
            : "This run had none; nothing here is measured with labels."}
        </dd>
        <dt>Reassigned</dt>
        <dd>
          Clusters have no identity from one epoch to the next. An image counts
          as reassigned when it is not in the cluster to which most images of
          its previous cluster went.
        </dd>
      </dl>
    </section>
  `;
