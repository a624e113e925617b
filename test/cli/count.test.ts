/** `upsweep count` on a single layer. */
import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { count } from "../../src/library/count.ts";
import { BINARY, inTemporaryFolder } from "../support/cli.ts";
import { ALL_RESULTS, TRANSPOSED } from "../support/layers.ts";
import { text } from "../support/text.ts";

inTemporaryFolder();

const upsweep = (command: string, input = "") =>
  spawnSync(process.execPath, [BINARY, ...command.split(" ")], {
    encoding: "utf8",
    input,
    maxBuffer: 1 << 28,
  });

const LAYER =
  "--in-channels 512 --out-channels 256 --kernel-size 16 --stride 8 --padding 4 --l-in 32";

describe("upsweep count", () => {
  it("shows the overlap pattern, the documented operations and the exact ones", () => {
    const { status, stdout, stderr } = upsweep(
      "count --in-channels 1 --out-channels 1 --kernel-size 3 --l-in 2",
    );
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("  y = 1 2 2 1\n");
    expect(stdout).toMatch(/^ {2}additions_per_filter +2 {2}taps - l_out = 6 - 4$/m);
    expect(stdout).toMatch(
      /^ {2}ops +18 {2}batch_size \* \(filters \* ops_per_filter \+ aggregation_ops\) = 1 \* \(1 \* 14 \+ 4\)$/m,
    );
  });

  it("states what padding crops, and shows only the ends of a long output", () => {
    const { stdout } = upsweep(`count ${LAYER}`);
    expect(stdout).toContain(
      "  y = 1 1 1 1 2 2 2 2 2 2 2 2 2 2 2 2 … 2 2 2 2 2 2 2 2 2 2 2 2 1 1 1 1" +
        "   (256 elements; the first and last 16 are shown)\n",
    );
    expect(stdout).toMatch(
      /taps +504 {2}sum\(y\): 32 \* 16 = 512 products, of which padding crops 8$/m,
    );
  });

  it("prints the row as JSON", () => {
    const row = JSON.parse(upsweep(`count ${LAYER} --json`).stdout);
    expect(Object.keys(row)).toEqual(["layer", ...TRANSPOSED.parameterNames, ...ALL_RESULTS]);
    expect(row).toMatchObject({
      in_channels: 512,
      bias: true,
      l_out: 256,
      taps: 504,
      ops: 602_931_200,
      macs: 66_060_288,
    });
  });

  it("writes integers in JSON with all digits, as numbers or all as strings", () => {
    const layer = {
      in_channels: 2 ** 26 + 1,
      out_channels: 2 ** 26 + 1,
      kernel_size: 2,
      l_in: 1,
      bias: false,
    };
    const command = text`
      count --in-channels 67108865 --out-channels 67108865 --kernel-size 2 --l-in 1 --json
      --no-bias --columns macs,filters,additions_per_filter,overlap_even,zero_insertion_waste
    `;
    const { macs, filters } = count(layer);
    expect(macs).toBe(2n * (2n ** 26n + 1n) ** 2n);
    const digits = upsweep(command).stdout;
    expect(digits).toContain(`  "in_channels": 67108865,\n`);
    expect(digits).toContain(
      [
        `  "macs": ${macs},`,
        `  "filters": ${filters},`,
        '  "additions_per_filter": 0,',
        '  "overlap_even": true,',
        '  "zero_insertion_waste": 0.5',
        "}",
      ].join("\n"),
    );
    expect(upsweep(`${command} --big-ints number`).stdout).toBe(digits);
    const row = JSON.parse(upsweep(`${command} --big-ints string`).stdout);
    expect(row).toMatchObject({
      layer: "conv_transpose1d",
      in_channels: "67108865",
      bias: false,
      macs: String(macs),
      additions_per_filter: "0",
    });
    expect(row).toMatchObject({ overlap_even: true, zero_insertion_waste: 0.5 });
  });

  it("prints only the chosen results", () => {
    expect(
      Object.keys(JSON.parse(upsweep(`count ${LAYER} --json --columns macs,l_out`).stdout)).slice(
        12,
      ),
    ).toEqual(["macs", "l_out"]);
    expect(upsweep(`count ${LAYER} --columns macs`).stdout).not.toContain("As documented");
  });
});
