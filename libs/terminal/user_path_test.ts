import assert from "node:assert/strict";
import { typed } from "./user_path.ts";

Deno.test("typed() quotes what a shell would cut, and nothing else", () => {
  assert.equal(typed("/runs/größe-1.5_a"), "/runs/größe-1.5_a");
  assert.equal(typed("/my runs/a"), "'/my runs/a'");
  assert.equal(typed("/it's; $HOME"), "'/it'\\''s; $HOME'");
});
