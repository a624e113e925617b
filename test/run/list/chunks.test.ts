/** Lists cut into chunks at record boundaries. */
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { cutIntoChunks } from "../../../src/run/list/chunks.ts";
import { runs } from "../../support/tier.ts";

const field = fc.oneof(
  fc.stringMatching(/^[a-z0-9 é]{0,6}$/),
  fc.stringMatching(/^[a-z,\n" ]{0,8}$/).map((text) => `"${text.replaceAll('"', '""')}"`),
);
const record = fc.array(field, { minLength: 1, maxLength: 4 }).map((fields) => fields.join(","));

describe("a list cut into chunks", () => {
  test.prop(
    [
      fc.array(record, { minLength: 1, maxLength: 25 }),
      fc.constantFrom("\n", "\r\n"),
      fc.boolean(),
      fc.integer({ min: 1, max: 40 }),
    ],
    {
      numRuns: runs(400),
    },
  )(
    "is complete, and every chunk ends where a record ends",
    async (records, lineEnd, endsWithLine, pieceBytes) => {
      const bytes = Buffer.from(records.join(lineEnd) + (endsWithLine ? lineEnd : ""));
      const stream = (async function* () {
        for (let at = 0; at < bytes.length; at += pieceBytes)
          yield bytes.subarray(at, at + pieceBytes);
      })();
      const chunks = await cutIntoChunks(stream, 120);
      expect(Buffer.from(chunks.header).toString()).toBe(records[0]);
      expect(chunks.headerLines).toBe((records[0] as string).split("\n").length);
      const shards: string[] = [];
      for await (const chunk of chunks.records) {
        expect(chunk?.length).toBeLessThanOrEqual(120);
        shards.push(Buffer.from(chunk as Uint8Array).toString());
      }
      const rest =
        records.slice(1).join(lineEnd) + (endsWithLine && records.length > 1 ? lineEnd : "");
      expect(shards.join("")).toBe(rest);
      // Quotes are in pairs before each boundary.
      for (const shard of shards.slice(0, -1)) {
        expect(shard.endsWith("\n")).toBe(true);
        expect((shard.split('"').length - 1) % 2).toBe(0);
      }
    },
  );

  it("ends with undefined at a record that is longer than a chunk", async () => {
    const stream = (async function* () {
      yield Buffer.from(`h\na\nb\n${"x".repeat(50)}\nc\n`);
    })();
    const { records } = await cutIntoChunks(stream, 20);
    const shards: (string | undefined)[] = [];
    for await (const chunk of records) shards.push(chunk && Buffer.from(chunk).toString());
    expect(shards).toEqual(["a\nb\n", undefined]);
  });
});

describe("a live stream cut into chunks", () => {
  it("is cut at each pause, and into full chunks while it is fast", async () => {
    const stream = Object.assign(
      (async function* () {
        yield Buffer.from("h\na\nb\nc");
        await new Promise((resolve) => setTimeout(resolve, 20));
        yield Buffer.from("d\n");
        await new Promise((resolve) => setTimeout(resolve, 20));
        for (let i = 0; i < 30; i++) yield Buffer.from("e\n");
      })(),
      { isLive: true },
    );
    const { records, releaseChunk } = await cutIntoChunks(stream, 16);
    const parts: string[] = [];
    for await (const chunk of records) {
      if (!chunk) continue;
      parts.push(Buffer.from(chunk).toString());
      releaseChunk(chunk);
    }
    expect(parts.slice(0, 2)).toEqual(["a\nb\n", "cd\n"]);
    expect(parts.slice(2).join("")).toBe("e\n".repeat(30));
    expect(parts[2]).toHaveLength(16);
  });
});
