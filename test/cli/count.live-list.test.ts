/** Lists that arrive line by line: each line is answered before the next one is written. */
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from "node:child_process";
import { createWriteStream, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { constants, createGzip } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { arrowOf } from "../support/arrow.ts";
import { BINARY, inTemporaryFolder } from "../support/cli.ts";

inTemporaryFolder();

const HEADER = "in_channels,out_channels,kernel_size,l_in";
/** The MACs of a layer with stride 1 and without padding. */
const macs = (row: string) => row.split(",").reduce((product, value) => product * Number(value), 1);

const children: ChildProcessWithoutNullStreams[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

/** An upsweep process that reads a list from its standard input. */
function coprocess(...args: string[]) {
  const child = spawn(process.execPath, [BINARY, "count", "--columns", "macs", "--quiet", ...args]);
  children.push(child);
  let [text, stderr] = ["", ""];
  let wake = () => {};
  child.stdout.on("data", (data: Buffer) => {
    text += data;
    wake();
  });
  child.stderr.on("data", (data: Buffer) => {
    stderr += data;
  });
  child.stdin.on("error", () => {});
  const ended = new Promise<{ exitCode: number | null; stderr: string }>((resolve) =>
    child.on("close", (exitCode) => resolve({ exitCode, stderr })),
  );
  /** The next line of its output. */
  const line = async (): Promise<string> => {
    while (!text.includes("\n")) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    const end = text.indexOf("\n");
    const found = text.slice(0, end);
    text = text.slice(end + 1);
    return found;
  };
  return { child, line, ended, rest: () => text };
}

describe("a list from a pipe or socket", () => {
  it("prints its header immediately, and answers each line before the next one is written", async () => {
    const { child, line, ended } = coprocess("--from", "-");
    child.stdin.write(`${HEADER}\n`);
    expect(await line()).toBe(`${HEADER},macs`);
    for (let i = 1; i <= 300; i++) {
      const row = `${i},64,3,32`;
      child.stdin.write(`${row}\n`);
      expect(await line()).toBe(`${row},${macs(row)}`);
    }
    child.stdin.end("7,1,1,1");
    expect(await line()).toBe("7,1,1,1,7");
    expect(await ended).toEqual({ exitCode: 0, stderr: "" });
  });

  it("waits for the end of a line, and answers lines that arrive together", async () => {
    const { child, line } = coprocess("--from", "-");
    child.stdin.write(`${HEADER},name\n1,1,1,5,"a`);
    expect(await line()).toBe(`${HEADER},name,macs`);
    await new Promise((resolve) => setTimeout(resolve, 50));
    child.stdin.write('\nb"\n2,1,1,5,c\n3,1,');
    expect([await line(), await line(), await line()]).toEqual([
      '1,1,1,5,"a',
      'b",5',
      "2,1,1,5,c,10",
    ]);
    child.stdin.write("1,5,d\n");
    expect(await line()).toBe("3,1,1,5,d,15");
  });

  it.each([
    ["semicolons", `${HEADER};x\n`, (row: string) => `${row.replaceAll(",", ";")};\n`],
    [
      "JSON lines",
      undefined,
      (row: string) =>
        `{${HEADER.split(",").map((name, i) => `"${name}":${row.split(",")[i]}`)}}\n`,
    ],
  ])("is answered line by line as %s", async (_, header, written) => {
    const { child, line } = coprocess("--from", "-");
    if (header) child.stdin.write(header.replaceAll(",", ";"));
    for (let i = 1; i <= 5; i++) {
      const row = `${i},64,3,32`;
      child.stdin.write(written(row));
      if (i === 1) expect(await line()).toBe(header ? `${HEADER},x,macs` : `${HEADER},macs`);
      expect(await line()).toBe(`${row}${header ? "," : ""},${macs(row)}`);
    }
  });

  it("is answered batch by batch as an Arrow stream", async () => {
    const columns = HEADER.split(",").map(
      (name) => ({ name, type: "int32", isNullable: false, metadata: {} }) as const,
    );
    const batchOf = (i: number) => [
      [i, i + 1],
      [64, 64],
      [3, 3],
      [32, 32],
    ];
    const { bytes, blocks } = arrowOf("stream", { columns, metadata: {} }, [1, 3, 5].map(batchOf));
    const { child, line, ended } = coprocess("--from", "-");
    child.stdin.write(bytes.subarray(0, blocks[0]?.offset));
    expect(await line()).toBe(`${HEADER},macs`);
    for (const [i, { offset, metadataLength, bodyLength }] of blocks.entries()) {
      child.stdin.write(bytes.subarray(offset, offset + metadataLength + bodyLength));
      for (const channels of [2 * i + 1, 2 * i + 2]) {
        const row = `${channels},64,3,32`;
        expect(await line()).toBe(`${row},${macs(row)}`);
      }
    }
    child.stdin.end(bytes.subarray(-8));
    expect(await ended).toEqual({ exitCode: 0, stderr: "" });
  });

  it("is answered line by line where its compressor flushes", async () => {
    const { child, line } = coprocess("--from", "-");
    const gzip = createGzip();
    gzip.pipe(child.stdin);
    gzip.write(`${HEADER}\n`);
    gzip.flush(constants.Z_SYNC_FLUSH);
    expect(await line()).toBe(`${HEADER},macs`);
    for (let i = 1; i <= 5; i++) {
      gzip.write(`${i},1,1,1\n`);
      gzip.flush(constants.Z_SYNC_FLUSH);
      expect(await line()).toBe(`${i},1,1,1,${i}`);
    }
  });

  it("ends when it is refused, although its writer continues", async () => {
    for (const text of [`${HEADER}\n0,1,1,1\n`, "nothing\n"]) {
      const { child, ended } = coprocess("--from", "-");
      child.stdin.write(text);
      const { exitCode, stderr } = await ended;
      expect(exitCode).toBe(2);
      expect(stderr).toMatch(/^upsweep: standard input:[12]: [^\n]+\n$/);
    }
  });

  it("is answered for bad lines too with --errors row", async () => {
    const { child, line } = coprocess("--from", "-", "--errors", "row");
    child.stdin.write(`${HEADER}\n`);
    expect(await line()).toBe(`${HEADER},macs,error`);
    for (const [row, answer] of [
      [
        "0,1,1,1",
        '0,1,1,1,,"standard input:2: in_channels cannot be 0. Write a whole number from 1 to 2147483647."',
      ],
      ["2,1,1,1", "2,1,1,1,2,"],
      ["2,1", ',,,,,"standard input:4: the row has 2 fields, but the header has 4. '],
      ["3,1,1,1", "3,1,1,1,3,"],
    ] as const) {
      child.stdin.write(`${row}\n`);
      expect((await line()).slice(0, answer.length)).toBe(answer);
    }
  });

  it("can be a named pipe or a socket", async () => {
    spawnSync("mkfifo", ["rows"]);
    const fromPipe = coprocess("--from", "rows");
    const writer = createWriteStream("rows");
    writer.write(`${HEADER}\n1,1,1,1\n`);
    expect([await fromPipe.line(), await fromPipe.line()]).toEqual([`${HEADER},macs`, "1,1,1,1,1"]);
    writer.write("0,1,1,1\n");
    // A refused list ends the process although the writer keeps the pipe open.
    expect((await fromPipe.ended).stderr).toBe(
      "upsweep: rows:3: in_channels cannot be 0. Write a whole number from 1 to 2147483647.\n",
    );
    writer.destroy();
    const server = createServer((socket) => socket.end(`${HEADER}\n5,1,1,1\n`));
    await new Promise<void>((resolve) => server.listen("socket", resolve));
    const python = [
      "import os,socket,sys",
      "s=socket.socket(socket.AF_UNIX)",
      "s.connect('socket')",
      "os.dup2(s.fileno(),0)",
      "os.execvp(sys.argv[1],sys.argv[1:])",
    ].join("\n");
    if (hasPython()) {
      const run = spawn("python3", [
        "-c",
        python,
        process.execPath,
        BINARY,
        "count",
        "--from",
        "-",
        "--columns",
        "macs",
      ]);
      let text = "";
      for await (const data of run.stdout) text += data;
      expect(text).toBe(`${HEADER},macs\n5,1,1,1,5\n`);
    }
    server.close();
  });

  it("can be interrupted while its named pipe has no writer", async () => {
    spawnSync("mkfifo", ["nobody"]);
    // A signal that arrives while the program still starts ends it without an exit code.
    let exitCode: number | null = null;
    for (let wait = 500; exitCode === null && wait <= 8000; wait *= 2) {
      const { child, ended } = coprocess("--from", "nobody");
      await new Promise((resolve) => setTimeout(resolve, wait));
      child.kill("SIGINT");
      ({ exitCode } = await ended);
    }
    expect(exitCode).toBe(130);
  });

  it("is counted to the same rows as a file, however large its pieces are", async () => {
    const rows = Array.from(
      { length: 300_000 },
      (_, i) => `${(i % 500) + 1},${(i % 77) + 1},${(i % 9) + 1},${(i % 250) + 1}`,
    );
    writeFileSync("many.csv", `${HEADER}\n${rows.join("\n")}\n`);
    const file = spawnSync(
      process.execPath,
      [BINARY, "count", "--from", "many.csv", "--columns", "macs", "--quiet"],
      { maxBuffer: 1 << 26 },
    );
    const bash = (command: string) =>
      spawnSync(
        "bash",
        [
          "-c",
          `${command} | "${process.execPath}" "${BINARY}" count --from - --columns macs --quiet`,
        ],
        { maxBuffer: 1 << 26 },
      );
    for (const command of [
      "cat many.csv",
      "(head -c 3000000 many.csv; sleep 0.1; tail -c +3000001 many.csv)",
      "dd if=many.csv bs=777 status=none",
    ]) {
      const { stdout, status } = bash(command);
      expect(status).toBe(0);
      expect(stdout.equals(file.stdout)).toBe(true);
    }
  });
});

function hasPython(): boolean {
  return (
    spawnSync("python3", ["-c", "import sys; sys.exit(sys.version_info < (3, 9))"]).status === 0
  );
}
