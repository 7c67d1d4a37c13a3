/**
 * A folder for the time of a test.
 *
 * @module
 */
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem";
import { Effect, FileSystem } from "effect";

/** An empty folder, removed with the scope. */
export const temporaryFolder = FileSystem.FileSystem.pipe(
  Effect.flatMap((disk) => disk.makeTempDirectoryScoped()),
  Effect.provide(NodeFileSystem.layer),
);
