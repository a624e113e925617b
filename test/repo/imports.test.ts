/** Which files and folders may import which. */
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

describe("the architecture", () => {
  it("keeps the kernel free of other imports", () => {
    expect(kernel.size).toBeGreaterThan(10);
    for (const imports of kernel.values())
      for (const name of imports) expect(name).toMatch(/^assembly\//);
  });

  it("keeps spec and plan independent of kernels, workers, file sinks and commands", () => {
    knowsNone(/^src\/(spec|plan)\//, /^src\/(kernel|run|sink|cli)\/|piscina|worker_threads/);
    knowsNone(/^src\/plan\//, /^node:/);
  });

  it("keeps the metadata of Arrow free of node: modules", () =>
    knowsNone(/^src\/formats\/arrow\//, /^node:/));

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
      /runner|reorder|run\/sweep|^src\/(cli|sink)\//,
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
    const map = readFileSync(join(root, "ARCHITECTURE.md"), "utf8");
    const rows = map.slice(map.indexOf("| folder of `src/`")).split("\n\n")[0] as string;
    const heights = new Map(
      rows
        .split("\n")
        .flatMap((row, i) =>
          [...(row.split("|")[1] ?? "").matchAll(/`([\w/]+)\/`/g)].map(
            ([, folder]): [string, number] => [`src/${folder}`, i],
          ),
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
