/** The locations of image sections in memory. */
import { expect } from "vitest";
import type { ImageSection, ImageWriter } from "../../src/kernel/image-writer.ts";
import type { KindName } from "../../src/layers/kinds.ts";
import { exportsOf } from "./kernels.ts";

const exports = exportsOf("release");
export const constant = (name: string) => Number((exports[name] as WebAssembly.Global).value);
export const numberOf = (value: number | string) =>
  typeof value === "number" ? value : constant(value);

export type Sections = Readonly<Record<string, Parameters<ImageWriter["begin"]>[0]>>;

/**
 * The first byte of each section and the byte after its capacity, in the order of the table. A
 * section that exists once per kind is repeated for each of `kinds`.
 */
export function rooms(sections: Sections, kinds: readonly KindName[]) {
  const numbers = kinds.map((kind) => constant(`KIND_${kind.toUpperCase()}`));
  const each = Object.values(sections).filter(({ isPerKind }) => isPerKind);
  const roomOf = ({ address, entry, max }: Sections[string], number = 0) => {
    const bytes = numberOf(entry) * numberOf(max);
    const start = constant(address) + number * bytes;
    return { start, end: start + bytes };
  };
  const once = Object.values(sections).filter(({ isPerKind }) => !isPerKind);
  return [
    ...once.map((section) => roomOf(section)),
    ...numbers.flatMap((number) => each.map((section) => roomOf(section, number))),
  ];
}

/**
 * Expects each section of an image to start at its address in the table and to fit its capacity.
 */
export function expectToFit(
  image: readonly ImageSection[],
  sections: Sections,
  kinds: readonly KindName[],
): void {
  const all = rooms(sections, kinds);
  expect(image.map(({ address }) => address)).toEqual(all.map(({ start }) => start));
  for (const [i, { address, bytes }] of image.entries())
    expect(address + bytes.length).toBeLessThanOrEqual((all[i] as (typeof all)[number]).end);
}
