/**
 * The program `deepcluster`, as npm installs it: looks whether the runtime will
 * do, and runs the commands.
 *
 * @module
 */
import process from "node:process";

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 22 || major === 22 && minor < 13) {
  console.error(
    `Cannot run as Node must be 22.13 or newer: current version is ` +
      process.versions.node,
  );
  process.exit(1);
}

// Node calls its SQLite experimental, which is no news to the user.
const { emitWarning } = process;
process.emitWarning = (warning: string | Error, ...more: unknown[]) => {
  if (more[0] === "ExperimentalWarning") return;
  Reflect.apply(emitWarning, process, [warning, ...more]);
};

await import("./commands.ts");
