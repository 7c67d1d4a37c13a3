import assert from "node:assert/strict";
import { join } from "node:path";
import { fromHere, shown, typed } from "./user_path.ts";

Deno.test("typed() quotes what a shell would cut, and nothing else", () => {
  assert.equal(typed("/runs/größe-1.5_a"), "/runs/größe-1.5_a");
  assert.equal(typed("/my runs/a"), "'/my runs/a'");
  assert.equal(typed("/it's; $HOME"), "'/it'\\''s; $HOME'");
});

Deno.test("shown() calls the folder that a command is called in by its dot, and a folder below it by its name, whatever it begins with", () => {
  const here = fromHere(".");
  assert.equal(shown(here), ".");
  assert.equal(shown(join(here, "..runs", "a")), join("..runs", "a"));
  assert.equal(shown(join(here, "..")), join(here, ".."));
});
