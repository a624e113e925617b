/** The documents of the repository, and the blocks in them that tests run or generate. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** The documents whose console blocks are run. */
export const DOCUMENTS: readonly string[] = [
  "README.md",
  "CONTRIBUTING.md",
  ...readdirSync(`${ROOT}/docs`)
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];

const IS_UPDATE = process.env.UPDATE_GENERATED === "1";

export function read(document: string): string {
  return readFileSync(`${ROOT}/${document}`, "utf8");
}

/** The code of all fenced blocks of a document in one language. */
export function codeIn(document: string, language: string): string[] {
  return [...read(document).matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, "gms"))].map(
    ([, code]) => code as string,
  );
}

/** A file that a document shows in full: a block that follows `<!-- file NAME -->`. */
export interface ShownFile {
  readonly name: string;
  readonly content: string;
}

export function filesIn(document: string): ShownFile[] {
  return [...read(document).matchAll(/^<!-- file (\S+) -->\n```\w*\n(.*?)^```$/gms)].map(
    ([, name, content]) => ({ name: name as string, content: content as string }),
  );
}

/** A command of a console block. Its output is the text between two offsets of the document. */
export interface Command {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/**
 * The commands of a document, in order. A console block has one or more commands, each after `$ ` and
 * before its output. A command continues on the next line after `\` or `|`.
 */
export function commandsIn(document: string): Command[] {
  const text = read(document);
  const commands: Command[] = [];
  for (const block of text.matchAll(/^```console\n(.*?)^```$/gms)) {
    const first = block.index + "```console\n".length;
    for (const command of (block[1] as string).matchAll(
      /^\$ ((?:[^\n]*[\\|]\n)*[^\n]*)\n([\s\S]*?)(?=^\$ |(?![\s\S]))/gm,
    )) {
      const start = first + command.index + command[0].length - (command[2] as string).length;
      commands.push({
        text: command[1] as string,
        start,
        end: start + (command[2] as string).length,
      });
    }
  }
  return commands;
}

/**
 * Compares a part of a document with what it should be. When generating, writes it, unless the two
 * differ only in what `comparable` removes.
 */
export function checkPart(
  document: string,
  { start, end }: { readonly start: number; readonly end: number },
  actual: string,
  comparable: (text: string) => string = (text) => text,
): void {
  const text = read(document);
  const shown = text.slice(start, end);
  if (!IS_UPDATE) expect(comparable(shown)).toBe(comparable(actual));
  else if (comparable(shown) !== comparable(actual))
    writeFileSync(`${ROOT}/${document}`, text.slice(0, start) + actual + text.slice(end));
}

/** Compares what is between two texts of a document with what it should be. */
export function checkBetween(
  document: string,
  before: string,
  after: string,
  actual: string,
): void {
  const text = read(document);
  expect(text, `${document} contains ${before}`).toContain(before);
  const start = text.indexOf(before) + before.length;
  const end = text.indexOf(after, start);
  expect(end, `${document} contains ${after} after ${before}`).toBeGreaterThanOrEqual(start);
  checkPart(document, { start, end }, actual);
}

/** Compares a complete generated file with its source, or writes it when generating. */
export function checkFile(file: string, expected: string): void {
  if (IS_UPDATE) writeFileSync(`${ROOT}/${file}`, expected);
  expect(read(file)).toBe(expected);
}
