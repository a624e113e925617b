/**
 * Lists on the command line: what their columns mean, their totals, and earlier output as input.
 */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { BINARY, inTemporaryFolder, said } from "../support/cli.ts";
import { KERNELS } from "../support/kernels.ts";
import { planOf, sweepOn } from "../support/sweeps.ts";
import { printed, text, words } from "../support/text.ts";

inTemporaryFolder();

const upsweep = (command: string, input = "") =>
  spawnSync(process.execPath, [BINARY, ...command.split(" ")], {
    encoding: "utf8",
    input,
    maxBuffer: 1 << 28,
  });

/** The lines that `count --from` writes for a list, and its summary. */
async function counted(
  list: string,
  ...options: string[]
): Promise<{ exitCode: number; lines: string[]; stderr: string }> {
  writeFileSync("list.csv", list);
  const { exitCode, stderr } = await said([
    "count",
    "--from",
    "list.csv",
    "-o",
    "counted.csv",
    "--force",
    ...options,
  ]);
  return {
    exitCode,
    lines: exitCode === 0 ? readFileSync("counted.csv", "utf8").trimEnd().split("\n") : [],
    stderr,
  };
}

const HEADER = "in_channels,out_channels,kernel_size,l_in";

describe("a column 'layer'", () => {
  const mixed = printed`
    layer,${HEADER},h_in,w_in
    |conv1d,66,32,4,128,,
    |ConvTranspose1d,66,32,4,128,,
    |nn.ConvTranspose2d,6,3,"(2, 5)",,4,6
  `;

  it("selects the kind of each row, and leaves columns empty that a kind does not have", async () => {
    const { lines } = await counted(mixed, "--columns", "macs,overlap_min,h_out");
    expect(lines).toEqual([
      `layer,${HEADER},h_in,w_in,macs,overlap_min,h_out`,
      "conv1d,66,32,4,128,,,1056000,,",
      "ConvTranspose1d,66,32,4,128,,,1081344,4,",
      'nn.ConvTranspose2d,6,3,"(2, 5)",,4,6,4320,10,5',
    ]);
  });

  it("expands a group of columns to those of all kinds", async () => {
    const { lines } = await counted(mixed, "--columns", "geometry");
    expect(lines[0]).toContain(",l_out,d_out,h_out,w_out,taps,");
  });

  it("is refused together with --layer, unless it is kept as a label", async () => {
    expect((await counted(mixed, "--layer", "conv1d")).stderr).toBe(
      printed`
        upsweep: list.csv:1: the list has a column 'layer', but --layer is given too. Remove
        --layer, or keep the column as a label with --carry layer.
      `,
    );
    const { lines } = await counted(
      `layer,${HEADER}\ndecoder.up.0,66,32,4,128\n`,
      "--layer",
      "Conv1d",
      "--carry",
      "layer",
      "--columns",
      "macs",
    );
    expect(lines[1]).toBe("decoder.up.0,66,32,4,128,1056000");
  });
});

describe("--carry", () => {
  it("marks columns as labels, several in one option or one per option", async () => {
    const { lines } = await counted(
      `kind,${HEADER},padding_mode,Stride\nup,66,32,4,128,zeros,9\n`,
      "--carry",
      "kind,Stride",
      "--carry",
      "padding_mode",
      "--columns",
      "macs",
    );
    expect(lines).toEqual([
      `kind,${HEADER},padding_mode,Stride,macs`,
      "up,66,32,4,128,zeros,9,1081344",
    ]);
  });

  it("refuses a parameter, a result that is written, and an unknown column", async () => {
    expect((await counted(`${HEADER}\n`, "--carry", "l_in")).stderr).toBe(
      printed`
        upsweep: list.csv:1: --carry names 'l_in', which is a parameter of the layers. Remove it
        from --carry, or rename the column.
      `,
    );
    expect((await counted(`${HEADER},macs\n`, "--carry", "macs")).stderr).toBe(
      printed`
        upsweep: list.csv:1: the column 'macs' cannot be copied: a result column has the same name.
        Rename it, or choose other results with --columns.
      `,
    );
    expect((await counted(`${HEADER},kind\n`, "--carry", "kinds")).stderr).toBe(
      "upsweep: --carry: the header has no column 'kinds'. Did you mean 'kind'?\n",
    );
  });
});

