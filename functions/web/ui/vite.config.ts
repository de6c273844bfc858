import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { defineConfig, type Plugin, type Rolldown } from "vite";

/** What the first visit to a page may weigh, zipped, with all that signing in loads later, in bytes. */
const budgets: Record<string, number> = { "i.html": 60_000 };

/**
 * The pages, by the mode that builds each. They are built one by one, so that the page that most people see once carries nothing of what
 * only the other needs: neither its texts nor its parts.
 */
const pages: Record<string, string> = { invite: "i.html", admin: "index.html" };

export default defineConfig(({ mode }) => ({
  appType: "mpa",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  logLevel: "warn",
  build: {
    // The first versions with light-dark(); CSS nesting and layers are older.
    target: ["chrome123", "firefox120", "safari17.5"],
    rolldownOptions: {
      input: pages[mode] ?? Object.values(pages),
      // What screens share is one file, not one for each part.
      output: { codeSplitting: { groups: [{ name: "parts", test: /src\/(parts|lib)\//, minShareCount: 2 }] } },
    },
    emptyOutDir: mode === "invite", // the first of them
    // The page's policy allows no data: URLs, no scripts inside, and no other origin.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  plugins: [onlyDependencies(), compress()],
}));

/**
 * Fails if a file of a package is bundled that package-lock.json has for development alone: the release's bill of materials lists the others. What
 * Vite puts in by itself, a few lines that load parts later, is no file.
 */
function onlyDependencies(): Plugin {
  const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8")) as { packages: Record<string, { dev?: boolean }> };
  return {
    name: "only-dependencies",
    apply: "build",
    generateBundle(_, bundle) {
      for (const chunk of Object.values(bundle)) {
        for (const id of chunk.type === "chunk" ? chunk.moduleIds : []) {
          const name = /.*[/\\]node_modules[/\\]((?:@[^/\\]+[/\\])?[^/\\]+)/.exec(id)?.[1]?.replaceAll("\\", "/");
          const locked = packages[`node_modules/${name}`];
          if (name && (!locked || locked.dev)) this.error(`${name} is bundled, and is not among the dependencies of package.json`);
        }
      }
    },
  };
}

/** Writes each file gzipped and by Brotli beside itself, says what the pages weigh, and fails if one is over its budget. */
function compress(): Plugin {
  return {
    name: "compress",
    apply: "build",
    writeBundle({ dir = "dist" }, bundle) {
      const weight = new Map<string, number>();
      for (const { fileName } of Object.values(bundle)) {
        const content = readFileSync(join(dir, fileName));
        const zipped = gzipSync(content, { level: 9 });
        writeFileSync(join(dir, `${fileName}.gz`), zipped);
        writeFileSync(
          join(dir, `${fileName}.br`),
          brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: content.length } }),
        );
        weight.set(fileName, zipped.length);
      }
      for (const page of Object.keys(bundle).filter((name) => name.endsWith(".html"))) {
        const first = loadedBy(page, readFileSync(join(dir, page), "utf8"));
        const later = [...loadedLater(first, bundle)].filter((name) => !first.has(name));
        const sum = (names: Iterable<string>) => [...names].reduce((total, name) => total + (weight.get(name) ?? 0), 0);
        const all = sum(first) + sum(later);
        const budget = budgets[page];
        console.log(`${page}: ${kilobytes(sum(first))} gzipped, ${kilobytes(all)} with all that is loaded later${budget ? `, of ${kilobytes(budget)}` : ""}`);
        if (budget && all > budget) {
          this.error(`${page} weighs ${all} bytes, and may weigh ${budget}`);
        }
      }
    },
  };
}

/** The files that opening the page loads: itself and what it names. */
function loadedBy(page: string, html: string): Set<string> {
  return new Set([page, ...[...html.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map((found) => found[1]!)]);
}

/** What the scripts among the files load only when it is needed. */
function loadedLater(files: Iterable<string>, bundle: Rolldown.OutputBundle): Set<string> {
  const found = new Set<string>();
  const visit = (name: string) => {
    const chunk = bundle[name];
    if (chunk?.type !== "chunk") return;
    for (const next of [...chunk.imports, ...chunk.dynamicImports]) {
      if (!found.has(next)) {
        found.add(next);
        visit(next);
      }
    }
  };
  for (const name of files) visit(name);
  return found;
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`;
}
