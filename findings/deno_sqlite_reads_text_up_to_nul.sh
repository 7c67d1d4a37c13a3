#!/usr/bin/env bash
# The same program on node:sqlite reads other keys under Deno than under Node.
#
# Versions: Deno 2.9.6, Node 24.21.0, Bun 1.4.4.
# Keys of two parts are often joined by the character U+0000, which stands in no
# file name: `run\0epoch`. SQLite stores such texts whole, with their length.
# Guess: what one wrote is what one reads, under all three, as `node:sqlite` is
# one API.
# Seen: Deno stores the text whole, and groups and compares it whole in SQL, but
# what it hands back ends before the first U+0000. Two rows of two keys become
# two rows of the same key, a Map keeps one of them, and the key that was read
# no longer finds its row. Node 24 and Bun give the whole text.
# And an ArrayBuffer as the only value (what `file.arrayBuffer()` gives), which
# Node stores as a blob, is taken for named values by Deno and Bun, who store
# NULL without a word; a Uint8Array is a blob under all three.
#
#   node: 2 groups, 2 keys in a Map, key found again: 1
#   node: ArrayBuffer stored as blob, Uint8Array as blob
#   deno: 2 groups, 1 keys in a Map, key found again: 0
#   deno: ArrayBuffer stored as null, Uint8Array as blob
#   bun: 2 groups, 2 keys in a Map, key found again: 1
#   bun: ArrayBuffer stored as null, Uint8Array as blob
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
expected=$(sed -n "s/^#   \([^ ]\)/\1/p" "$0")
cd "$folder"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund node@24.21.0 deno@2.9.6 bun@1.4.4
cat > keys.mjs <<'JS'
import { DatabaseSync } from "node:sqlite";

const database = new DatabaseSync(":memory:");
database.exec("create table losses (key text, loss real)");
const insert = database.prepare("insert into losses values (?, ?)");
insert.run("run\0one", 1.5);
insert.run("run\0two", 2.5);
const rows = database
  .prepare("select key, sum(loss) as loss from losses group by key").all();
const byKey = new Map(rows.map(({ key, loss }) => [key, loss]));
const found = database
  .prepare("select count(*) as count from losses where key = ?")
  .get(rows[0].key).count;
const { deno, bun } = process.versions;
const name = deno !== undefined ? "deno" : bun !== undefined ? "bun" : "node";
console.log(
  `${name}: ${rows.length} groups, ${byKey.size} keys in a Map, ` +
    `key found again: ${found}`,
);
const storedAs = (value) =>
  database.prepare("select typeof(?) as type").get(value).type;
const bytes = Uint8Array.from([1, 2, 3]);
console.log(
  `${name}: ArrayBuffer stored as ${storedAs(bytes.buffer)}, ` +
    `Uint8Array as ${storedAs(bytes)}`,
);
JS
bin=node_modules/.bin
{
  "$bin/node" keys.mjs
  "$bin/deno" run --allow-all keys.mjs
  "$bin/bun" keys.mjs
} > seen 2> errors || { cat errors; exit 1; }
cat seen
diff <(echo "$expected") seen && echo "As before"