describe("upsweep's own output", () => {
  const sweep = text`
    sweep --in-channels 1..4 --out-channels 1..3 --kernel-size 3..5 --l-in 7 --stride 2 --columns
    macs,zero_insertion_waste,overlap_even,moduleprofiler
  `;

  it("can be counted again to the same bytes", async () => {
    await said([...sweep.split(" "), "-o", "sweep.csv", "--quiet"]);
    const columns = ["--columns", "macs,zero_insertion_waste,overlap_even,moduleprofiler"];
    const { exitCode, stderr } = await said([
      "count",
      "--from",
      "sweep.csv",
      "-o",
      "again.csv",
      ...columns,
    ]);
    expect(exitCode).toBe(0);
    expect(stderr).toContain(
      "upsweep: replacing result columns of the list: macs, zero_insertion_waste, overlap_even, moduleprofiler\n",
    );
    expect(readFileSync("again.csv", "utf8")).toBe(readFileSync("sweep.csv", "utf8"));
    expect((await said(["compare", "--from", "sweep.csv", "--quiet"])).exitCode).toBe(0);
  });

  it("is verified with --verify-results, including columns that are not written", async () => {
    expect(
      (await said(words`count --from sweep.csv -o verified.csv --verify-results --columns params`))
        .exitCode,
    ).toBe(0);
    const [header, first] = readFileSync("verified.csv", "utf8").split("\n");
    expect(header).toMatch(/,bias,params$/);
    expect(first).toBe("1,1,1,7,3,2,0,0,1,1,true,4");
  });

  it("stops at the first difference, with its line and both values", async () => {
    const lines = readFileSync("sweep.csv", "utf8").split("\n");
    const damaged = [
      ...lines.slice(0, 5),
      (lines[5] as string).replace(/,([0-9]+),(0\.[0-9]+),/, ",1$1,$2,"),
      ...lines.slice(6),
    ];
    writeFileSync("damaged.csv", damaged.join("\n"));
    const { exitCode, stderr } = await said(words`
      count --from damaged.csv -o never.csv --verify-results --quiet
    `);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(
      /^upsweep: damaged\.csv:6: macs is 1([0-9]+) in the list, but the count is \1\. Check the parameters /,
    );
  });

  it("accepts numbers in the notation of other programs", async () => {
    const list = printed`
      ${HEADER},macs,zero_insertion_waste,overlap_even,note
      |66,32,4,128,1081344.0,0.022900763358778626,True,x
    `;
    expect((await counted(list, "--verify-results")).exitCode).toBe(0);
    expect((await counted(list.replace("44.0,", "44.5,"), "--verify-results")).stderr).toContain(
      "list.csv:2: macs is '1081344.5' in the list, but the count is 1081344.",
    );
    expect((await counted(list.replace("0.0229", "0.0228"), "--verify-results")).stderr).toContain(
      "list.csv:2: zero_insertion_waste is '0.022800763358778626' in the list",
    );
  });
});

describe("totals", () => {
  const list = `name,${HEADER}\na,66,32,4,128\nb,2,3,2,4\n`;

  it("are in the summary for every column that can be totalled", async () => {
    const { stderr } = await counted(list, "--columns", "l_out,macs,params");
    expect(stderr.split("\n").slice(1, 3)).toEqual([
      "total  macs    1,081,392",
      "total  params      8,495",
    ]);
  });

  it("are the last record with --total", async () => {
    const { lines } = await counted(list, "--columns", "l_out,macs,params", "--total");
    expect(lines.at(-1)).toBe("total,,,,,,1081392,8495");
  });

  it("are written to a file with --total-to, by kind where there are several", async () => {
    const mixed = `layer,${HEADER}\nconv1d,66,32,4,128\nconv_transpose1d,2,3,2,4\n`;
    expect(
      (await counted(mixed, "--columns", "macs,params", "--total-to", "total.json")).exitCode,
    ).toBe(0);
    expect(JSON.parse(readFileSync("total.json", "utf8"))).toEqual({
      layers: 2,
      macs: 1056048,
      params: 8495,
      kinds: {
        conv_transpose1d: { macs: 48, params: 15 },
        conv1d: { macs: 1056000, params: 8480 },
      },
    });
  });

  it("are refused where no column can be totalled", async () => {
    expect((await counted(list, "--columns", "l_out", "--total")).stderr).toBe(
      printed`
        upsweep: --total is given, but no column can be totalled. Choose columns such as macs and
        params with --columns.
      `,
    );
  });
});

describe("a list from a pipe", () => {
  it("is answered line by line, as soon as each line is written", async () => {
    const child = spawn(
      process.execPath,
      [BINARY, "count", "--from", "-", "--columns", "macs", "--quiet"],
      { stdio: ["pipe", "pipe", "inherit"] },
    );
    const lines = child.stdout.setEncoding("utf8")[Symbol.asyncIterator]();
    const answer = async () => (await lines.next()).value as string;
    child.stdin.write(`${HEADER}\n`);
    expect(await answer()).toBe(`${HEADER},macs\n`);
    for (const [lIn, macs] of [
      [4, 48],
      [5, 60],
      [6, 72],
    ]) {
      child.stdin.write(`2,3,2,${lIn}\n`);
      expect(await answer()).toBe(`2,3,2,${lIn},${macs}\n`);
    }
    // An incomplete record waits for its rest.
    child.stdin.write("2,3,");
    await new Promise((resolve) => setTimeout(resolve, 20));
    child.stdin.write("2,7\n2,3,2,8");
    expect(await answer()).toBe("2,3,2,7,84\n");
    child.stdin.end();
    expect(await answer()).toBe("2,3,2,8,96\n");
  });

  it("is counted to the same bytes as a file, however it arrives", () => {
    const rows = Array.from(
      { length: 60_000 },
      (_, i) => `${1 + (i % 7)},${1 + (i % 5)},${1 + (i % 9)},${1 + i}`,
    );
    writeFileSync("long.csv", `${HEADER}\n${rows.join("\n")}\n`);
    const run = (command: string) =>
      execFileSync("bash", ["-c", command], { encoding: "utf8", maxBuffer: 1 << 26 });
    const count = `"${process.execPath}" "${BINARY}" count --columns macs,l_out --quiet --from`;
    const whole = run(`${count} long.csv`);
    expect(run(`cat long.csv | ${count} -`)).toBe(whole);
    expect(run(`(head -c 700000 long.csv; sleep 0.1; tail -c +700001 long.csv) | ${count} -`)).toBe(
      whole,
    );
  });
});

describe("upsweep count --from", () => {
  it("appends the results to the columns of the list, and copies those byte for byte", () => {
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

  it("accepts a byte order mark, bytes that are not UTF-8, and a list without rows", () => {
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

  it("rejects illegal layers and counts them by rule with --skip-invalid", () => {
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
            words`
              count --from list.csv -o counted.csv --force --quiet
              --columns l_out,ops,macs,additions,params ${options}
            `,
          )
        ).exitCode,
      ).toBe(0);
      expect(readFileSync("counted.csv", "utf8") === expected).toBe(true);
    }
  });
});
