/**
 * Packs all that the GPU check needs on a machine without Deno, Node or a
 * network: `deno task gpu-check:pack OUT.tar.xz`.
 *
 * The archive is a small checkout: the modules of the check, the npm packages
 * that those import, the Deno that runs this, Vulkan's loader, `run.sh`. Equal
 * inputs make an equal archive, byte by byte.
 *
 * `--cuda` also packs ONNX Runtime's libraries for CUDA, which
 * `deno task engine:install onnx-cuda` installs, in parts.
 *
 * @module
 */
import { refuse } from "@deepcluster/benchmarks/measure";
import { providerLibraries, runtimeFolder } from "@deepcluster/gpu-backend";
import { basename, dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { contentsOf, isNeeded } from "./contents.ts";
import { unpackCurand, unpackLoader } from "./packed_libraries.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Folder that the archive unpacks to. */
const folderName = "gpu-check";

/** Programs that the check starts, relative to the root. */
const entries = [
  "tools/gpu_check/main.ts",
  "tools/gpu_check/worker.ts",
  "tools/gpu_check/adapter.ts",
  "libs/gpu-backend/conformance/selected_engine_testing.ts",
];

/** Files that are no modules: PyTorch's side and the command. */
const others = [
  "tools/gpu_check/torch_baseline.py",
  "comparisons/baselines/python/torch_networks.py",
  "comparisons/baselines/python/shared_files.py",
];

/** Packages that packages name and nothing here loads. */
const neverLoaded = /^(@types\+|@redis\+|redis@|undici|adm-zip|global-agent)/;

/** Binaries for a C library that PyTorch does not run on. */
const musl = /linuxmusl/;

const pack = async (out: string): Promise<void> => {
  if (Deno.build.target !== "x86_64-unknown-linux-gnu") {
    throw new Error(
      `Cannot pack as this must be x86-64 Linux, whose Deno is packed: ` +
        `current value is ${Deno.build.target}`,
    );
  }
  const staging = await Deno.makeTempDir({ prefix: "gpu-check-" });
  try {
    const folder = join(staging, folderName);
    const parts = {
      "Deno": await copyDeno(folder),
      "Vulkan's loader": await unpackLoader(join(folder, "lib")),
      ...await copyContents(folder),
    };
    await archive(staging, out);
    for (const [name, bytes] of Object.entries(parts)) {
      console.log(`${megabytes(bytes)}  ${name}`);
    }
    const { size } = await Deno.stat(out);
    console.log(`${megabytes(size)}  ${out}, compressed`);
  } finally {
    await Deno.remove(staging, { recursive: true });
  }
};

/** A part is small enough for what carries files of 60 MB at most. */
const partBytes = 55_000_000;

/** Packs the libraries for CUDA, to be unpacked over the check's own folder. */
const packCuda = async (out: string): Promise<void> => {
  const staging = await Deno.makeTempDir({ prefix: "gpu-check-" });
  try {
    for (const name of providerLibraries) {
      const path = join(runtimeFolder(), name);
      await copy(path, join(staging, folderName, relative(root, path)))
        .catch(() => {
          throw new Error(
            `Cannot pack CUDA as ${name} must be installed: run deno task ` +
              `engine:install onnx-cuda first`,
          );
        });
    }
    await unpackCurand(join(staging, folderName, "lib", "cuda"));
    await archive(staging, out);
    await run("split", [
      ...[`--bytes=${partBytes}`, "--numeric-suffixes"],
      ...[resolve(out), `${resolve(out)}.`],
    ]);
    await Deno.remove(out);
    console.log(`To unpack: cat ${basename(out)}.* | tar xJ`);
  } finally {
    await Deno.remove(staging, { recursive: true });
  }
};

const copyDeno = async (folder: string): Promise<number> => {
  await copy(Deno.execPath(), join(folder, "bin", "deno"));
  return (await Deno.stat(Deno.execPath())).size;
};

/** Copies modules and packages; returns the bytes of each kind. */
const copyContents = async (folder: string) => {
  const { modules, packages } = await contentsOf(root, entries);
  let moduleBytes = 0;
  for (const path of [...modules, ...others]) {
    moduleBytes += await copy(join(root, path), join(folder, path));
  }
  await copy(join(root, "tools/gpu_check/run.sh"), join(folder, "run.sh"));
  await writeConfigs(folder, modules);
  let [packageBytes, onnxBytes] = [0, 0];
  const kept = packages.filter((name) =>
    !neverLoaded.test(name) && !musl.test(name)
  );
  for (const name of kept) {
    const bytes = await copyPackage(folder, name);
    if (name.startsWith("onnxruntime-node@")) onnxBytes += bytes;
    else packageBytes += bytes;
  }
  return {
    "ONNX Runtime with WebGPU": onnxBytes,
    "other npm packages": packageBytes,
    "modules": moduleBytes,
  };
};

/** The workspace of what is packed, which is never installed anew. */
const writeConfigs = async (folder: string, modules: readonly string[]) => {
  const { version, imports, compilerOptions } = JSON.parse(
    await Deno.readTextFile(join(root, "deno.json")),
  );
  const members = new Set(
    modules.map((path) => /^(libs\/[^/]+|test|benchmarks)\//.exec(path)?.[1])
      .filter((member) => member !== undefined),
  );
  for (const member of members) {
    await copy(
      join(root, member, "deno.json"),
      join(folder, member, "deno.json"),
    );
  }
  const config = {
    version,
    nodeModulesDir: "manual",
    lock: false,
    workspace: [...members].sort().map((member) => `./${member}`),
    imports,
    compilerOptions,
  };
  await Deno.writeTextFile(
    join(folder, "deno.json"),
    JSON.stringify(config, null, 2) + "\n",
  );
};

/** Copies a package with its links to others, and the link that names it. */
const copyPackage = async (folder: string, name: string): Promise<number> => {
  const source = join(root, "node_modules", ".deno", name, "node_modules");
  const target = join(folder, "node_modules", ".deno", name, "node_modules");
  let bytes = 0;
  const walk = async (path: string) => {
    for await (const entry of Deno.readDir(join(source, path))) {
      const at = join(path, entry.name);
      if (entry.isDirectory) await walk(at);
      else if (entry.isSymlink) await copyLink(source, target, at);
      else if (isNeeded(at)) {
        bytes += await copy(join(source, at), join(target, at));
      }
    }
  };
  await walk("");
  const own = name.replace(/^(@?[^@]+)@.*$/, "$1").replace("+", "/");
  const link = join(folder, "node_modules", own);
  const up = own.includes("/") ? "../.deno" : ".deno";
  await Deno.mkdir(dirname(link), { recursive: true });
  await Deno.symlink(join(up, name, "node_modules", own), link);
  return bytes;
};

const copyLink = async (source: string, target: string, path: string) => {
  const to = await Deno.readLink(join(source, path));
  // Such as what engine:install linked beside ONNX Runtime.
  if (to.startsWith("/")) return;
  if (neverLoaded.test(to.replace(/^.*\.deno\//, ""))) return;
  await Deno.mkdir(dirname(join(target, path)), { recursive: true });
  await Deno.symlink(to, join(target, path));
};

const copy = async (from: string, to: string): Promise<number> => {
  await Deno.mkdir(dirname(to), { recursive: true });
  await Deno.copyFile(from, to);
  return (await Deno.stat(to)).size;
};

/** With the filter for x86 code the archive is a tenth smaller. */
const compressor = "xz --x86 --lzma2=preset=9e -T1";

/** Files in order, with one date and no owner, so that equal is equal. */
const archive = async (staging: string, out: string): Promise<void> => {
  await Deno.mkdir(dirname(resolve(out)), { recursive: true });
  await run("tar", [
    ...["--create", "--sort=name", "--mtime=@0", "--owner=0", "--group=0"],
    ...["--numeric-owner", "--mode=a+rX,u+w,go-w", "--format=gnu"],
    ...[`--use-compress-program=${compressor}`, `--file=${resolve(out)}`],
    ...[`--directory=${staging}`, folderName],
  ]);
};

const run = async (program: string, args: readonly string[]) => {
  const { success } = await new Deno.Command(program, { args: [...args] })
    .spawn().status;
  if (!success) throw new Error(`${program} failed: see above`);
};

const megabytes = (bytes: number): string =>
  `${(bytes / 1e6).toFixed(1)} MB`.padStart(9);

const usage = `Packs the GPU check for a machine without Deno or a network.

  deno task gpu-check:pack [OUT.tar.xz]
  --cuda            also packs ONNX Runtime's libraries for CUDA, in parts`;

/** What was typed; an unknown flag ends the command with the usage. */
const typed = () => {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        cuda: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
  } catch (error) {
    return refuse(`${(error as Error).message}\n\n${usage}`);
  }
};

if (import.meta.main) {
  const { values, positionals: [out = "dist/gpu-check.tar.xz"] } = typed();
  if (values.help) console.log(usage);
  else {
    await pack(out);
    const parts = out.replace(/(\.tar\.xz)?$/, "-cuda.tar.xz");
    if (values.cuda) await packCuda(parts);
  }
}
