import { expect, it } from "vitest";
import { columnsOf } from "../../src/columns/derived.ts";
import {
  type ImageSection,
  ImageWriter,
  LIST_SECTIONS,
  PLAN_SECTIONS,
} from "../../src/kernel/image-writer.ts";
import { listImage } from "../../src/kernel/list-image.ts";
import { planImage } from "../../src/kernel/plan-image.ts";
import { KIND_NAMES, type KindName, kindOf } from "../../src/layers/kinds.ts";
import { planList } from "../../src/plan/list.ts";
import { exportsOf } from "../support/kernels.ts";
import { planOf } from "../support/sweeps.ts";

const exports = exportsOf("release");
const constant = (name: string) => Number((exports[name] as WebAssembly.Global).value);
const numberOf = (value: number | string) => (typeof value === "number" ? value : constant(value));

const IMAGES = [
  ["plan", PLAN_SECTIONS],
  ["list", LIST_SECTIONS],
] as const;

type Sections = Readonly<Record<string, Parameters<ImageWriter["begin"]>[0]>>;

/** The sections with their first byte and the byte after their room, in the order of the table; one that each kind has, for each of these kinds. */
function rooms(sections: Sections, kinds: readonly KindName[]) {
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

it.each(IMAGES)(
  "the sections of a %s's image do not overlap, and end before the scratch memory",
  (_, sections) => {
    const all = rooms(sections, KIND_NAMES).sort((a, b) => a.start - b.start);
    for (const [i, { end }] of all.entries())
      expect(end).toBeLessThanOrEqual(all[i + 1]?.start ?? constant("SCRATCH_PTR"));
  },
);

it.each(IMAGES)(
  "the writer of a %s's image refuses more entries than a section has room for",
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

/** Expects each part of an image to lie in the room of the section that begins at its address. */
function expectToFit(
  image: readonly ImageSection[],
  sections: Sections,
  kinds: readonly KindName[],
): void {
  const all = rooms(sections, kinds);
  expect(image.map(({ address }) => address)).toEqual(all.map(({ start }) => start));
  for (const [i, { address, bytes }] of image.entries())
    expect(address + bytes.length).toBeLessThanOrEqual((all[i] as (typeof all)[number]).end);
}

it.each(KIND_NAMES)("the image of a %s list with every column fits", (layer) => {
  const kind = kindOf(layer);
  const columns = columnsOf(kind).map(({ name }) => name);
  const settings = { sample_rate: { numerator: 11_025n, denominator: 16n } };
  const list = planList([...kind.parameterNames, "bits"].join(","), "list", {
    layer,
    columns,
    settings,
    skipInvalid: false,
    isComparing: false,
  });
  expectToFit(listImage(list, "closed", constant), LIST_SECTIONS, [layer]);
});

it("the image of a list that mixes kinds has room for each, with every column", () => {
  const header = [
    "layer",
    ...new Set(KIND_NAMES.flatMap((kind) => kindOf(kind).parameterNames)),
  ].join(",");
  const columns = [
    ...new Set(KIND_NAMES.flatMap((kind) => columnsOf(kindOf(kind)).map(({ name }) => name))),
  ];
  const settings = { sample_rate: { numerator: 11_025n, denominator: 16n } };
  const list = planList(header, "list", {
    layer: "conv_transpose1d",
    columns,
    settings,
    skipInvalid: false,
    isComparing: false,
  });
  expectToFit(listImage(list, "closed", constant), LIST_SECTIONS, KIND_NAMES);
});

it.each(KIND_NAMES)("the image of a %s plan with every column fits", (layer) => {
  const kind = kindOf(layer);
  const axes = Object.fromEntries(
    kind.parameters.map(({ name, type }) => [name, type === "boolean" ? [true, false] : [1, 2]]),
  );
  const plan = planOf({
    layer,
    axes,
    variables: { sample_rate: [689.0625, "30000/1001"], bits: [8, 16] },
    columns: ["all"],
  } as never);
  expectToFit(planImage(plan, 0, "closed", constant), PLAN_SECTIONS, []);
});
