import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { sourceError } from "./file_system.ts";
import assert from "node:assert/strict";

const failure = (code: string) =>
  Object.assign(new Error(`${code}: said the system`), { code });

effectTest(
  "sourceError() tells what a user can do something about",
  () =>
    Effect.sync(() => {
      assert.equal(
        sourceError("/p", failure("EACCES")).message,
        "Cannot open images as the path must be readable by this user: " +
          "current value is path=/p",
      );
      assert.equal(
        sourceError("/p", failure("EPERM")).problem,
        "not-permitted",
      );
      assert.equal(sourceError("/p", failure("ENOENT")).problem, "missing");
      assert.equal(
        sourceError("/p", failure("EIO")).message,
        "Cannot open images as the path must be readable: " +
          "current value is path=/p (EIO: said the system)",
      );
    }),
);
