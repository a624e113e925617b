import { expect, it } from "vitest";
import { ImageWriter, LIST_SECTIONS, PLAN_SECTIONS } from "../../src/kernel/image-writer.ts";
import { KIND_NAMES } from "../../src/layers/kinds.ts";
import { constant, numberOf, rooms } from "../support/image-sections.ts";

const IMAGES = [
  ["plan", PLAN_SECTIONS],
  ["list", LIST_SECTIONS],
] as const;

it.each(IMAGES)(
  "the sections of a %s image do not overlap, and end before the scratch memory",
  (_, sections) => {
    const all = rooms(sections, KIND_NAMES).sort((a, b) => a.start - b.start);
    for (const [i, { end }] of all.entries())
      expect(end).toBeLessThanOrEqual(all[i + 1]?.start ?? constant("SCRATCH_PTR"));
  },
);

it.each(IMAGES)(
  "the writer of a %s image refuses more entries than a section holds",
  (_, sections) => {
    for (const section of Object.values(sections)) {
      const max = numberOf(section.max);
      const writer = new ImageWriter(constant);
      writer.begin(section, max);
      for (let word = 0; word < (max * numberOf(section.entry)) / 4; word++) writer.word(0);
      expect(() => writer.word(0)).toThrow(RangeError);
      expect(() => writer.begin(section, max + 1)).toThrow(
        `the section at ${section.address} has room for ${max} entries, not for ${max + 1}`,
      );
    }
  },
);
