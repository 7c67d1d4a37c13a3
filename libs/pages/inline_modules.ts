/**
 * ES modules as one script, for pages that are one file.
 *
 * Each module becomes a function that is called once, in the order that the
 * modules import each other, so names at the top of two modules cannot meet.
 * Only the forms that our formatted code has are known: named imports, and
 * `export` before a declaration or with names in braces.
 *
 * @module
 */
import { basename } from "node:path";

/**
 * Writes modules and all that they import as one script.
 *
 * @param entries Names of the modules to run, such as `map.js`.
 * @param sources Text of each module by name; every import must be in it.
 * @returns The text of a script; the same for the same input.
 */
export const inlineModules = (
  entries: readonly string[],
  sources: ReadonlyMap<string, string>,
): string => {
  const ordered = new Set<string>();
  const visit = (name: string) => {
    if (ordered.has(name)) return;
    for (const imported of importedBy(sources.get(name)!)) visit(imported);
    ordered.add(name);
  };
  entries.forEach(visit);
  return [...ordered].map((name) => asFunction(name, sources.get(name)!))
    .join("\n");
};

/**
 * Lists the modules that a module imports.
 *
 * @param source Its text.
 * @returns Their names, such as `box.js` of `./box.js`.
 */
export const importedBy = (source: string): string[] =>
  Array.from(source.matchAll(importForm), ([, , from]) => basename(from!));

/** Names, where there are any, and from where. */
const importForm = /^import\s*(?:\{([^}]*)\}\s*from\s*)?"([^"]+)";/gm;

const asFunction = (name: string, source: string): string => {
  const exported: string[] = [];
  const body = source
    .replaceAll(
      importForm,
      (_, names: string | undefined, from: string) =>
        names === undefined
          ? ""
          : `const {${names.replaceAll(/ as /g, ": ")}} = ${variableOf(from)};`,
    )
    .replaceAll(
      /^export (?=(?:const|let|class|function|async function) ([\w$]+))/gm,
      (_, exportedName: string) => {
        exported.push(exportedName);
        return "";
      },
    )
    .replaceAll(/export\s*\{([^}]*)\};?/g, (_, names: string) => {
      exported.push(
        ...names.split(",").map((pair) => {
          const [inside, outside = inside] = pair.trim().split(" as ");
          return outside === inside ? inside! : `${outside}: ${inside}`;
        }).filter((text) => text !== ""),
      );
      return "";
    })
    .replaceAll(/^\/\/# sourceMappingURL=.*$/gm, "");
  return `const ${variableOf(name)} = (() => {\n${body.trim()}\nreturn { ${
    exported.join(", ")
  } };\n})();`;
};

const variableOf = (name: string): string =>
  basename(name).replaceAll(/\W/g, "_");
