/** Who may know whom. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Every file of a folder with what it imports: files of the project by path, packages by name. */
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

/** Asserts that the files under `from` import none of what `forbidden` matches. */
function knowsNone(from: RegExp, forbidden: RegExp): void {
  const files = [...host].filter(([file]) => from.test(file));
  expect(files.length).toBeGreaterThan(0);
  expect(
    files.flatMap(([file, imports]) =>
      imports.filter((name) => forbidden.test(name)).map((name) => `${file} → ${name}`),
    ),
  ).toEqual([]);
}

/** The first cycle of each connected part of a graph, as the list of its nodes. */
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

describe("the house", () => {
  it("keeps the kernel to itself", () => {
    expect(kernel.size).toBeGreaterThan(10);
    for (const imports of kernel.values())
      for (const name of imports) expect(name).toMatch(/^assembly\//);
  });

  it("lets spec and plan know no kernel, worker, file sink or command", () => {
    knowsNone(/^src\/(spec|plan)\//, /^src\/(kernel|run|sink|cli)\/|piscina|worker_threads/);
    knowsNone(/^src\/plan\//, /^node:/);
  });

  it("lets the kernel know no pool, sink or command", () =>
    knowsNone(/^src\/kernel\//, /^src\/(run|sink|cli)\/|piscina/));

  it("lets sinks know bytes and errors alone", () =>
    knowsNone(/^src\/sink\//, /^src\/(?!errors|sink\/)/));

  it("lets the input know no kernel, worker, sink or command", () =>
    knowsNone(/^src\/input\//, /^src\/(kernel|plan|run|sink|cli)\/|piscina/));

  it("lets the worker know the kernel and the protocol, not the pool", () =>
    knowsNone(
      /^src\/run\/workers\/(worker|task|protocol)\.ts$/,
      /runner|reorder|run\/sweep|^src\/(cli|sink)\//,
    ));

  it("lets nobody but the binary know the commands", () =>
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
    // A subfolder is a folder of its own; a file beside the folders stands for itself.
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

  const filesWith = (pattern: RegExp) =>
    [...host.keys()].filter((file) => pattern.test(readFileSync(join(root, file), "utf8"))).sort();

  it("makes WebAssembly modules and instances in one place each", () => {
    expect(filesWith(/new WebAssembly\./)).toEqual([
      "src/kernel/artefact.ts",
      "src/kernel/wasm.ts",
    ]);
  });

  it("makes its errors in one place", () => {
    expect(filesWith(/new UpsweepError\(/)).toEqual(["src/errors.ts"]);
  });

  it("ends the process and reads its arguments in the command line alone", () => {
    expect(filesWith(/process\.(exit|argv|exitCode)\b/)).toEqual([
      "src/cli.ts",
      "src/cli/interrupt.ts",
    ]);
  });

  it("says in the kernel's layout what the compiler is told: its memory begins where ours ends", () => {
    const { options } = JSON.parse(readFileSync(join(root, "asconfig.json"), "utf8")) as {
      options: { memoryBase: number };
    };
    expect(readFileSync(join(root, "assembly/layout.ts"), "utf8")).toContain(
      `0x${options.memoryBase.toString(16)}  = memoryBase in asconfig.json`,
    );
  });
});
