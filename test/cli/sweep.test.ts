/** `upsweep sweep`, mostly as the built binary that a shell runs. */
import { spawnSync } from "node:child_process";
import { lstatSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { sweepToFile } from "../../src/library/sweep.ts";
import { BINARY, inTemporaryFolder, said } from "../support/cli.ts";
import { text, words } from "../support/text.ts";

inTemporaryFolder();

const upsweep = (command: string, input = "") =>
  spawnSync(process.execPath, [BINARY, ...command.split(" ")], {
    encoding: "utf8",
    input,
    maxBuffer: 1 << 28,
  });
const AXES = {
  in_channels: [4, 6],
  out_channels: 12,
  l_in: "1..64",
  kernel_size: "1..20",
  stride: "1..9",
  padding: "0..8",
  groups: [1, 2, 4],
};
const FLAGS =
  "--in-channels 4,6 --out-channels 12 --l-in 1..64 --kernel-size 1..20 --stride 1..9 --padding 0..8 --groups 1,2,4";

describe("upsweep sweep", () => {
  it("writes the same bytes from files, options and the library, for all workers and methods", async () => {
    const text = Object.entries(AXES)
      .map(([name, values]) => `  ${name}: ${Array.isArray(values) ? `[${values}]` : values}\n`)
      .join("");
    writeFileSync("grid.yaml", `axes:\n${text}`);
    writeFileSync("grid.json", JSON.stringify({ axes: AXES }));
    const summary = await sweepToFile({ axes: AXES }, "expected.csv");
    const expected = readFileSync("expected.csv", "utf8");
    expect(summary.rows).toBe(BigInt(expected.split("\n").length - 2));
    expect(summary.rows).toBeGreaterThan(300_000n);
    for (const command of [
      "grid.yaml --workers 1",
      "grid.yaml --workers 2",
      "grid.json --workers 5",
      FLAGS,
      `${FLAGS} --method simulate --workers 2`,
    ]) {
      expect((await said(words`sweep ${command} -o out.csv --force --quiet`)).exitCode).toBe(0);
      expect(readFileSync("out.csv", "utf8") === expected).toBe(true);
    }
  });

  it("prints a summary whose counts add up", () => {
    const { stderr } = upsweep(`sweep ${FLAGS} -o out.csv --force`);
    const number = (text: string | undefined) => Number(text?.replaceAll(",", ""));
    const [, layers, rows, rejected] =
      /^([\d,]+) layers: ([\d,]+) rows written, ([\d,]+) rejected$/m.exec(
        stderr,
      ) as RegExpExecArray;
    const byRule = [...stderr.matchAll(/^ +([\d,]+) {2}did not satisfy /gm)].map((match) =>
      number(match[1]),
    );
    expect(number(layers)).toBe(2 * 64 * 20 * 9 * 9 * 3);
    expect(number(rows) + number(rejected)).toBe(number(layers));
    expect(byRule.reduce((sum, n) => sum + n, 0)).toBe(number(rejected));
    expect(readFileSync("out.csv", "utf8").split("\n").length - 2).toBe(number(rows));
  });

  it("ends immediately and silently when its reader closes the pipe", () => {
    const vast =
      "--in-channels 1..1000 --out-channels 1..1000 --kernel-size 1..1000 --l-in 1..1000";
    const script = `"${process.execPath}" "${BINARY}" sweep ${vast} | head -3; echo "\${PIPESTATUS[@]}"`;
    const { stdout, stderr } = spawnSync("bash", ["-c", script], { encoding: "utf8" });
    expect(stderr).toBe("");
    expect(stdout).toBe(
      [
        "batch_size,in_channels,out_channels,l_in,kernel_size,stride,padding,output_padding," +
          "dilation,groups,bias,l_out,additions_per_filter,ops,macs,additions,params",
        "1,1,1,1,1,1,0,0,1,1,true,1,0,2,1,1,2",
        "1,1,1,2,1,1,0,0,1,1,true,2,0,4,2,2,2",
        "0 0\n",
      ].join("\n"),
    );
  });

  it("replaces an existing file only with --force and a complete new one, and writes through a link", () => {
    writeFileSync("kept.csv", "old\n");
    symlinkSync("kept.csv", "link.csv");
    const small = "--in-channels 1 --out-channels 1 --l-in 2 --quiet --columns ops";
    const overflowing = upsweep(
      text`
        sweep --in-channels 1073741824 --out-channels 1073741824 --l-in 1,64 --kernel-size 3 --quiet
        -o link.csv --force
      `,
    );
    expect(overflowing.status).toBe(2);
    expect(overflowing.stderr).toMatch(
      /^upsweep: flags: ops of ConvTranspose1d\(1073741824, 1073741824, .* exceeds 2\^64 - 1\. /,
    );
    expect(readFileSync("kept.csv", "utf8")).toBe("old\n");
    const refused = upsweep(`sweep ${small} --kernel-size 3 -o link.csv`);
    expect([refused.status, refused.stderr]).toEqual([
      2,
      "upsweep: link.csv already exists. Write elsewhere or add --force.\n",
    ]);
    expect(readFileSync("kept.csv", "utf8")).toBe("old\n");
    expect(upsweep(`sweep ${small} --kernel-size 3 -o link.csv --force`).status).toBe(0);
    expect(lstatSync("link.csv").isSymbolicLink()).toBe(true);
    expect(readFileSync("kept.csv", "utf8")).toContain(",18\n");
    expect(upsweep(`sweep ${small} --kernel-size 3 -o /dev/null`).status).toBe(0);
    expect(lstatSync("/dev/null").isCharacterDevice()).toBe(true);
  });
});
