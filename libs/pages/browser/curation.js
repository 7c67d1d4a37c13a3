/**
 * What a person says of a cluster: its name, that it belongs to another one,
 * that it is put aside. Each can be undone.
 *
 * @module
 */
import { clusterAddress } from "./address.js";
import { changeCluster } from "./api.js";
import { html, nothing } from "./lit-html.js";
import { clusterTitle } from "./words.js";
/** @import { TemplateResult } from "lit-html" */
/** @import { ClusterChange, ClusterDetail, NeighbourCluster } from "../api_types.ts" */
/** @import { Page } from "./view.js" */

/**
 * @param {Page} page
 * @param {() => ClusterDetail} current The cluster as it was last read.
 * @param {() => Promise<void>} reload Reads it again.
 */
export const curation = (page, current, reload) => {
  let renaming = false;

  /** Changes a cluster, says so, and offers the way back. */
  const change = (
    /** @type {number} */ cluster,
    /** @type {ClusterChange} */ to,
    /** @type {ClusterChange} */ back,
    /** @type {string} */ message,
  ) =>
    page.attempt(async () => {
      const set = async (/** @type {ClusterChange} */ values) => {
        await changeCluster(cluster, values);
        page.forget();
        await reload();
      };
      await set(to);
      page.say(message, () => set(back));
    });

  const startRenaming = () => {
    renaming = true;
    page.update();
    const field = document.querySelector("#cluster-name");
    if (field instanceof HTMLInputElement) field.select();
  };
  const stopRenaming = () => {
    renaming = false;
    page.update();
    const button = document.querySelector("#rename");
    if (button instanceof HTMLElement) button.focus();
  };
  const saveName = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const field = document.querySelector("#cluster-name");
    if (!(field instanceof HTMLInputElement)) return;
    const { cluster, name } = current();
    const typed = field.value.trim();
    await change(
      cluster,
      { name: typed === "" ? null : typed },
      { name: name ?? null },
      typed === "" ? "The name is taken away." : `Named “${typed}”.`,
    );
    stopRenaming();
  };

  /** @returns {TemplateResult} */
  const heading = () => {
    const { cluster, name, dismissed } = current();
    if (renaming) {
      return html`
        <form class="heading" @submit=${saveName}
          @keydown=${(/** @type {KeyboardEvent} */ event) => {
            if (event.key !== "Escape") return;
            event.stopPropagation();
            stopRenaming();
          }}>
          <label for="cluster-name">Name of cluster ${cluster}</label>
          <input id="cluster-name" .value=${name ?? ""} maxlength="100"
            autocomplete="off">
          <button class="primary">Save</button>
          <button type="button" @click=${stopRenaming}>Cancel</button>
        </form>
      `;
    }
    const dismiss = () =>
      change(
        cluster,
        { dismissed: !dismissed },
        { dismissed },
        dismissed
          ? "Shown among the clusters again."
          : "Dismissed: exports and the first screen leave it out.",
      );
    return html`
      <div class="heading">
        <h1 tabindex="-1">${clusterTitle(cluster, name)}</h1>
        <button type="button" id="rename" @click=${startRenaming}>${name ===
            undefined
          ? "Name"
          : "Rename"}</button>
        <button type="button" @click=${dismiss}>${dismissed
          ? "Show again"
          : "Dismiss"}</button>
      </div>
    `;
  };

  /**
   * Says that the cluster was merged or dismissed.
   *
   * @returns {TemplateResult | typeof nothing}
   */
  const state = () => {
    const { cluster, dismissed, mergedInto, merged } = current();
    const split = (/** @type {number} */ part, /** @type {number} */ whole) =>
      html`<button type="button" @click=${() =>
        change(
          part,
          { mergedInto: null },
          { mergedInto: whole },
          `Cluster ${part} is a cluster of its own again.`,
        )}>Split off</button>`;
    return html`${
      dismissed
        ? html`<p class="notice">Dismissed: exports and the first screen leave it
            out.</p>`
        : nothing
    }${
      mergedInto === undefined || mergedInto === null ? nothing : html`
        <p
          class="notice">Merged into <a href=${clusterAddress(
            mergedInto,
          )}>cluster
                ${mergedInto}</a>. ${split(cluster, mergedInto)}</p>
      `
    }${
      merged.map((part) =>
        html`
          <p
            class="notice">Includes <a href=${clusterAddress(
              part,
            )}>cluster ${part}</a>. ${split(part, cluster)}</p>
        `
      )
    }`;
  };

  /**
   * @param {NeighbourCluster} near
   * @returns {TemplateResult}
   */
  const mergeButton = (near) => {
    const { cluster, name, mergedInto } = current();
    const into = clusterTitle(near.cluster, near.name);
    return html`
      <button type="button" @click=${() =>
        change(
          cluster,
          { mergedInto: near.cluster },
          { mergedInto: mergedInto ?? null },
          `${clusterTitle(cluster, name)} is merged into ${into}.`,
        )}
        aria-label=${`Merge into ${into}`}>Merge into this</button>
    `;
  };

  return { heading, state, mergeButton };
};
