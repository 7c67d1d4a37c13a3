/**
 * The table of settings in `docs/settings.md`, made from their records:
 * `deno task fix:settings` writes it.
 *
 * @module
 */
import { ruleOf, type Setting, settings } from "@deepcluster/runs";
import { readFile, writeFile } from "node:fs/promises";
import { choicesOf, defaultOf } from "./setting_flag.ts";

/** The page that holds the table. */
export const settingsPage = new URL(
  "../../docs/settings.md",
  import.meta.url,
);

/**
 * The page with the table of the present settings in place of its own.
 *
 * @param page The page, with one table whose first column is `field`.
 * @returns The page.
 */
export const withSettingsTable = (page: string): string =>
  page.replace(/^\| field .*\n(\|.*\n)*/m, () => settingsTable());

/** A line for each setting, in columns as the formatter aligns them. */
const settingsTable = (): string => {
  const rows = Object.entries<Setting>(settings).map(([field, setting]) =>
    [
      `\`${field}\``,
      setting.flag === undefined ? "" : `\`--${setting.flag}\``,
      defaultOf(setting) ?? "",
      ruleText(setting),
      setting.help,
    ].map((cell) => cell.replaceAll("|", "\\|"))
  );
  const head = ["field", "flag", "default", "rule", "what it is"];
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]!.length))
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i]!)).join(" | ")} |\n`;
  const rule = line(widths.map((width) => "-".repeat(width)));
  return [line(head), rule, ...rows.map(line)].join("");
};

const ruleText = (setting: Setting): string => {
  const rule = ruleOf(setting);
  if (rule.allows(true)) return "yes or no";
  const choices = choicesOf(setting).map((choice) => `\`${choice}\``);
  if (choices.length > 0) return choices.join(", ");
  if (rule.extends("string")) return "text";
  if (rule.extends("unknown[]")) return "two of them, ascending";
  return rule.extends("number") ? rule.description : "a file";
};

if (import.meta.main) {
  const page = await readFile(settingsPage, "utf8");
  await writeFile(settingsPage, withSettingsTable(page));
}
