#!/usr/bin/env bash
# A boolean flag of Effect's command line takes the next word for its value.
#
# Versions: effect 4.1.0, @effect/platform-node 4.1.0.
# Guess: `list --json yes` lists the folder `yes` as JSON, since `--json` is a
# switch, and a value would be given as `--json=false`.
# Seen: a next word that reads like a truth value (yes, no, on, off, 1, 0, y, n,
# true, false) is swallowed, and the argument is gone: the default is listed
# instead, without an error. Folders of classes and parts of data are often
# named 0, 1, yes, no. Flag.withOptionalValue("true") makes the flag look at `=`
# alone, as in the last line.
#
#   --json photos -> json true, folder photos
#   --json yes -> json true, folder .
#   --json 0 -> json false, folder .
#   yes --json -> json true, folder yes
#   --strict 0 -> strict true, folder 0
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
expected=$(sed -n "s/^#   \([^ ]\)/\1/p" "$0")
cd "$folder"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund --ignore-scripts \
  effect@4.1.0 @effect/platform-node@4.1.0
cat > show.mjs <<'JS'
import * as NodeServices from "@effect/platform-node/NodeServices";
import { Console, Effect } from "effect";
import { Argument, Command, Flag } from "effect/cli";

const folder = Argument.String("folder").pipe(Argument.withDefault("."));
const json = Flag.Boolean("json").pipe(Flag.withDefault(false));
const strict = Flag.Boolean("strict").pipe(
  Flag.withOptionalValue("true"),
  Flag.withDefault(false),
);
const lines = ["--json photos", "--json yes", "--json 0", "yes --json"];
for (const line of [...lines, "--strict 0"]) {
  const name = line.includes("strict") ? "strict" : "json";
  const command = Command.make("list", { json, strict, folder }, (found) =>
    Console.log(
      `${line} -> ${name} ${found[name]}, folder ${found.folder}`,
    ));
  await Effect.runPromise(
    Command.runWith(command, { version: "1" })(line.split(" ")).pipe(
      Effect.provide(NodeServices.layer),
    ),
  );
}
JS
node show.mjs > seen
cat seen
diff <(echo "$expected") seen && echo "As before"
