/**
 * Rules of this repository that the linter checks: `deno lint`.
 *
 * Libs fail through Effects, and take time, chance and the outside world from
 * services or arguments, so that a run can be repeated and resumed. They leave
 * the choice of a service's layer to the app. Their tests may do as they like,
 * and what runs in a browser has neither Effect nor services.
 * Everywhere, an import names what it imports, so that
 * `check_imports.ts` sees it.
 *
 * @module
 */
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { isBrowserCode, isTestCode, projectOf } from "./ranks.ts";

type Visitor = Deno.lint.LintVisitor;

const root = fileURLToPath(new URL("..", import.meta.url));

/** A rule for the code of libs; tests and what browsers run are left alone. */
const inLibs = (visit: (context: Deno.lint.RuleContext) => Visitor) => ({
  create: (context: Deno.lint.RuleContext): Visitor => {
    const path = relative(root, context.filename);
    return projectOf(path).kind === "lib" && !isTestCode(path) &&
        !isBrowserCode(path)
      ? visit(context)
      : {};
  },
});

const noThrow = inLibs((context) => ({
  ThrowStatement: (node) =>
    context.report({
      node,
      message: "Cannot throw in a lib as failures are typed",
      hint: "Fail with a tagged error of the lib's errors.ts, or Effect.die",
    }),
}));

const noTry = inLibs((context) => ({
  TryStatement: (node) =>
    context.report({
      node,
      message: "Cannot use try in a lib as failures are typed",
      hint: "Use Effect.try or Effect.tryPromise, and Effect.catch",
    }),
}));

/** What a lib takes from a service or an argument instead, by global name. */
const ambient: Readonly<Record<string, string>> = {
  "Date.now": "Use Clock.currentTimeMillis",
  "performance.now": "Use Clock.currentTimeNanos",
  "Math.random": "Use draws() of @deepcluster/core",
};

const noAmbient = inLibs((context) => ({
  MemberExpression: (node) => {
    if (node.object.type !== "Identifier") return;
    if (node.property.type !== "Identifier") return;
    const object = node.object.name;
    const name = `${object}.${node.property.name}`;
    const hint = object === "console"
      ? "Return figures; printing is the app's"
      : object === "Deno"
      ? "Use a node: module, which Bun has too"
      : ambient[name];
    if (hint === undefined) return;
    context.report({ node, message: `Cannot use ${name} in a lib`, hint });
  },
}));

const noPromise = inLibs((context) => {
  const check = (node: Deno.lint.Node) =>
    context.report({
      node,
      message: "Cannot hand out promises from a lib as failures are typed",
      hint: "Export an Effect; wrap foreign promises in Effect.tryPromise",
    });
  const checkExported = (node: Deno.lint.Node) => {
    const around = context.sourceCode.getAncestors(node).map((a) => a.type);
    if (/^Program,ExportNamedDeclaration(,Variable\w+)*$/.test(`${around}`)) {
      check(node);
    }
  };
  return {
    "ArrowFunctionExpression[async=true]": checkExported,
    "FunctionDeclaration[async=true]": checkExported,
    "FunctionExpression[async=true]": checkExported,
    "NewExpression[callee.name=Promise]": check,
  };
});

/** Effects require the services of other libs; apps provide them. */
const noProvidedLayer = inLibs((context) => {
  const imported = new Set<string>();
  return {
    ImportDeclaration: (node) => {
      if (!node.source.value.startsWith("@deepcluster/")) return;
      node.specifiers.forEach(({ local }) => imported.add(local.name));
    },
    "CallExpression[callee.object.name=Effect][callee.property.name=provide]": (
      node: Deno.lint.CallExpression,
    ) => {
      const text = node.arguments.map((a) => context.sourceCode.getText(a));
      const layer = `${text}`.match(/\b(\w+)\.layer\w*|\blayer\w+/g)
        ?.find((name) => imported.has(name.split(".")[0]!));
      if (layer === undefined) return;
      context.report({
        node,
        message: `Cannot provide ${layer} of another lib in a lib`,
        hint: "Require the service; the app provides its layer",
      });
    },
  };
});

const noComputedImport: Deno.lint.Rule = {
  create: (context) => ({
    ImportExpression: (node) => {
      if (node.source.type === "Literal") return;
      context.report({
        node,
        message: "Cannot import a computed name as checks must see it",
        hint: "Import a literal name",
      });
    },
  }),
};

const noBooleanFlag: Deno.lint.Rule = {
  create: (context) => ({
    "MemberExpression[object.name=Flag][property.name=Boolean]": (node) =>
      context.report({
        node,
        message: "Cannot use Flag.Boolean as it takes the next word for its " +
          "value when that is `yes`, `1` or `off`",
        hint: "Use switchFlag() of @deepcluster/terminal",
      }),
  }),
};

const plugin: Deno.lint.Plugin = {
  name: "deepcluster",
  rules: {
    "no-throw": noThrow,
    "no-try": noTry,
    "no-ambient": noAmbient,
    "no-promise": noPromise,
    "no-provided-layer": noProvidedLayer,
    "no-computed-import": noComputedImport,
    "no-boolean-flag": noBooleanFlag,
  },
};

export default plugin;
