import assert from "node:assert/strict";
import { ranks } from "./ranks.ts";

const read = (path: string) =>
  Deno.readTextFile(new URL(`../${path}`, import.meta.url));

const libs = () =>
  [...Deno.readDirSync(new URL("../libs", import.meta.url))]
    .map((entry) => entry.name).sort();

Deno.test("Every lib has a rank, and the name of its folder", async () => {
  for (const name of libs()) {
    assert(ranks.has(name), `tools/ranks.ts lacks ${name}`);
    const config = JSON.parse(await read(`libs/${name}/deno.json`));
    assert.equal(config.name, `@deepcluster/${name}`);
  }
});

Deno.test("The root's deno.json lists every lib and app: patterns cost each start 10 ms", async () => {
  const { workspace } = JSON.parse(await read("deno.json"));
  const apps = [...Deno.readDirSync(new URL("../apps", import.meta.url))]
    .map((entry) => `./apps/${entry.name}`).sort();
  const all = [...libs().map((name) => `./libs/${name}`), ...apps];
  assert.deepEqual(
    workspace.filter((member: string) => /^.\/(libs|apps)\//.test(member)),
    all,
  );
});

Deno.test("Every lib and app states the version of the root's deno.json", async () => {
  const { version } = JSON.parse(await read("deno.json"));
  for (const top of ["libs", "apps"]) {
    for (
      const { name } of Deno.readDirSync(new URL(`../${top}`, import.meta.url))
    ) {
      const config = JSON.parse(await read(`${top}/${name}/deno.json`));
      assert.equal(config.version, version, name);
    }
  }
  assert.match(
    await read("libs/terminal/version.ts"),
    new RegExp(`"${version}"`),
  );
  assert.match(await read("CHANGELOG.md"), new RegExp(`\\n## ${version}\\n`));
});

Deno.test("ARCHITECTURE.md lists every lib at its rank", async () => {
  const rows = (await read("ARCHITECTURE.md")).split("\n")
    .map((line) => line.split("|").map((cell) => cell.trim()))
    .filter((cells) => /^\d+$/.test(cells[1] ?? ""));
  const listed = rows.flatMap(([, rank, names = ""]) =>
    [...names.matchAll(/`(.+?)`/g)].map(([, name]) => `${rank} ${name}`)
  );
  for (const name of libs()) {
    assert(listed.includes(`${ranks.get(name)} ${name}`), `${name} differs`);
  }
});

Deno.test("The lock files name no registry, so that mirrors work", async () => {
  const others = ["tools/nx/deno.lock", "comparisons/baselines/npm/deno.lock"];
  for (const path of ["deno.lock", ...others]) {
    assert.doesNotMatch(await read(path), /https?:\/\//);
  }
});

/** Documents of the workspace, relative to its root. */
const documents = (folder = ""): string[] =>
  [...Deno.readDirSync(new URL(`../${folder}`, import.meta.url))].flatMap(
    ({ name, isDirectory }) => {
      if (/^\.|^(node_modules|runs|data)$/.test(name)) return [];
      const path = `${folder}${name}`;
      if (isDirectory) return documents(`${path}/`);
      return name.endsWith(".md") ? [path] : [];
    },
  );

const exists = (url: URL) => Deno.stat(url).then(() => true, () => false);

Deno.test("Links in the documents lead to files that exist", async () => {
  for (const path of documents()) {
    const here = new URL(`../${path}`, import.meta.url);
    for (const [, link] of (await read(path)).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^(https?:|#)/.test(link!)) continue;
      const file = new URL(link!.split("#")[0]!, here);
      assert(await exists(file), `${path} links to ${link}`);
    }
  }
});

Deno.test("PAPER.md and the manual of the libs name only files and functions that exist", async () => {
  const paper = await read("PAPER.md");
  const paths = paper.matchAll(/`((?:libs|apps|tools)\/[^`]+)`/g);
  for (const [, path] of paths) {
    assert(
      await exists(new URL(`../${path}`, import.meta.url)),
      `${path} is gone`,
    );
  }
  const exported = (await Promise.all(
    libs().map(async (lib) => {
      const entry = await read(`libs/${lib}/mod.ts`);
      const whole = entry.matchAll(/^export \* from "\.\/(.+)";$/gm);
      const files = [...whole].map(([, file]) => read(`libs/${lib}/${file}`));
      return [entry, ...await Promise.all(files)].join("\n");
    }),
  )).join("\n");
  const [, table] = paper.split("## Theirs → ours\n");
  const [rows] = table!.split("\n## ");
  const [, libTable] = (await read("docs/library.md")).split("## Which lib");
  const [libRows] = libTable!.split("\n## ");
  const column = (text: string, number: number) =>
    text.split("\n").map((line) => line.split("|")[number] ?? "");
  const ours = [...column(rows!, 2), ...column(libRows!, 3)];
  const members = [
    "assign",
    "centroids",
    "iterations",
    "loss",
    "resume",
    "seed",
  ];
  for (const [, name] of ours.join("\n").matchAll(/`([A-Za-z]\w+)`/g)) {
    if (members.includes(name!)) continue;
    assert.match(exported, new RegExp(`\\b${name}\\b`), `${name} is gone`);
  }
});
