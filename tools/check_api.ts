/**
 * Checks what the API pages will show: `deno task check:api`.
 *
 * Every exported constant and function of a lib states its type, so that the
 * pages show parameters, results and errors; every function documents each
 * parameter and what it returns. This is Deno's `no-slow-types` without its rule
 * on superclasses: an error that extends `Schema.TaggedError` lists its fields
 * where it is declared, and the pages show those.
 *
 * @module
 */
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { moduleNames, readWorkspace } from "./pack/workspace.ts";
import { projectOf } from "./ranks.ts";
import { report } from "./report.ts";

/**
 * Checks the exports of libs.
 *
 * @param root Folder that holds the workspace's `deno.json`.
 * @param entries Main modules of the libs, relative to the root.
 * @returns One line for each broken rule.
 */
export const checkApi = async (
  root: string,
  entries: readonly string[],
): Promise<string[]> => {
  const doc = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--json", ...entries],
    cwd: root,
  }).output();
  if (!doc.success) {
    const reason = new TextDecoder().decode(doc.stderr);
    return [`Cannot read the docs of the libs: ${reason}`];
  }
  const { nodes }: Doc = JSON.parse(new TextDecoder().decode(doc.stdout));
  return Object.values(nodes).flatMap(({ symbols }) =>
    symbols.flatMap(({ name, declarations }) =>
      declarations
        .filter(({ declarationKind }) => declarationKind === "export")
        .flatMap((declaration) => {
          const { filename, line } = declaration.location;
          const file = relative(root, fileURLToPath(filename));
          return brokenRules(declaration).map((rule) =>
            `${file}:${line + 1}: Cannot export ${name} as ${rule}`
          );
        })
    )
  );
};

const brokenRules = ({ kind, def, jsDoc }: Declaration): string[] => {
  const untyped = kind === "variable" && def?.tsType === undefined ||
    kind === "function" && def?.returnType === undefined;
  if (untyped) return ["its type must stand at its name"];
  const signature = kind === "function" ? def : def?.tsType?.value;
  if (signature?.params === undefined || kind === "typeAlias") return [];
  const tags = jsDoc?.tags ?? [];
  const documented = tags.filter((tag) => tag.kind === "param");
  const result = signature.returnType ?? signature.tsType;
  return [
    ...documented.length >= signature.params.length ? [] : [
      `each parameter must have its @param: ${documented.length} of ` +
      `${signature.params.length} have one`,
    ],
    ...result?.repr === "void" || tags.some((tag) => tag.kind === "return")
      ? []
      : ["what it returns must have its @returns"],
  ];
};

/** The part that matters here of what `deno doc --json` prints. */
interface Doc {
  readonly nodes: Readonly<
    Record<string, {
      readonly symbols: readonly {
        readonly name: string;
        readonly declarations: readonly Declaration[];
      }[];
    }>
  >;
}

interface Declaration {
  readonly kind: string;
  readonly declarationKind: string;
  readonly location: { readonly filename: string; readonly line: number };
  readonly jsDoc?: { readonly tags?: readonly { readonly kind: string }[] };
  readonly def?: Signature & {
    readonly tsType?: { readonly repr?: string; readonly value?: Signature };
  };
}

/** Of a function, or of a constant whose type is that of a function. */
interface Signature {
  readonly params?: readonly unknown[];
  readonly returnType?: { readonly repr?: string };
  readonly tsType?: { readonly repr?: string };
}

if (import.meta.main) {
  const { members } = await readWorkspace(Deno.cwd());
  const libs = members.filter(({ root }) =>
    projectOf(`${root}/x`).kind === "lib"
  );
  const modules = [...moduleNames(libs).values()].sort();
  report("api", await checkApi(Deno.cwd(), modules));
}
