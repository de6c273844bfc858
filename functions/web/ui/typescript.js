// Lets Node run the TypeScript of this folder, tests included, as it is: node --import ./typescript.js. Types are dropped, not checked; `npm run
// check` does that. Later versions of Node do this themselves, but for JSX and for imports without an extension, which bundlers want.

import { readFile } from "node:fs/promises";
import { register } from "node:module";
import { fileURLToPath } from "node:url";
import { isMainThread } from "node:worker_threads";

if (isMainThread) register(import.meta.url);

const extensions = [".ts", ".tsx"];

export async function resolve(specifier, context, next) {
  try {
    return await next(specifier, context);
  } catch (error) {
    if (error.code !== "ERR_MODULE_NOT_FOUND" || !specifier.startsWith(".")) throw error;
    for (const extension of extensions) {
      const found = await next(specifier + extension, context).catch(() => null);
      if (found) return found;
    }
    throw error;
  }
}

export async function load(url, context, next) {
  if (!url.startsWith("file:") || !extensions.some((extension) => new URL(url).pathname.endsWith(extension))) return next(url, context);
  const { default: typescript } = await import("typescript");
  const { outputText } = typescript.transpileModule(await readFile(fileURLToPath(url), "utf8"), {
    fileName: fileURLToPath(url),
    compilerOptions: {
      target: typescript.ScriptTarget.ES2023,
      module: typescript.ModuleKind.ESNext,
      jsx: typescript.JsxEmit.ReactJSX,
      jsxImportSource: "preact",
      verbatimModuleSyntax: true,
      inlineSourceMap: true,
      inlineSources: true,
    },
  });
  return { format: "module", source: outputText, shortCircuit: true };
}
