import { makeClasses } from "@deepcluster/test";
import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { pinnedBun } from "../bun.ts";
import { pack } from "./main.ts";
import { minNode } from "./manifest.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const example = "folder_to_clusters";

const run = async (cwd: string, command: string, ...args: string[]) => {
  const { code, stdout, stderr } = await new Deno.Command(command, {
    args,
    cwd,
    env: { NO_COLOR: "1", INIT_CWD: cwd },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  assert.equal(code, 0, `${command} ${args.join(" ")}: ${text(stderr)}`);
  return text(stdout);
};

const install = (folder: string, ...packages: string[]) =>
  run(
    folder,
    "npm",
    "install",
    "--prefer-offline",
    "--no-audit",
    "--no-fund",
    ...packages,
  );

/** Tries an engine. */
const probe = `
import { probeEngine } from "@deepcluster/gpu-backend";
import { Effect } from "effect";
const { flops, threads, version } = await Effect.runPromise(
  probeEngine({ engine: "onnx", provider: "cpu", threads: 1 }),
);
console.log(version + ", " + threads + " thread: " + (flops > 1e8));
`;

/** An empty project with a name of its own, and no code. */
const newProject = async (): Promise<string> => {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(
    join(folder, "package.json"),
    '{ "private": true, "type": "module" }',
  );
  return folder;
};

/** Starts a server, and asks it for its page and for a search. */
const servesSearch = async (
  cwd: string,
  command: string,
  ...args: string[]
) => {
  const server = new Deno.Command(command, {
    args,
    cwd,
    env: { INIT_CWD: cwd },
    stdout: "piped",
    stderr: "null",
  }).spawn();
  try {
    let text = "";
    for await (
      const part of server.stdout.pipeThrough(new TextDecoderStream())
    ) {
      text += part;
      if (text.includes("\n")) break;
    }
    const address = text.trim();
    assert.match(address, /^http:\/\/127\.0\.0\.1:\d+$/);
    for (const path of ["/", "/page/lit-html.js", "/openapi.json"]) {
      const page = await fetch(address + path);
      assert.equal(page.status, 200, path);
      assert.ok((await page.text()).length > 1000, path);
    }
    const found = await fetch(`${address}/api/search?image=1&top=3`);
    assert.equal((await found.json()).results.length, 3);
  } finally {
    server.kill("SIGTERM");
    await server.status;
  }
};

Deno.test("the packages install in an empty project and run under Node, Bun and Deno", async (t) => {
  const [runtimes, project] = [await newProject(), await newProject()];
  try {
    const tarballs = await pack(root, join(project, "dist"));
    await install(project, "--ignore-scripts", ...tarballs);
    await install(runtimes, `node@${minNode}.0`, `bun@${pinnedBun}`);
    const node = join(runtimes, "node_modules/.bin/node");
    const bun = join(runtimes, "node_modules/.bin/bun");

    await makeClasses(join(project, "photos"), 8);
    const code = await Deno.readTextFile(join(root, `examples/${example}.ts`));
    await Deno.writeTextFile(join(project, `${example}.ts`), code);
    await Deno.writeTextFile(
      join(project, `${example}.js`),
      ts.transpile(code, {
        module: ts.ModuleKind.ESNext,
        target: ts.ScriptTarget.ES2022,
      }),
    );
    for (
      const [name, ...command] of [
        ["Node", node, `${example}.js`],
        ["Bun", bun, `${example}.ts`],
        ["Deno", Deno.execPath(), "run", "-A", `${example}.ts`],
      ] as const
    ) {
      await t.step(`the README's example runs under ${name}`, async () => {
        await Deno.remove(join(project, "features.f32")).catch(() => {});
        await Deno.remove(join(project, "features.f32.rows")).catch(() => {});
        const [program, ...args] = command;
        const lines = (await run(project, program, ...args)).trim().split("\n");
        assert.equal(lines.length, 24);
        for (const line of lines) {
          assert.match(line, /^[012] (across|down|rings)\/\d+\.png$/);
        }
      });
    }

    await Deno.writeTextFile(join(project, "probe.js"), probe);
    for (
      const [name, ...command] of [
        ["Node", node],
        ["Bun", bun],
        ["Deno", Deno.execPath(), "run", "-A"],
      ] as const
    ) {
      await t.step(
        `an engine is tried in a process of its own under ${name}`,
        async () => {
          const [program, ...args] = command;
          const tried = await run(project, program, ...args, "probe.js");
          assert.match(tried, /^onnxruntime-node [\d.]+, 1 thread: true\n$/);
        },
      );
    }

    const deepcluster = (...args: string[]) =>
      run(project, node, "node_modules/.bin/deepcluster", ...args);
    await t.step("deepcluster --help lists every command", async () => {
      const help = await deepcluster("--help");
      for (const command of ["train", "demo", "evaluate", "model"]) {
        assert.match(help, new RegExp(`^ +${command} `, "m"));
      }
    });
    await t.step(
      "deepcluster trains, and evaluates what it trained",
      async () => {
        await deepcluster(
          ..."train photos --run run --network small --size 16 --clusters 3"
            .split(" "),
          ..."--pca 4 --epochs 1 --batch 8 --threads 1".split(" "),
        );
        const { figures } = JSON.parse(
          await deepcluster(..."evaluate nmi run photos --json".split(" ")),
        );
        assert.ok(figures.length > 0);
      },
    );
    await t.step(
      "deepcluster retrieve indexes, searches and serves",
      async () => {
        await deepcluster(
          ..."retrieve index pixels photos --size 16 --index index".split(" "),
        );
        const { results } = JSON.parse(
          await deepcluster(
            ..."retrieve query index photos/rings/000.png --top 3 --json"
              .split(" "),
          ),
        );
        assert.equal(results.length, 3);
        await servesSearch(
          project,
          node,
          "node_modules/.bin/deepcluster",
          ..."retrieve serve index --port 0".split(" "),
        );
      },
    );
    await t.step("no message tells to type what only a clone has", async () => {
      for (const app of ["trainer", "evaluator"]) {
        const folder =
          `node_modules/deepcluster/node_modules/@deepcluster/${app}`;
        for await (const { name } of Deno.readDir(join(project, folder))) {
          if (!name.endsWith(".js")) continue;
          const text = await Deno.readTextFile(join(project, folder, name));
          assert.ok(!text.includes("deno task"), name);
        }
      }
    });
  } finally {
    await Deno.remove(runtimes, { recursive: true });
    await Deno.remove(project, { recursive: true });
  }
});
