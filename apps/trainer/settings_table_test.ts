import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { settingsPage, withSettingsTable } from "./settings_table.ts";

Deno.test("docs/settings.md tells the settings as they are; `deno task fix:settings` writes it", async () => {
  const page = await readFile(settingsPage, "utf8");
  assert.equal(page, withSettingsTable(page));
});
