/**
 * How a file gets its name: no existing file is lost, no unfinished file gets a name, and links are
 * not followed.
 */
import { spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { afterEach, describe, expect, it, vi } from "vitest";
import { planSweep } from "../../src/plan/plan.ts";
import { writeBatches } from "../../src/run/files/write.ts";
import { Checkpoint } from "../../src/run/resume/checkpoint.ts";
import { resumeTarget } from "../../src/run/resume/start.ts";
import { sweepOnThreads } from "../../src/run/threads.ts";
import { fileSink } from "../../src/sink/file.ts";
import { takeLock } from "../../src/sink/lock.ts";
import { type SpecInput, specFrom } from "../../src/spec/read.ts";
import { BINARY, inTemporaryFolder, said } from "../support/cli.ts";
import { pattern, printed, words } from "../support/text.ts";

/**
 * Called before every operation on names in node:fs/promises. The operation fails when it rejects.
 */
let before: (operation: string, ...paths: string[]) => Promise<void> = async () => {};
vi.mock("node:fs/promises", async (original) => {
  const real = await original<typeof import("node:fs/promises")>();
  const wrapped = (name: "rename" | "link" | "unlink" | "open") =>
    Object.assign(async (...given: string[]) => {
      await before(name, ...given);
      return (real[name] as (...given: string[]) => Promise<unknown>)(...given);
    });
  return {
    ...real,
    rename: wrapped("rename"),
    link: wrapped("link"),
    unlink: wrapped("unlink"),
    open: wrapped("open"),
  };
});

inTemporaryFolder();
afterEach(() => {
  before = async () => {};
  for (const name of readdirSync(".")) rmSync(name, { recursive: true });
});

const refusal = (message: string) => ({ exitCode: 2, stderr: `upsweep: ${message}\n`, stdout: "" });
const done = { exitCode: 0, stderr: "", stdout: "" };
const LAYER = words`--in-channels 1 --out-channels 1 --l-in 2..40 --kernel-size 3`;
const SWEEP = ["sweep", ...LAYER, "-o", "out.csv", "--quiet"];
const ROWS = () =>
  spawnSync(process.execPath, [BINARY, "sweep", ...LAYER], { encoding: "utf8" }).stdout;

describe("a file that appears while a run writes", () => {
  it.each([
    ["a sweep", SWEEP],
    ["a sweep of a shard", [...SWEEP, "--shard", "0/1"]],
    ["a sweep with --resume", [...SWEEP, "--resume"]],
  ])("is not replaced by %s, which can be resumed", async (_, command) => {
    const out = command.includes("--shard") ? "out.00000-of-00001.csv" : "out.csv";
    before = async (operation) => {
      if (operation === "rename" && !existsSync(out)) writeFileSync(out, "theirs\n");
    };
    const { exitCode, stderr } = await said(command);
    expect([exitCode, stderr]).toEqual([
      1,
      expect.stringContaining(
        `upsweep: ${out} appeared while this run was writing, and was not replaced. Move it away`,
      ),
    ]);
    expect(readFileSync(out, "utf8")).toBe("theirs\n");
    expect(readdirSync(".").sort()).toEqual([out, `${out}.partial`, `${out}.partial.json`]);
    expect(await said([...command.filter((word) => word !== "--resume"), "--resume"])).toEqual(
      refusal(`${out} already exists. Write elsewhere or add --force.`),
    );
    before = async () => {};
    rmSync(out);
    expect(await said([...command.filter((word) => word !== "--resume"), "--resume"])).toEqual(
      done,
    );
    expect(readFileSync(out, "utf8")).toBe(ROWS());
  });

  it("is not replaced by a list", async () => {
    writeFileSync("list.csv", "in_channels,out_channels,l_in,kernel_size\n1,1,2,3\n");
    before = async (operation) => {
      if (operation === "rename" && !existsSync("out.csv")) writeFileSync("out.csv", "theirs\n");
    };
    const { exitCode, stderr } = await said(words`count --from list.csv -o out.csv --quiet`);
    expect([exitCode, stderr]).toEqual([
      1,
      expect.stringContaining("out.csv appeared while this run was writing"),
    ]);
    expect(readFileSync("out.csv", "utf8")).toBe("theirs\n");
    expect(readdirSync(".").sort()).toEqual(["list.csv", "out.csv"]);
  });

  it("is replaced with --force", async () => {
    before = async (operation) => {
      if (operation === "rename" && !existsSync("out.csv")) writeFileSync("out.csv", "theirs\n");
    };
    expect(await said([...SWEEP, "--force"])).toEqual(done);
    expect(readFileSync("out.csv", "utf8")).toBe(ROWS());
    expect(readdirSync(".")).toEqual(["out.csv"]);
  });

  it.each(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"])(
    "is not replaced on file systems without hard links (%s)",
    async (code) => {
      let isThere = false;
      before = async (operation, _, to) => {
        if (operation !== "link") return;
        if (isThere && to === "out.csv") writeFileSync("out.csv", "theirs\n");
        throw Object.assign(new Error(code), { code });
      };
      expect(await said(SWEEP)).toEqual(done);
      expect(readFileSync("out.csv", "utf8")).toBe(ROWS());
      rmSync("out.csv");
      isThere = true;
      expect((await said(SWEEP)).stderr).toContain("out.csv appeared while this run was writing");
      expect(readFileSync("out.csv", "utf8")).toBe("theirs\n");
    },
  );

  it("may be a dangling link", async () => {
    symlinkSync("nowhere", "out.csv");
    expect(await said(SWEEP)).toEqual(
      refusal("out.csv already exists. Write elsewhere or add --force."),
    );
    expect(existsSync("nowhere")).toBe(false);
    expect(readdirSync(".")).toEqual(["out.csv"]);
  });
});

describe("an unfinished file that no known run has left", () => {
  it.each(["out.csv.partial", "out.csv.partial.json"])(
    "is refused without --force, and discarded with it: %s",
    async (name) => {
      writeFileSync(name, "somebody's rows\n");
      writeFileSync("list.csv", "in_channels,out_channels,l_in,kernel_size\n1,1,2,3\n");
      const expected = refusal(
        `${name} exists, but was not left by a known run of upsweep. Move it away, or add --force to discard it.`,
      );
      expect(await said(SWEEP)).toEqual(expected);
      expect(await said(["count", "--from", "list.csv", "-o", "out.csv"])).toEqual(expected);
      if (name === "out.csv.partial") expect(await said([...SWEEP, "--resume"])).toEqual(expected);
      expect(readFileSync(name, "utf8")).toBe("somebody's rows\n");
      expect(readdirSync(".").sort()).toEqual(["list.csv", name]);
      expect(await said([...SWEEP, "--force"])).toEqual(done);
      expect(readdirSync(".").sort()).toEqual(["list.csv", "out.csv"]);
    },
  );

  it("is replaced where the lock of a killed run names it, or where it is empty", async () => {
    const long = words`
      sweep --l-in 70000 --in-channels 6 --out-channels 4 --method simulate --kernel-size 1..400
      --stride 1..50 -o out.csv --quiet
    `;
    const child = spawn(process.execPath, [BINARY, ...long], { stdio: "ignore" });
    while (!(existsSync("out.csv.partial") && statSync("out.csv.partial").size > 0))
      await new Promise((resolve) => setTimeout(resolve, 5));
    child.kill("SIGKILL");
    await new Promise((resolve) => child.on("exit", resolve));
    if (!existsSync("out.csv.partial.json")) {
      // The leftover of a run that was killed at another moment.
      writeFileSync("out.csv.partial.0123456789ab", "");
      expect(await said(SWEEP)).toEqual(done);
      expect(readdirSync(".")).toEqual(["out.csv"]);
    }
    writeFileSync("out.csv.partial", "");
    expect(await said([...SWEEP, "--force"])).toEqual(done);
    rmSync("out.csv");
    writeFileSync("out.csv.partial", "");
    expect(await said(SWEEP)).toEqual(done);
  });

  it("is replaced although the next run was killed before it had created a file", async () => {
    writeFileSync("out.csv.partial", "rows of the first run\n");
    const { dev, ino } = statSync("out.csv.partial", { bigint: true });
    const dead = { host: hostname(), pid: process.pid, began: "1" };
    writeFileSync(
      "out.csv.partial.lock",
      JSON.stringify({ ...dead, lock: "first", file: `${dev}:${ino}` }),
    );
    await takeLock("out.csv.partial", "out.csv");
    writeFileSync(
      "out.csv.partial.lock",
      JSON.stringify({ ...JSON.parse(readFileSync("out.csv.partial.lock", "utf8")), ...dead }),
    );
    expect(await said([...SWEEP, "--resume"])).toEqual(done);
    expect(readFileSync("out.csv", "utf8")).toBe(ROWS());
  });
});

describe("links under the names next to a file", () => {
  const FOREIGN = "exists, but was not left by a known run";
  const LINK = "is a symbolic link, which upsweep does not follow or write\\. Remove it";
  const LINKED = ["out.csv.partial", "out.csv.partial.json", "out.csv.partial.lock"];

  it.each(LINKED)("are never followed: %s", async (name) => {
    writeFileSync("precious", "precious\n");
    for (const command of [SWEEP, [...SWEEP, "--resume"], [...SWEEP, "--force"]]) {
      rmSync("out.csv", { force: true });
      rmSync(name, { force: true });
      symlinkSync("precious", name);
      const { exitCode, stderr } = await said(command);
      const isForced = command.includes("--force") && name !== "out.csv.partial.lock";
      expect([command, exitCode], stderr).toEqual([command, isForced ? 0 : 2]);
      if (!isForced)
        expect(stderr).toMatch(
          pattern`upsweep: out.csv.partial${/[^ ]*/} ${new RegExp(`(${FOREIGN}|${LINK})`)}`,
        );
      expect(readFileSync("precious", "utf8")).toBe("precious\n");
    }
  });

  it("are not followed even to a valid manifest or valid rows", async () => {
    const { stopped } = await interrupted();
    for (const name of ["out.csv.partial", "out.csv.partial.json"]) {
      await stopped();
      const text = readFileSync(name);
      writeFileSync("elsewhere", text);
      rmSync(name);
      symlinkSync("elsewhere", name);
      for (const trust of [[], ["--trust"]]) {
        expect(await said([...SWEEP, "--resume", ...trust])).toEqual(
          refusal(
            `${name} is a symbolic link, which upsweep does not follow or write. Remove it or write elsewhere.`,
          ),
        );
      }
      expect(readFileSync("elsewhere").equals(text)).toBe(true);
      rmSync(name);
      linkSync("elsewhere", name);
      expect((await said([...SWEEP, "--resume"])).stderr).toBe(
        printed`
          upsweep: ${name} is a file with several hard links, which upsweep does not follow or
          write. Remove it or write elsewhere.
        `,
      );
      rmSync("elsewhere");
      rmSync(name);
      mkdirSync(name);
      expect((await said([...SWEEP, "--resume"])).stderr).toContain(
        `${name} is a folder, which upsweep`,
      );
      rmSync(name, { recursive: true });
      spawnSync("bash", ["-c", `mkfifo ${name}`]);
      expect((await said([...SWEEP, "--resume"])).stderr).toContain(
        `${name} is not a regular file, which upsweep`,
      );
    }
  });

  it("are kept at the file itself, whose target is replaced", async () => {
    mkdirSync("data");
    writeFileSync("data/real.csv", "old\n");
    symlinkSync("data/real.csv", "out.csv");
    expect(await said([...SWEEP, "--force"])).toEqual(done);
    expect(lstatSync("out.csv").isSymbolicLink()).toBe(true);
    expect(readFileSync("data/real.csv", "utf8")).toBe(ROWS());
    expect(readdirSync("data")).toEqual(["real.csv"]);
  });
});

describe("a file that replaces another", () => {
  it.each([0o600, 0o640, 0o444, 0o755])("gets its mode: %o", async (mode) => {
    writeFileSync("out.csv", "old\n");
    chmodSync("out.csv", mode);
    let seen: number | undefined;
    before = async (operation) => {
      if (operation === "rename") seen ??= statSync("out.csv.partial").mode & 0o777;
    };
    expect(await said([...SWEEP, "--force"])).toEqual(done);
    expect(statSync("out.csv").mode & 0o777).toBe(mode);
    expect(seen).toBe(mode);
  });
});

const SPEC: SpecInput = {
  axes: { in_channels: 1, out_channels: 1, l_in: "2..40", kernel_size: 3 },
};

/** Leaves the files of an interrupted sweep. */
async function interrupted() {
  const plan = planSweep(specFrom(SPEC));
  return {
    stopped: async () => {
      for (const name of readdirSync("."))
        if (name.startsWith("out.csv")) rmSync(name, { recursive: true });
      const sink = await fileSink("out.csv", { mayReplace: true });
      const kept = await resumeTarget(plan, "out.csv");
      const stopping = async function* () {
        yield* sweepOnThreads(plan, { limit: 20, isSummed: true });
        throw new Error("stop");
      };
      await expect(
        writeBatches(stopping() as never, Buffer.from(plan.header), sink, {
          checkpoint: new Checkpoint(kept as never, sink),
        }),
      ).rejects.toThrow("stop");
    },
  };
}
