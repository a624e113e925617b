/** Which files and folders may import which, and which run in a browser. */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Every file of a folder with its imports: project files by path, packages by name. */
function importsOf(folder: string): Map<string, string[]> {
  const files = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).filter(
    (file) => file.endsWith(".ts"),
  );
  return new Map(
    files.map((file) => {
      const path = join(folder, file);
      const text = readFileSync(join(root, path), "utf8");
      const named = [...text.matchAll(/(?:from|import\()\s*"([^"]+)"/g)].map(
        (match) => match[1] as string,
      );
      return [
        path,
        named.map((name) =>
          name.startsWith(".")
            ? normalize(join(dirname(path), name)).replace(/(\.js|\.ts)?$/, ".ts")
            : name,
        ),
      ];
    }),
  );
}

const host = importsOf("src");
const kernel = importsOf("assembly");

/** Asserts that no file matching `from` imports anything matching `forbidden`. */
function knowsNone(from: RegExp, forbidden: RegExp): void {
  const files = [...host].filter(([file]) => from.test(file));
  expect(files.length).toBeGreaterThan(0);
  expect(
    files.flatMap(([file, imports]) =>
      imports.filter((name) => forbidden.test(name)).map((name) => `${file} → ${name}`),
    ),
  ).toEqual([]);
}

/** The first cycle in each connected part of a graph, as a list of nodes. */
function cyclesIn(graph: ReadonlyMap<string, Iterable<string>>): string[][] {
  const done = new Set<string>();
  const walk = (node: string, path: readonly string[]): string[] => {
    if (path.includes(node)) return [...path.slice(path.indexOf(node)), node];
    for (const next of graph.get(node) ?? []) {
      if (done.has(next) || !graph.has(next)) continue;
      const cycle = walk(next, [...path, node]);
      if (cycle.length > 0) return cycle;
    }
    done.add(node);
    return [];
  };
  return [...graph.keys()].map((node) => walk(node, [])).filter((cycle) => cycle.length > 0);
}

/** The rows of the map of folders in ARCHITECTURE.md, as cells. */
const folderRows = (() => {
  const text = readFileSync(join(root, "ARCHITECTURE.md"), "utf8");
  const rows = text.slice(text.indexOf("| folder of `src/`")).split("\n\n")[0] as string;
  return rows
    .split("\n")
    .slice(2)
    .map((row) => row.split("|").slice(1, -1));
})();

/** The texts between backquotes. */
const codesIn = (cell = "") => [...cell.matchAll(/`([^`]+)`/g)].map(([, code]) => code as string);

/** The files that run in a browser, by the last column of the map of folders. */
const browserFiles = folderRows.flatMap(([folders, , , browser = ""]) => {
  const inFolders = codesIn(folders).flatMap((folder) =>
    folder.endsWith("/") ? [join("src", folder, ".")] : [],
  );
  // The row of the leaves has files only: those next to the folders.
  const places = inFolders.length > 0 ? inFolders : ["src"];
  const files = [...host.keys()].filter((file) => places.includes(dirname(file)));
  const named = codesIn(browser);
  const unknown = named.filter((name) => !files.some((file) => file.endsWith(`/${name}`)));
  if (unknown.length > 0) throw new Error(`${folders} has no ${unknown.join(", ")}`);
  return files.filter((file) => {
    if (["src/cli.ts", "src/index.ts"].includes(file)) return false;
    const isNamed = named.some((name) => file.endsWith(`/${name}`));
    switch (browser.trim().split(" `")[0]) {
      case "yes":
        return true;
      case "no":
        return false;
      case "all but":
        return !isNamed;
      case "only":
        return isNamed;
    }
    throw new Error(`${folders}: unknown entry ${browser}`);
  });
});

describe("what runs in a browser", () => {
  it("plans, counts and sweeps", () => {
    expect(browserFiles).toEqual(
      expect.arrayContaining([
        "src/kernel/wasm.ts",
        "src/library/counter.ts",
        "src/plan/plan.ts",
        "src/run/sweep/sweep.ts",
        "src/run/workers/task.ts",
        "src/spec/text.ts",
      ]),
    );
  });

  it("imports nothing else, and no package but yaml", () => {
    expect(
      browserFiles.flatMap((file) =>
        (host.get(file) ?? [])
          .filter((name) => name !== "yaml" && !browserFiles.includes(name))
          .map((name) => `${file} → ${name}`),
      ),
    ).toEqual([]);
  });

  it("compiles without the types of Node, so it uses no Buffer, process or other global", () => {
    const compilerOptions = "--noEmit --strict --skipLibCheck --module nodenext --target es2023";
    const compile = (files: readonly string[]) => {
      const tsc = join(root, "node_modules/typescript/bin/tsc");
      const args = [...compilerOptions.split(" "), "--lib", "es2023,DOM", "--types", ""];
      try {
        execFileSync(process.execPath, [tsc, "--ignoreConfig", ...args, ...files], { cwd: root });
        return "";
      } catch (error) {
        return String((error as { stdout: Buffer }).stdout);
      }
    };
    expect(compile(browserFiles)).toBe("");
    // The same compiler finds what a file of Node uses.
    expect(compile(["src/spec/file.ts"])).toMatch(/'node:fs'[\s\S]*'Buffer'/);
  });
});

