import { existsSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { describe, expect, it, vi } from "vitest";
import { fileSink } from "../../src/sink/file.ts";
import { inTemporaryFolder, said } from "../support/cli.ts";
import { words } from "../support/text.ts";

inTemporaryFolder();

/** The disk reports an error once, and success from then on, as Linux does. */
async function whereOneFails(code: string): Promise<void> {
  const handle = await open("probe", "w");
  const { prototype } = handle.constructor as { prototype: FileHandle };
  await handle.close();
  const error = Object.assign(new Error(`${code}: from the test`), {
    code,
    syscall: "datasync",
    errno: -5,
  });
  vi.spyOn(prototype, "datasync").mockRejectedValueOnce(error);
}

describe("a file that the disk could not keep", () => {
  it("accepts no more rows, although the disk reports the error only once", async () => {
    const sink = await fileSink("a.csv", { mayReplace: false });
    await whereOneFails("EIO");
    await sink.write(Buffer.from("1,2\n"));
    await expect(sink.flush()).rejects.toThrow(
      "a.csv cannot be written: the disk reports an error.",
    );
    await expect(sink.flush()).rejects.toThrow(
      "a.csv cannot be written: the disk reports an error.",
    );
    await expect(sink.write(Buffer.from("3,4\n"))).rejects.toThrow(
      "a.csv cannot be written: the disk reports an error.",
    );
    expect(() => sink.truncateAndSync(4)).toThrow("the disk reports an error");
    sink.abandon();
    expect(existsSync("a.csv.partial")).toBe(false);
  });

  it("never gets its name after a failed background flush", async () => {
    const sink = await fileSink("b.csv", { mayReplace: false });
    await whereOneFails("ENOSPC");
    // Enough bytes to start a flush in the background, which nothing waits for.
    await sink.write(Buffer.alloc(16e6, "\n"));
    await expect(sink.finish()).rejects.toThrow("b.csv cannot be written: the disk is full.");
    expect(existsSync("b.csv")).toBe(false);
    sink.abandon();
  });

  it("ends a sweep with one message", async () => {
    const flags = words`sweep --in-channels 1 --out-channels 1 --l-in 2 --kernel-size 3 -o d.csv --force`;
    await whereOneFails("EIO");
    const { exitCode, stderr } = await said(flags);
    expect([exitCode, stderr]).toEqual([
      1,
      expect.stringMatching(/^upsweep: d\.csv cannot be written: the disk reports an error\. /),
    ]);
    expect(existsSync("d.csv")).toBe(false);
  });

  it("never gets its name when the final flush fails", async () => {
    const sink = await fileSink("c.csv", { mayReplace: false });
    await sink.write(Buffer.from("1,2\n"));
    await whereOneFails("EDQUOT");
    await expect(sink.finish()).rejects.toThrow(
      "c.csv cannot be written: the disk quota is used up.",
    );
    expect(existsSync("c.csv")).toBe(false);
    sink.abandon();
  });
});
