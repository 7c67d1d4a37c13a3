/**
 * The sections of the report that say with which settings a run was made, and
 * on which machines.
 *
 * @module
 */
import type {
  ProcessRecord,
  RunConfiguration,
  Setting,
} from "@deepcluster/runs";
import { settings } from "@deepcluster/runs";
import { html, type TemplateResult } from "lit-html";
import { basename } from "node:path";
import { count } from "./words.ts";

/**
 * Writes the settings of a run. Paths are shortened to their last name, so that
 * a report can be given away.
 *
 * @param configuration See {@link RunConfiguration}.
 * @returns A `<section>` with the id `settings`.
 */
export const settingsSection = (
  configuration: RunConfiguration,
): TemplateResult => {
  const rows = Object.entries<Setting>(settings).flatMap(([field, setting]) => {
    const value = Reflect.get(configuration, field);
    if (value === undefined) return [];
    const byDefault = setting.default === undefined
      ? undefined
      : settingText(setting.default);
    const text = settingText(value);
    return [html`
      <tr>
        <th scope="row">${setting.flag === undefined
          ? field
          : html`<code>--${setting.flag}</code>`}</th>
        <td>${setting.defaultHelp || byDefault === text
          ? text
          : html`<strong>${text}</strong>`}</td>
        <td class="quiet">${setting.defaultHelp ?? byDefault}</td>
        <td class="quiet help">${plainHelp(setting.help)}</td>
      </tr>
    `];
  });
  return html`
    <section id="settings" aria-labelledby="settings-title">
      <h2 id="settings-title">Settings</h2>
      <p class="quiet">
        Bold values differ from the default. Defaults follow the paper and its
        authors' code where these have the setting.
      </p>
      <div class="table" tabindex="0" role="region"
        aria-labelledby="settings-title">
        <table>
          <thead>
            <tr>
              <th scope="col">setting</th>
              <th scope="col">value</th>
              <th scope="col">default</th>
              <th scope="col">what it is</th>
            </tr>
          </thead>
          <tbody>
            <tr>
              <th scope="row">images</th>
              <td>${basename(configuration.images)}</td>
              <td></td>
              <td class="quiet help">Folder, manifest or file of the images</td>
            </tr>
            ${rows}
          </tbody>
        </table>
      </div>
    </section>
  `;
};

const settingText = (value: unknown): string =>
  typeof value === "boolean"
    ? value ? "yes" : "no"
    : Array.isArray(value)
    ? value.join(", ")
    : typeof value === "object" && value !== null && "path" in value
    ? basename(String(value.path))
    : String(value);

/** A flag's help tells how to switch it off; here that is not asked. */
const plainHelp = (help: string): string => help.replace(/ \(--no-[^)]*\)/, "");

/**
 * Writes what a run was computed on.
 *
 * @param processes Those that worked on the run, the first one first.
 * @returns A `<section>` with the id `environment`.
 */
export const environmentSection = (
  processes: readonly ProcessRecord[],
): TemplateResult =>
  html`
    <section id="environment" aria-labelledby="environment-title">
      <h2 id="environment-title">Environment</h2>
      ${processes.length === 0
        ? html`
          <p
            class="quiet">This run was made by a version that did not note what it ran on.</p>
        `
        : processTable(processes)}
    </section>
  `;

const processTable = (processes: readonly ProcessRecord[]) =>
  html`
    <p>${processes.length === 1
      ? "One process made this run."
      : `${
        count(processes.length, "process", "processes")
      } worked on this run, one after the other.`}</p>
    <div class="table" tabindex="0" role="region"
      aria-labelledby="environment-title">
      <table>
        <thead>
          <tr>
            ${[
              "started",
              "version",
              "runtime",
              "engine",
              "processor",
              "cores",
              "memory",
            ]
              .map((name) => html`<th scope="col">${name}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${processes.map((process) =>
            html`
              <tr>
                <th scope="row">${process.startedAt.replace("T", " ").replace(
                  /\.\d+Z$/,
                  " UTC",
                )}</th>
                <td>${process.version}</td>
                <td>${process.runtime}</td>
                <td>${process.engine}</td>
                <td>${process.processor}</td>
                <td class="number">${process.cores}</td>
                <td class="number">${(process.memoryBytes / 2 ** 30).toFixed(
                  1,
                )} GiB</td>
              </tr>
            `
          )}
        </tbody>
      </table>
    </div>
  `;
