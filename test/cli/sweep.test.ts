/** The built binary, as a shell runs it. */

import { execFileSync, spawn, spawnSync } from "node:child_process";
import {
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { describe, expect, it, onTestFinished } from "vitest";
import { columnsOf, describeColumn } from "../../src/columns/derived.ts";
import { count } from "../../src/library/count.ts";
import { sweepToFile } from "../../src/library/sweep.ts";
import { BINARY, inTemporaryFolder, said } from "../support/cli.ts";
import { KERNELS } from "../support/kernels.ts";
import { ALL_RESULTS, TRANSPOSED } from "../support/layers.ts";
import { planOf, sweepOn } from "../support/sweeps.ts";

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

  it("says what padding crops, and shows only the ends of a long output", () => {
    const { stdout } = upsweep(`count ${LAYER}`);
    expect(stdout).toContain(
      "  y = 1 1 1 1 2 2 2 2 2 2 2 2 2 2 2 2 … 2 2 2 2 2 2 2 2 2 2 2 2 1 1 1 1   (256 elements; the first and last 16 are shown)\n",
    );
    expect(stdout).toMatch(
      /taps +504 {2}sum\(y\): 32 \* 16 = 512 products, of which padding crops 8$/m,
    );
  });

  it("gives the row as JSON", () => {
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

  it("writes integers in JSON with all their digits, as numbers or as strings whatever their size", () => {
    const layer = {
      in_channels: 2 ** 26 + 1,
      out_channels: 2 ** 26 + 1,
      kernel_size: 2,
      l_in: 1,
      bias: false,
    };
    const command =
      "count --in-channels 67108865 --out-channels 67108865 --kernel-size 2 --l-in 1 --json --no-bias --columns macs,filters,additions_per_filter,overlap_even,zero_insertion_waste";
    const { macs, filters } = count(layer);
    expect(macs).toBe(2n * (2n ** 26n + 1n) ** 2n);
    const digits = upsweep(command).stdout;
    expect(digits).toContain(`  "in_channels": 67108865,\n`);
    expect(digits).toContain(
      `  "macs": ${macs},\n  "filters": ${filters},\n  "additions_per_filter": 0,\n  "overlap_even": true,\n  "zero_insertion_waste": 0.5\n}`,
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

  it("gives the chosen results alone", () => {
    expect(
      Object.keys(JSON.parse(upsweep(`count ${LAYER} --json --columns macs,l_out`).stdout)).slice(
        12,
      ),
    ).toEqual(["macs", "l_out"]);
    expect(upsweep(`count ${LAYER} --columns macs`).stdout).not.toContain("As documented");
  });
});

describe("upsweep count --from", () => {
  it("writes the results behind the columns of the list, and carries those over byte for byte", () => {
    const list = [
      'l_in,name,kernel_size,"note",out_channels,in_channels,stride,padding,bias',
      '32,hifi,16,"a, ""quoted"" note",256,512,8,4,True',
      '2,"two\nlines",3,  spaces ,1,1,1,0,false',
      "",
      '"2",caf\u00e9,"3",,1,1,1,0,0',
    ];
    const { status, stdout, stderr } = upsweep(
      "count --from - --columns l_out,ops,macs --quiet",
      list.join("\r\n").replace("two\r\nlines", "two\nlines"),
    );
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toBe(
      [
        'l_in,name,kernel_size,"note",out_channels,in_channels,stride,padding,bias,l_out,ops,macs',
        '32,hifi,16,"a, ""quoted"" note",256,512,8,4,True,256,602931200,66060288',
        '2,"two\nlines",3,  spaces ,1,1,1,0,false,4,14,6',
        '"2",caf\u00e9,"3",,1,1,1,0,0,4,14,6',
        "",
      ].join("\n"),
    );
  });

  it("takes a byte order mark, bytes that are not UTF-8, and a list without rows", () => {
    const bytes = Buffer.concat([
      Buffer.from("\ufeffname,in_channels,out_channels,kernel_size,l_in\n"),
      Buffer.from([0xe9, 0xff]),
      Buffer.from(",1,1,3,2\n"),
    ]);
    writeFileSync("latin1.csv", bytes);
    expect(upsweep("count --from latin1.csv --columns ops -o out.csv --quiet").status).toBe(0);
    expect(readFileSync("out.csv").toString("latin1")).toBe(
      "name,in_channels,out_channels,kernel_size,l_in,ops\n\xe9\xff,1,1,3,2,18\n",
    );
    expect(
      upsweep("count --from - --columns ops --quiet", "in_channels,out_channels,kernel_size,l_in\n")
        .stdout,
    ).toBe("in_channels,out_channels,kernel_size,l_in,ops\n");
  });

  it("leaves out illegal layers and counts them by rule when it is told to", () => {
    const rows = [
      "1,1,3,2,1,0",
      "4,6,3,2,4,0",
      "6,4,3,2,4,0",
      "1,1,3,2,1,9",
      "0,1,3,2,1,0",
      "1,1,3,2,1,0",
    ];
    const { status, stdout, stderr } = upsweep(
      "count --from - --columns ops --skip-invalid",
      `in_channels,out_channels,kernel_size,l_in,groups,padding\n${rows.join("\n")}`,
    );
    expect([status, stdout.split("\n")]).toEqual([
      0,
      [
        "in_channels,out_channels,kernel_size,l_in,groups,padding,ops",
        "1,1,3,2,1,0,18",
        "1,1,3,2,1,0,18",
        "",
      ],
    ]);
    expect(stderr).toContain("6 layers: 2 rows written, 4 rejected\n");
    for (const rule of ["in_channels % groups == 0", "out_channels % groups == 0", "l_out >= 1"])
      expect(stderr).toContain(`1  did not satisfy ${rule}\n`);
    expect(stderr).toContain("1  had a parameter outside its range\n");
  });

  it("counts a long list as a sweep counts the same layers, on any number of workers and by both methods", async () => {
    const plan = planOf({
      axes: {
        in_channels: [4, 8],
        out_channels: 8,
        groups: [1, 2, 4],
        kernel_size: "1..20",
        stride: "1..8",
        padding: "0..9",
        l_in: "8..24",
        bias: [true, false],
      },
      columns: ["l_out", "ops", "macs", "additions", "params"],
    });
    const [, kernel] = KERNELS[2] as (typeof KERNELS)[number];
    const expected = plan.header + sweepOn(kernel, plan).bytes;
    const list = expected
      .split("\n")
      .map((line) => line.split(",").slice(0, 11).join(","))
      .join("\n");
    expect(list.length).toBeGreaterThan(3 * 512 * 1024);
    writeFileSync("list.csv", list);
    for (const options of ["--workers 1", "--workers 2", "--workers 5", "--method simulate"]) {
      expect(
        (
          await said(
            `count --from list.csv -o counted.csv --force --quiet --columns l_out,ops,macs,additions,params ${options}`.split(
              " ",
            ),
          )
        ).exitCode,
      ).toBe(0);
      expect(readFileSync("counted.csv", "utf8") === expected).toBe(true);
    }
  });
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
  it("gives the same bytes from a file, from flags and from the library, on 1, 2 and 5 workers, by both methods", async () => {
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
      expect((await said(`sweep ${command} -o out.csv --force --quiet`.split(" "))).exitCode).toBe(
        0,
      );
      expect(readFileSync("out.csv", "utf8") === expected).toBe(true);
    }
  });

  it("adds up in its summary", () => {
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

  it("ends at once and quietly when nobody reads on", () => {
    const vast =
      "--in-channels 1..1000 --out-channels 1..1000 --kernel-size 1..1000 --l-in 1..1000";
    const script = `"${process.execPath}" "${BINARY}" sweep ${vast} | head -3; echo "\${PIPESTATUS[@]}"`;
    const { stdout, stderr } = spawnSync("bash", ["-c", script], { encoding: "utf8" });
    expect(stderr).toBe("");
    expect(stdout).toBe(
      "batch_size,in_channels,out_channels,l_in,kernel_size,stride,padding,output_padding,dilation,groups,bias,l_out,additions_per_filter,ops,macs,additions,params\n" +
        "1,1,1,1,1,1,0,0,1,1,true,1,0,2,1,1,2\n1,1,1,2,1,1,0,0,1,1,true,2,0,4,2,2,2\n0 0\n",
    );
  });

  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)(
    "on %s leaves what it has, says how to go on, and exits with %i",
    async (signal, code) => {
      const vast =
        "--in-channels 1..1000 --out-channels 1..1000 --kernel-size 1..1000 --l-in 1..1000 -o vast.csv";
      for (const name of ["vast.csv.partial", "vast.csv.partial.json"])
        rmSync(name, { force: true });
      const child = spawn(process.execPath, [BINARY, "sweep", ...vast.split(" ")], {
        stdio: ["ignore", "ignore", "pipe"],
      });
      let stderr = "";
      child.stderr.on("data", (text) => (stderr += text));
      await expect
        .poll(() => existsSync("vast.csv.partial") && lstatSync("vast.csv.partial").size, {
          timeout: 20_000,
        })
        .toBeGreaterThan(1_000_000);
      child.kill(signal);
      const exitCode = await new Promise((resolve) => child.on("exit", resolve));
      expect(exitCode).toBe(code);
      expect(stderr).toMatch(
        /^upsweep: interrupted after [\d,]+ rows\. Repeat the command with --resume to continue\.\n$/,
      );
      expect([
        existsSync("vast.csv"),
        existsSync("vast.csv.partial"),
        existsSync("vast.csv.partial.json"),
      ]).toEqual([false, true, true]);
    },
  );

  it.each([
    ["sweep", ["-o", "hours.csv", "--check", "all"], "0 rows. hours.csv was not written."],
    [
      "sweep",
      ["-o", "hours.csv", "--method", "simulate", "--sample", "1"],
      "0 rows. hours.csv was not written.",
    ],
    ["verify", [], "0 layers; no difference so far"],
    [
      "count",
      ["--from", "layer.csv", "-o", "hours.csv", "--method", "simulate"],
      "0 rows. hours.csv was not written.",
    ],
  ])(
    "ends on Ctrl-C while a single layer is simulated for hours: %s %j",
    async (command, flags, said) => {
      writeFileSync(
        "layer.csv",
        "in_channels,out_channels,kernel_size,l_in\n1,1,2147483647,2147483647\n",
      );
      const layer = flags.includes("--from")
        ? []
        : "--in-channels 1 --out-channels 1 --kernel-size 2147483647 --l-in 2147483647".split(" ");
      const child = spawn(process.execPath, [BINARY, command, ...layer, ...flags], {
        stdio: ["ignore", "ignore", "pipe"],
      });
      onTestFinished(() => void child.kill("SIGKILL"));
      let stderr = "";
      child.stderr.on("data", (text) => (stderr += text));
      // It has long begun when it has worked for a second: hundredths of one, the 14th field behind a name in brackets.
      const worked = () =>
        Number(readFileSync(`/proc/${child.pid}/stat`, "latin1").split(") ")[1]?.split(" ")[11]);
      await expect.poll(worked, { timeout: 20_000 }).toBeGreaterThan(100);
      child.kill("SIGINT");
      expect(await new Promise((resolve) => child.on("exit", (code) => resolve(code)))).toBe(130);
      expect(stderr).toBe(`upsweep: interrupted after ${said}\n`);
      expect(readdirSync(".").filter((name) => name.startsWith("hours"))).toEqual([]);
      // So long that it says no more than that the process hears.
    },
    60_000,
  );

  it("ends at once on a second Ctrl-C, though the disk is slow, and what it had can be gone on with", async () => {
    // Stands for a disk that takes a minute for what is left to be written.
    writeFileSync(
      "slow.cjs",
      'require("node:fs").fdatasyncSync = () => { require("node:fs").writeSync(2, "flushing\\n"); Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60000); };',
    );
    const space =
      "--in-channels 1..60 --out-channels 1..50 --kernel-size 1..20 --l-in 1..200 --columns macs -o twice.csv".split(
        " ",
      );
    const child = spawn(process.execPath, ["--require", "./slow.cjs", BINARY, "sweep", ...space], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    let stderr = "";
    child.stderr.on("data", (text) => {
      stderr += text;
      if (stderr.includes("flushing")) child.kill("SIGINT");
    });
    await expect
      .poll(() => existsSync("twice.csv.partial.json") && lstatSync("twice.csv.partial").size, {
        timeout: 20_000,
      })
      .toBeGreaterThan(1_000_000);
    child.kill("SIGINT");
    expect(await new Promise((resolve) => child.on("exit", (_, signal) => resolve(signal)))).toBe(
      "SIGINT",
    );
    expect(stderr).toBe("flushing\n");
    expect(upsweep(`sweep ${space.join(" ")} --resume --quiet`)).toMatchObject({
      status: 0,
      stderr: "",
    });
    expect(upsweep(`sweep ${space.slice(0, -1).join(" ")} once.csv --quiet`).status).toBe(0);
    expect(readFileSync("twice.csv").equals(readFileSync("once.csv"))).toBe(true);
  });

  it("replaces an existing file only with --force and when the new one is whole, and writes through a link", () => {
    writeFileSync("kept.csv", "old\n");
    symlinkSync("kept.csv", "link.csv");
    const small = "--in-channels 1 --out-channels 1 --l-in 2 --quiet --columns ops";
    const overflowing = upsweep(
      "sweep --in-channels 1073741824 --out-channels 1073741824 --l-in 1,64 --kernel-size 3 --quiet -o link.csv --force",
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

describe("upsweep plan", () => {
  it("shows the loop nest with what is done at each level", async () => {
    const { stdout } = await said(
      "plan --in-channels 8 --out-channels 8 --stride 1..4 --padding 0,1 --l-in 1..9:2 --groups 1,3 --kernel-size 2 --columns l_out,ops,params".split(
        " ",
      ),
    );
    expect(stdout.split("\n").slice(0, 11)).toEqual([
      "fixed: batch_size 1, output_padding 0, dilation 1, bias true, in_channels 8, out_channels 8, kernel_size 2",
      "for stride in 1..4: (4 values)",
      "  reject unless output_padding < stride or output_padding < dilation",
      "  for padding in [0, 1]: (2 values)",
      "    for l_in in 1..9:2: (5 values)",
      "      reject unless l_out >= 1",
      "      count l_out",
      "      for groups in [1, 3]: (2 values)",
      "        reject unless in_channels % groups == 0",
      "        reject unless out_channels % groups == 0",
      "        count ops, params",
    ]);
    expect(stdout).toMatch(/^raw size {2}80 = 4 · 2 · 5 · 2$/m);
    expect(stdout).toMatch(/^rows +36 +45 % of the raw size \(counted\)$/m);
  });

  it("plans 10^18 layers, and warns of what may overflow", async () => {
    const { exitCode, stdout } = await said(
      "plan --in-channels 1..1000000 --out-channels 1..1000000 --l-in 1..1000 --kernel-size 1..1000".split(
        " ",
      ),
    );
    expect(exitCode).toBe(0);
    expect(stdout).toContain(
      "raw size  1,000,000,000,000,000,000 = 1,000,000 · 1,000,000 · 1,000 · 1,000\n",
    );
    expect(
      (
        await said(
          "plan --in-channels 1073741824 --out-channels 1073741824 --l-in 1..64 --kernel-size 3".split(
            " ",
          ),
        )
      ).stdout,
    ).toContain(
      "ops, macs, additions may exceed 64 bits on the largest layers; the sweep stops at the first such layer.\n",
    );
  });
});

describe("upsweep verify", () => {
  it("compares every layer, or a sample that can be drawn again", async () => {
    const all = await said(
      `verify ${FLAGS} --stride 1..3`.replace("--stride 1..9 ", "").split(" "),
    );
    expect(all.stdout).toMatch(
      /^closed form and simulation agree on all [\d,]+ layers \([^)]+\)\n$/,
    );
    const draw = async (seed: number) =>
      (await said(`verify ${FLAGS} --sample 2000 --seed ${seed}`.split(" "))).stderr;
    expect(await draw(1)).toBe(await draw(1));
    expect(await draw(1)).not.toBe(await draw(2));
    expect(await draw(1)).toMatch(
      /^2,000 layers: [\d,]+ verified \(sampled from 622,080\), [\d,]+ rejected\n/,
    );
  });
});

describe("upsweep columns", () => {
  it("names every parameter and result with what it counts, as text, JSON and Markdown", async () => {
    const text = (await said(["columns"])).stdout;
    const json = JSON.parse((await said(["columns", "--json"])).stdout);
    const markdown = (await said(["columns", "--markdown"])).stdout;
    expect(json.results.map((c: { name: string }) => c.name)).toEqual(
      columnsOf(TRANSPOSED).map(({ name }) => name),
    );
    expect(json.parameters.map((c: { name: string }) => c.name)).toEqual(TRANSPOSED.parameterNames);
    for (const { name, counts, tool } of columnsOf(TRANSPOSED).map((c) =>
      describeColumn(TRANSPOSED, c),
    )) {
      expect(text).toMatch(new RegExp(`^[* ]? {2}${name} .*`, "m"));
      expect(text).toContain(counts);
      expect(markdown.includes(`| \`${name}\``)).toBe(tool === undefined);
    }
  });
});

describe("upsweep", () => {
  it("begins every help text with examples that run", () => {
    for (const command of ["", "count", "sweep", "plan", "verify", "columns"]) {
      expect(
        execFileSync(process.execPath, [BINARY, ...(command ? [command] : []), "--help"], {
          encoding: "utf8",
        }),
      ).toMatch(/^Examples:\n {2}/);
    }
  });
});
