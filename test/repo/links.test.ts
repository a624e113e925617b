/** Links and paths in the documents: each names an existing file, and each anchor an existing heading. */
import { existsSync, readdirSync, statSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT, read } from "./documents.ts";

/** All documents of the repository, except the generated THIRD-PARTY.md. */
const ALL_DOCUMENTS: readonly string[] = [
  ...readdirSync(ROOT).filter((name) => name.endsWith(".md") && name !== "THIRD-PARTY.md"),
  ...["docs", "bench", "examples/python", "examples/slurm", "test/fixtures"].flatMap((folder) =>
    readdirSync(join(ROOT, folder))
      .filter((name) => name.endsWith(".md"))
      .map((name) => `${folder}/${name}`),
  ),
];

/** A document without its fenced blocks, whose text is code. */
function proseOf(document: string): string {
  return read(document).replace(/^ *```.*?^ *```$/gms, "");
}

/** The anchors of the headings of a document, as GitHub makes them. */
function anchorsOf(document: string): string[] {
  return [...proseOf(document).matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    (heading as string)
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

/** The targets of links and pictures that are relative. */
function linksOf(document: string): string[] {
  return [...proseOf(document).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target]) => target as string)
    .filter((target) => !/^[a-z]+:/.test(target));
}

/** Paths of the repository's files and folders in the text, such as `test/all.js`. */
function pathsOf(document: string): string[] {
  return [
    ...proseOf(document).matchAll(
      /(?<![\w./-])(?:src|assembly|test|scripts|bench|docs|examples|\.ci)\/[\w./-]*\w\/?/g,
    ),
  ].map(([path]) => path);
}

describe.each(ALL_DOCUMENTS)("%s", (document) => {
  it("links to existing files and headings", () => {
    const broken = linksOf(document).filter((target) => {
      const [path = "", anchor] = target.split("#");
      const file = path === "" ? document : normalize(join(dirname(document), path));
      if (!existsSync(join(ROOT, file))) return true;
      return anchor !== undefined && !anchorsOf(file).includes(anchor);
    });
    expect(broken).toEqual([]);
  });

  // The changelog may name files of earlier versions.
  it.skipIf(document === "CHANGELOG.md")("names existing files and folders", () => {
    const missing = pathsOf(document).filter((path) => !existsSync(join(ROOT, path)));
    expect(missing).toEqual([]);
  });
});

describe("the map of folders in ARCHITECTURE.md", () => {
  it.each(["src", "assembly"])("has every folder of %s", (root) => {
    const folders = readdirSync(join(ROOT, root), { recursive: true, encoding: "utf8" }).filter(
      (name) => statSync(join(ROOT, root, name)).isDirectory(),
    );
    const text = read("ARCHITECTURE.md");
    const missing = folders.filter((folder) => !text.includes(`\`${folder}/\``));
    expect(missing).toEqual([]);
  });
});
