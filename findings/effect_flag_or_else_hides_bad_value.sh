#!/usr/bin/env bash
# Flag.orElse of Effect's command line hides a value that cannot be parsed.
#
# Versions: effect 4.1.0, @effect/platform-node 4.1.0.
# Guess: with `Flag.orElse`, a flag has two spellings, and a value that cannot
# be parsed is reported whichever of them was typed.
# Seen: any failure of the first flag, a bad value too, counts as its absence.
# `--new x` then asks for `--old`, and behind Flag.optional there is no error at
# all: the command runs as if nothing had been typed.
#
#   --new 3 -> Some 3
#   --old 4 -> Some 4
#   --new x -> None
#   --old x -> fails: Invalid value for flag --old
#   alone --new x -> fails: Invalid value for flag --new
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
import { Console, Effect, Option } from "effect";
import { Command, Flag } from "effect/cli";

const alone = Flag.Int("new").pipe(Flag.optional);
const both = Flag.Int("new").pipe(
  Flag.orElse(() => Flag.Int("old")),
  Flag.optional,
);
const lines = ["--new 3", "--old 4", "--new x", "--old x", "alone --new x"];
for (const line of lines) {
  const number = line.startsWith("alone") ? alone : both;
  const command = Command.make("show", { number }, ({ number }) =>
    Console.log(
      `${line} -> ` +
        (Option.isSome(number) ? `Some ${number.value}` : "None"),
    ));
  await Effect.runPromise(
    Command.runWith(command, { version: "1", renderErrors: false })(
      line.replace("alone ", "").split(" "),
    ).pipe(
      Effect.catch((error) => {
        const [, start] = /(Invalid value for flag --\w+)/.exec(
          [error.message, ...(error.errors ?? []).map(String)].join(" "),
        ) ?? [, error.message];
        return Console.log(`${line} -> fails: ${start}`);
      }),
      Effect.provide(NodeServices.layer),
    ),
  );
}
JS
node show.mjs 2> /dev/null | grep -- '->' > seen
cat seen
diff <(echo "$expected") seen && echo "As before"
