import { describe, expect, it } from "vitest";
import { rowTemplate } from "../../src/kernel/row-template.ts";
import { blockOf } from "../../src/plan/block.ts";
import type { GridPlan } from "../../src/plan/model.ts";
import type { SpecInput } from "../../src/spec/read.ts";
import { constant } from "../support/image-sections.ts";
import { planOf } from "../support/sweeps.ts";

const LIMITS = { vectorRows: 1024, positions: 40, bytes: 100_000, isDense: false };

/** The template of a spec's rows: what each segment has, by the names of its columns. */
function templateOf(spec: SpecInput, limits: Partial<typeof LIMITS> = {}, textBytes?: number) {
  const plan = planOf(spec);
  const grid = plan.grids[0] as GridPlan;
  const block = blockOf(grid, "closed", { ...LIMITS, ...limits });
  const own = textBytes === undefined ? block : { ...block, textBytes };
  const template = rowTemplate(plan, grid, own, true, constant);
  const name = (cell: number) => plan.cells[cell] as string;
  const segments = template.segments.map(({ firstSlot, endSlot, source, number }) => {
    const shared = template.slots.slice(firstSlot, endSlot).map(({ cell }) => name(cell));
    const cells =
      source === "row_text"
        ? template.rowTexts[number]?.cells
        : source === "cell"
          ? [template.vectorCells[number]?.cell as number]
          : [];
    return { shared, [source]: cells?.map(name) };
  });
  return { template, segments, name };
}

const BASE = { in_channels: 4, out_channels: 4, kernel_size: 3 };

/** The lengths are outside of the block, the batch and the bias inside. */
const SPEC: SpecInput = {
  axes: { l_in: "1..100", ...BASE, batch_size: [1, 2, 3], bias: [true, false] },
  columns: ["l_out", "params", "macs", "input_elements"],
};

describe("the template of a row", () => {
  it("alternates between shared cells and what differs in the block", () => {
    const { segments, template, name } = templateOf(SPEC);
    expect(segments).toEqual([
      { shared: [], row_text: ["batch_size"] },
      {
        shared: [
          "in_channels",
          "out_channels",
          "l_in",
          "kernel_size",
          "stride",
          "padding",
          "output_padding",
          "dilation",
          "groups",
        ],
        row_text: ["bias"],
      },
      { shared: ["l_out"], row_text: ["params"] },
      { shared: [], cell: ["macs"] },
      { shared: [], cell: ["input_elements"] },
      { shared: [], end: [] },
    ]);
    expect(template.vectorCells.map(({ cell, slot }) => [name(cell), slot])).toEqual([
      ["macs", 13],
      ["input_elements", 14],
    ]);
    // The slots of a row are contiguous.
    let slot = 0;
    for (const { firstSlot, endSlot, nextSlot, source } of template.segments) {
      expect(firstSlot).toBe(slot);
      expect(endSlot).toBeGreaterThanOrEqual(firstSlot);
      expect(nextSlot - endSlot).toBe(source === "end" ? 0 : 1);
      slot = nextSlot;
    }
    expect(slot).toBe(template.slots.length);
  });

  it("joins reused cells, as far as their texts fit in the bytes", () => {
    const spec: SpecInput = {
      axes: { ...BASE, l_in: "1..30" },
      columns: ["l_out", "taps", "holes"],
    };
    const all = templateOf(spec);
    expect(all.segments.at(-2)).toEqual({
      shared: expect.arrayContaining(["bias"]),
      row_text: ["l_out", "taps", "holes"],
    });
    for (const { bytes } of all.template.rowTexts) expect(bytes % 16).toBe(0);
    // l_in has at most 2 digits, l_out 2, taps 2, and holes 1 or 2; a length takes two bytes.
    expect(templateOf(spec, {}, 0).template.rowTexts).toEqual([]);
    expect(templateOf(spec, {}, 16).template.rowTexts).toMatchObject([{ bytes: 16 }]);
    expect(templateOf(spec, {}, 16).segments.at(-1)).toEqual({ shared: [], end: [] });
    expect(templateOf(spec, {}, 16).template.vectorCells).toHaveLength(3);
  });

  it("marks the cells that may exceed 64 bits, and does not reuse their texts", () => {
    const { template, name } = templateOf(
      {
        axes: { in_channels: 2 ** 30, out_channels: 2 ** 30, l_in: "1..30", kernel_size: [8, 16] },
        columns: ["params", "l_out"],
      },
      { positions: 100 },
    );
    expect(template.vectorCells.map(({ cell, isBounded }) => [name(cell), isBounded])).toEqual([
      ["params", false],
    ]);
  });

  it("splits the name of a grid over its slots", () => {
    const plan = planOf({
      grids: [{ name: "one", axes: { ...BASE, l_in: [1, 2] } }],
      columns: ["name", "l_out"],
    } as SpecInput);
    const grid = plan.grids[0] as GridPlan;
    const block = blockOf(grid, "closed", LIMITS);
    const { slots } = rowTemplate(plan, grid, block, true, constant);
    const texts = slots.flatMap(({ text }) => (text === undefined ? [] : [text]));
    expect(texts.join("")).toMatch(/^one[,\n]$/);
  });
});
