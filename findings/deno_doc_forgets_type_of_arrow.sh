#!/usr/bin/env bash
# `deno doc` drops the type that stands on a constant when its value is an arrow.
#
# Version: deno 2.9.6.
# Guess: `const f: (a: number) => string = …` is documented with its parameter
# and result, whatever stands to the right of the equals sign.
# Seen: with a call to the right, the stated type is shown; with an arrow, the
# constant becomes a function whose parameters and result have no type, and the
# API page shows `(a)`. Types must then stand in the arrow itself.
#
#   byCall: variable, type (a: number) => string
#   byArrow: function, parameter without a type, result without a type
#   inArrow: function, parameter number, result string
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
expected=$(sed -n "s/^#   \([^ ]\)/\1/p" "$0")
cd "$folder"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund deno@2.9.6
cat > mod.ts <<'TS'
const made = (f: (a: number) => string): (a: number) => string => f;
/** A call. */
export const byCall: (a: number) => string = made((a) => String(a));
/** An arrow below a stated type. */
export const byArrow: (a: number) => string = (a) => String(a);
/** An arrow with types of its own. */
export const inArrow = (a: number): string => String(a);
TS
DENO_NO_UPDATE_CHECK=1 npx deno doc --json mod.ts > doc.json
cat > show.mjs <<'JS'
import { readFileSync } from "node:fs";
const { nodes } = JSON.parse(readFileSync("doc.json", "utf8"));
const { symbols } = Object.values(nodes)[0];
for (const name of ["byCall", "byArrow", "inArrow"]) {
  const { declarations: [{ kind, def }] } = symbols
    .find((symbol) => symbol.name === name);
  const of = (type) => type?.repr || "without a type";
  if (kind === "function") {
    const [parameter] = def.params;
    console.log(
      `${name}: function, parameter ${of(parameter.tsType)}, ` +
        `result ${of(def.returnType)}`,
    );
  } else {
    const [{ name: word, tsType }] = def.tsType.value.params;
    console.log(
      `${name}: ${kind}, type (${word}: ${of(tsType)}) => ` +
        of(def.tsType.value.tsType),
    );
  }
}
JS
node show.mjs > seen
cat seen
diff <(echo "$expected") seen && echo "As before"