describe("the architecture", () => {
  it("keeps the kernel free of other imports", () => {
    expect(kernel.size).toBeGreaterThan(10);
    for (const imports of kernel.values())
      for (const name of imports) expect(name).toMatch(/^assembly\//);
  });

  it("keeps spec and plan independent of kernels, workers, file sinks and commands", () => {
    knowsNone(/^src\/(spec|plan)\//, /^src\/(kernel|run|sink|cli)\/|piscina|worker_threads/);
  });

  it("keeps src/kernel independent of the pool, sinks and commands", () =>
    knowsNone(/^src\/kernel\//, /^src\/(run|sink|cli)\/|piscina/));

  it("limits the imports of sinks to sinks and errors", () =>
    knowsNone(/^src\/sink\//, /^src\/(?!errors|sink\/)/));

  it("keeps the input independent of kernels, workers, sinks and commands", () =>
    knowsNone(/^src\/input\//, /^src\/(kernel|plan|run|sink|cli)\/|piscina/));

  it("limits the imports of Parquet to itself and errors, so that it runs in browsers", () =>
    knowsNone(/^src\/formats\/parquet\//, /^(?!src\/(formats\/parquet\/|errors|format-message))/));

  it("keeps the worker independent of the pool, the command line and sinks", () =>
    knowsNone(
      /^src\/run\/workers\/(worker|task|protocol)\.ts$/,
      /runner|reorder|run\/(sweep|list|threads)|^src\/(cli|sink)\//,
    ));

  it("keeps the command line out of all code except the binary", () =>
    knowsNone(/^src\/(?!cli\.ts$|cli\/)/, /^src\/cli/));

  it.each([
    ["src", host],
    ["assembly", kernel],
  ])("has no import cycle in %s", (_, files) => {
    expect(cyclesIn(files)).toEqual([]);
  });

  it.each([
    ["src", host],
    ["assembly", kernel],
  ])("has no import cycle between the folders of %s", (root, files) => {
    // Each subfolder counts as a folder. A file next to the folders counts as itself.
    const folderOf = (file: string) => (dirname(file) === root ? file : dirname(file));
    const folders = new Map<string, Set<string>>();
    for (const [file, imports] of files) {
      const from = folders.get(folderOf(file)) ?? new Set();
      folders.set(folderOf(file), from);
      for (const name of imports)
        if (files.has(name) && folderOf(name) !== folderOf(file)) from.add(folderOf(name));
    }
    expect(cyclesIn(folders)).toEqual([]);
  });

  it("lets imports point down the map of folders in ARCHITECTURE.md", () => {
    const heights = new Map(
      folderRows.flatMap(([folders], i) =>
        codesIn(folders)
          .filter((code) => code.endsWith("/"))
          .map((folder): [string, number] => [normalize(join("src", folder, ".")), i]),
      ),
    );
    const isEntry = (file: string) => ["src/cli.ts", "src/index.ts"].includes(file);
    // A file next to the folders is a leaf, below all of them. `errors.ts` belongs to `errors/`.
    const heightOf = (file: string) =>
      dirname(file) === "src"
        ? (heights.get(file.replace(/\.ts$/, "")) ?? Number.POSITIVE_INFINITY)
        : (heights.get(dirname(file)) ?? -1);
    expect([...host.keys()].filter((file) => heightOf(file) < 0)).toEqual([]);
    expect(
      [...host].flatMap(([file, imports]) =>
        imports
          .filter((name) => host.has(name) && !isEntry(file) && heightOf(name) < heightOf(file))
          .map((name) => `${file} → ${name}`),
      ),
    ).toEqual([]);
  });

  const filesWith = (pattern: RegExp) =>
    [...host.keys()].filter((file) => pattern.test(readFileSync(join(root, file), "utf8"))).sort();

  it("creates WebAssembly modules in one file, and instances in one file", () => {
    expect(filesWith(/new WebAssembly\./)).toEqual([
      "src/kernel/artefact.ts",
      "src/kernel/wasm.ts",
    ]);
  });

  it("creates errors in one file", () => {
    expect(filesWith(/new UpsweepError\(/)).toEqual(["src/errors.ts"]);
  });

  it("ends the process and reads its arguments in the command line only", () => {
    expect(filesWith(/process\.(exit|argv|exitCode)\b/)).toEqual([
      "src/cli.ts",
      "src/cli/interrupt.ts",
    ]);
  });

  it("ends the kernel's layout at the compiler's memory base", () => {
    const { options } = JSON.parse(readFileSync(join(root, "asconfig.json"), "utf8")) as {
      options: { memoryBase: number };
    };
    expect(readFileSync(join(root, "assembly/layout.ts"), "utf8")).toContain(
      `0x${options.memoryBase.toString(16)}  = memoryBase in asconfig.json`,
    );
  });
});
