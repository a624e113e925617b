import {
  OUTPUT_PTR,
  SUM_INPUT_BYTES,
  SUM_INPUT_PTR,
  SUM_LINES,
  SUM_PTR,
  SUM_WEIGHTED,
} from "../../assembly/layout";
import { sumBytes } from "../../assembly/sum";

function plain(lane: u32): u32 {
  return load<u32>(SUM_PTR + ((<usize>lane) << 2));
}

function weighted(lane: u32): u32 {
  return load<u32>(SUM_PTR + ((<usize>lane) << 2), SUM_WEIGHTED);
}

function lines(): u32 {
  return load<u32>(SUM_PTR, SUM_LINES);
}

/** Compares the sums with those computed byte by byte. */
function expectSums(ptr: usize, length: u32): void {
  const sums = new StaticArray<u32>(16);
  const rowSums = new StaticArray<u32>(16);
  let newlines: u32 = 0;
  for (let i: u32 = 0; i < length; i++) {
    const byte = <u32>load<u8>(ptr + <usize>i);
    sums[i & 15] += byte;
    rowSums[i & 15] += (i >> 4) * byte;
    newlines += <u32>(byte == 10);
  }
  sumBytes(ptr, length);
  for (let lane: u32 = 0; lane < 16; lane++) {
    expect<u32>(plain(lane)).toBe(sums[lane]);
    expect<u32>(weighted(lane)).toBe(rowSums[lane]);
  }
  expect<u32>(lines()).toBe(newlines);
}

describe("the checksum", () => {
  it("is 0 for no bytes", () => {
    sumBytes(OUTPUT_PTR, 0);
    for (let lane: u32 = 0; lane < 16; lane++) expect<u32>(plain(lane) | weighted(lane)).toBe(0);
    expect<u32>(lines()).toBe(0);
  });

  it("adds each byte to its lane, and the byte times its row to the weighted sum", () => {
    memory.fill(OUTPUT_PTR, 0, 64);
    store<u8>(OUTPUT_PTR + 3, 7);
    store<u8>(OUTPUT_PTR + 16 + 3, 10);
    store<u8>(OUTPUT_PTR + 48 + 15, 255);
    sumBytes(OUTPUT_PTR, 64);
    expect<u32>(plain(3)).toBe(17);
    expect<u32>(weighted(3)).toBe(10);
    expect<u32>(plain(15)).toBe(255);
    expect<u32>(weighted(15)).toBe(765);
    expect<u32>(lines()).toBe(1);
  });

  it("agrees with a loop over bytes, for several lengths and addresses", () => {
    for (let i: usize = 0; i < 2000; i++)
      store<u8>(OUTPUT_PTR + i, <u8>((i * 167 + (i >> 3)) % 256));
    const lengths: u32[] = [1, 15, 16, 17, 255, 256, 257, 511, 512, 1000, 1900];
    for (let n = 0; n < lengths.length; n++) {
      expectSums(OUTPUT_PTR, lengths[n]);
      expectSums(OUTPUT_PTR + 5, lengths[n]);
    }
  });

  it("does not overflow for a full buffer of the largest bytes", () => {
    memory.fill(SUM_INPUT_PTR, 255, SUM_INPUT_BYTES);
    expectSums(SUM_INPUT_PTR, SUM_INPUT_BYTES);
    memory.fill(SUM_INPUT_PTR, 10, SUM_INPUT_BYTES);
    expectSums(SUM_INPUT_PTR, SUM_INPUT_BYTES);
  });
});
