import * as layout from "../../../../assembly/layout";
import { encodeChunk } from "../../../../assembly/formats/parquet/chunk";
import { useOutputBuffer } from "../../../../assembly/output";
import {
  describeChunk,
  encoded,
  expectRange,
  give,
  result,
  setInt64,
  setRuns,
  setTexts,
  setValidity,
} from "./chunk-support";
import { writeNumbers } from "./support";

describe("a vector of integers", () => {
  it("is PLAIN if a dictionary would not be shorter", () => {
    describeChunk(layout.PARQUET_TYPE_INT64, 2);
    setInt64([1, 0x0102030405060708]);
    expect<string>(encoded()).toBe(" | 01 00 00 00 00 00 00 00 08 07 06 05 04 03 02 01");
    expect<u32>(result(layout.CHUNK_ENCODING)).toBe(layout.PARQUET_ENCODING_PLAIN);
    expect<u32>(result(layout.CHUNK_DICTIONARY_VALUES)).toBe(0);
    expect<u32>(result(layout.CHUNK_DICTIONARY_PLAIN)).toBe(0);
    expect<u32>(result(layout.CHUNK_DATA_PLAIN)).toBe(16);
    expect<u32>(result(layout.CHUNK_PRESENT)).toBe(2);
    expectRange(1, 0x0102030405060708);
  });

  it("has a dictionary if that is shorter, and its range is that of the dictionary", () => {
    describeChunk(layout.PARQUET_TYPE_INT64, 8);
    setInt64([300, 7, 300, 7, 300, 7, 300, 7]);
    expect<string>(encoded()).toBe("2c 01 00 00 00 00 00 00 07 00 00 00 00 00 00 00 | 01 03 aa");
    expect<u32>(result(layout.CHUNK_ENCODING)).toBe(layout.PARQUET_ENCODING_RLE_DICTIONARY);
    expect<u32>(result(layout.CHUNK_DICTIONARY_VALUES)).toBe(2);
    expect<u32>(result(layout.CHUNK_DICTIONARY_PLAIN)).toBe(16);
    expectRange(7, 300);
  });

  it("compares with or without a sign", () => {
    describeChunk(layout.PARQUET_TYPE_INT64, 2);
    setInt64([1, u64.MAX_VALUE]);
    encoded();
    expectRange(u64.MAX_VALUE, 1);
    describeChunk(layout.PARQUET_TYPE_INT64, 2);
    give(layout.CHUNK_IS_UNSIGNED, 1);
    setInt64([1, u64.MAX_VALUE]);
    encoded();
    expectRange(1, u64.MAX_VALUE);
  });

  it("of 32 bits has four bytes for each value", () => {
    describeChunk(layout.PARQUET_TYPE_INT32, 3);
    writeNumbers(layout.PARQUET_INPUT_PTR, [1, 0x80000000, 3]);
    expect<string>(encoded()).toBe(" | 01 00 00 00 00 00 00 80 03 00 00 00");
    expectRange(0xffffffff80000000, 3);
  });

  it("of one value in all rows is one run", () => {
    describeChunk(layout.PARQUET_TYPE_INT32, 1000);
    for (let i: usize = 0; i < 1000; i++) store<u32>(layout.PARQUET_INPUT_PTR + 4 * i, 9);
    expect<string>(encoded()).toBe("09 00 00 00 | 01 d0 0f 00");
  });

  it("may have no rows", () => {
    describeChunk(layout.PARQUET_TYPE_INT64, 0);
    expect<string>(encoded()).toBe(" | ");
    expect<u32>(result(layout.CHUNK_HAS_RANGE)).toBe(0);
  });
});

describe("a vector of doubles", () => {
  it("distinguishes the zeros in its dictionary, but not in its range", () => {
    describeChunk(layout.PARQUET_TYPE_DOUBLE, 16);
    for (let i: usize = 0; i < 16; i++) {
      store<f64>(layout.PARQUET_INPUT_PTR + 8 * i, i % 2 == 0 ? 0 : -0.0);
    }
    expect<string>(encoded()).toBe("00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 80 | 01 05 aa aa");
    expectRange(1 << 63, 0);
  });

  it("has no range if all are NaN", () => {
    describeChunk(layout.PARQUET_TYPE_DOUBLE, 1);
    store<f64>(layout.PARQUET_INPUT_PTR, NaN);
    encoded();
    expect<u32>(result(layout.CHUNK_HAS_RANGE)).toBe(0);
    expect<u64>(load<u64>(layout.CHUNK_PTR + layout.CHUNK_MIN)).toBe(0);
  });
});

describe("a vector of booleans", () => {
  it("is bits", () => {
    describeChunk(layout.PARQUET_TYPE_BOOLEAN, 10);
    for (let i: usize = 0; i < 10; i++) store<u8>(layout.PARQUET_INPUT_PTR + i, u8(i > 7));
    expect<string>(encoded()).toBe(" | 00 03");
    expectRange(0, 1);
  });
});

describe("texts", () => {
  it("have the dictionary that was given", () => {
    describeChunk(layout.PARQUET_TYPE_BYTE_ARRAY, 3);
    setTexts(["up", "a"]);
    writeNumbers(layout.PARQUET_INPUT_PTR, [0, 1, 1]);
    expect<string>(encoded()).toBe("02 00 00 00 75 70 01 00 00 00 61 | 01 03 06");
    expect<u32>(result(layout.CHUNK_DICTIONARY_PLAIN)).toBe(11);
    expectRange(6, 0);
  });

  it("may be runs, long or short", () => {
    describeChunk(layout.PARQUET_TYPE_BYTE_ARRAY, 20);
    setTexts(["u", "v"]);
    setRuns([0, 10, 1, 10]);
    expect<string>(encoded()).toBe("01 00 00 00 75 01 00 00 00 76 | 01 14 00 14 01");
    describeChunk(layout.PARQUET_TYPE_BYTE_ARRAY, 3);
    setTexts(["u", "v"]);
    setRuns([0, 1, 1, 2]);
    expect<string>(encoded()).toBe("01 00 00 00 75 01 00 00 00 76 | 01 03 06");
  });
});

describe("runs", () => {
  it("have a dictionary, and a run for each", () => {
    describeChunk(layout.PARQUET_TYPE_INT64, 30);
    setRuns([5, 10, 6, 5, 5, 15]);
    expect<string>(encoded()).toBe(
      "05 00 00 00 00 00 00 00 06 00 00 00 00 00 00 00 | 01 14 00 0a 01 1e 00",
    );
    expectRange(5, 6);
  });

  it("do not depend on where they were cut", () => {
    describeChunk(layout.PARQUET_TYPE_INT32, 30);
    setRuns([5, 10, 6, 5, 5, 15]);
    const expected = encoded();
    describeChunk(layout.PARQUET_TYPE_INT32, 30);
    setRuns([5, 1, 5, 9, 6, 2, 6, 2, 6, 1, 5, 15]);
    expect<string>(encoded()).toBe(expected);
  });

  it("of fewer than four rows on average are encoded as their rows", () => {
    describeChunk(layout.PARQUET_TYPE_INT32, 7);
    setRuns([1, 3, 2, 4]);
    expect<string>(encoded()).toBe("01 00 00 00 02 00 00 00 | 01 03 78");
    describeChunk(layout.PARQUET_TYPE_INT32, 8);
    setRuns([1, 3, 2, 5]);
    expect<string>(encoded()).toBe("01 00 00 00 02 00 00 00 | 01 06 00 0a 01");
  });

  it("with more than 16,384 distinct values are PLAIN", () => {
    const runs: u32 = 16385;
    describeChunk(layout.PARQUET_TYPE_INT64, 4 * runs);
    for (let i: u32 = 0; i < runs; i++) {
      store<u64>(layout.PARQUET_INPUT_PTR + 8 * <usize>i, i);
      store<u32>(layout.PARQUET_COUNTS_PTR + 4 * <usize>i, 4);
    }
    give(layout.CHUNK_RUNS, runs);
    expect<u32>(encodeChunk()).toBe(32 * runs);
    const ptr = <usize>result(layout.CHUNK_BODIES);
    for (let row: u32 = 0; row < 4 * runs; row += 4321) {
      expect<u64>(load<u64>(ptr + 8 * <usize>row)).toBe(row / 4);
    }
    expectRange(0, runs - 1);
  });

  it("of booleans are bits", () => {
    describeChunk(layout.PARQUET_TYPE_BOOLEAN, 20);
    setRuns([1, 9, 0, 11]);
    expect<string>(encoded()).toBe(" | ff 01 00");
  });
});

describe("an optional column", () => {
  it("has levels before its values, and no values for nulls", () => {
    describeChunk(layout.PARQUET_TYPE_INT64, 3);
    setInt64([1, 99, 3]);
    setValidity("101");
    expect<string>(encoded()).toBe(
      " | 02 00 00 00 03 05 01 00 00 00 00 00 00 00 03 00 00 00 00 00 00 00",
    );
    expect<u32>(result(layout.CHUNK_PRESENT)).toBe(2);
    expectRange(1, 3);
  });

  it("may have booleans, texts or runs", () => {
    describeChunk(layout.PARQUET_TYPE_BOOLEAN, 4);
    store<u32>(layout.PARQUET_INPUT_PTR, 0x01000101);
    setValidity("1011");
    expect<string>(encoded()).toBe(" | 02 00 00 00 03 0d 05");
    describeChunk(layout.PARQUET_TYPE_BYTE_ARRAY, 3);
    setTexts(["u", "v"]);
    writeNumbers(layout.PARQUET_INPUT_PTR, [0, 77, 1]);
    setValidity("101");
    expect<string>(encoded()).toBe("01 00 00 00 75 01 00 00 00 76 | 02 00 00 00 03 05 01 03 02");
    describeChunk(layout.PARQUET_TYPE_INT32, 16);
    setRuns([5, 8, 6, 4, 7, 4]);
    setValidity("1111111100001111");
    expect<string>(encoded()).toBe(
      "05 00 00 00 07 00 00 00 | 04 00 00 00 10 01 03 f0 01 10 00 08 01",
    );
    expectRange(5, 7);
  });

  it("without a value is PLAIN and has no range", () => {
    const types: StaticArray<u32> = [
      layout.PARQUET_TYPE_BOOLEAN,
      layout.PARQUET_TYPE_INT32,
      layout.PARQUET_TYPE_INT64,
      layout.PARQUET_TYPE_DOUBLE,
      layout.PARQUET_TYPE_BYTE_ARRAY,
    ];
    for (let i = 0; i < types.length; i++) {
      for (let isRuns = 0; isRuns < 2; isRuns++) {
        describeChunk(types[i], 9);
        if (isRuns) setRuns([3, 4, 5, 5]);
        setValidity("000000000");
        expect<string>(encoded()).toBe(" | 02 00 00 00 12 00");
        expect<u32>(result(layout.CHUNK_ENCODING)).toBe(layout.PARQUET_ENCODING_PLAIN);
        expect<u32>(result(layout.CHUNK_PRESENT)).toBe(0);
        expect<u32>(result(layout.CHUNK_HAS_RANGE)).toBe(0);
      }
    }
  });
});

describe("a compressed chunk", () => {
  it("compresses each body, with its levels", () => {
    describeChunk(layout.PARQUET_TYPE_INT64, 4, layout.PARQUET_CODEC_SNAPPY);
    setInt64([0, 1, 99, 1 << 63]);
    setValidity("1101");
    // A literal: the levels and a zero. A copy of seven zeros from one byte before. A literal.
    expect<string>(encoded()).toBe(
      " | 1e 18 02 00 00 00 03 0b 00 0d 01 3c 01" + " 00".repeat(14) + " 80",
    );
    expect<u32>(result(layout.CHUNK_DATA_PLAIN)).toBe(30);
    expect<u32>(result(layout.CHUNK_DATA_BYTES)).toBe(28);
    describeChunk(layout.PARQUET_TYPE_INT32, 8, layout.PARQUET_CODEC_SNAPPY);
    writeNumbers(layout.PARQUET_INPUT_PTR, [9, 8, 9, 8, 9, 8, 9, 8]);
    expect<string>(encoded()).toBe("08 1c 09 00 00 00 08 00 00 00 | 03 08 01 03 aa");
    expect<u32>(result(layout.CHUNK_DICTIONARY_PLAIN)).toBe(8);
    expect<u32>(result(layout.CHUNK_DICTIONARY_BYTES)).toBe(10);
  });

  it("without rows has only the length of its body", () => {
    describeChunk(layout.PARQUET_TYPE_DOUBLE, 0, layout.PARQUET_CODEC_SNAPPY);
    expect<string>(encoded()).toBe(" | 00");
  });
});

describe("the bodies of a chunk", () => {
  it("begin at an offset in the current output buffer", () => {
    useOutputBuffer(1);
    describeChunk(layout.PARQUET_TYPE_INT32, 1);
    give(layout.CHUNK_OFFSET, 123);
    writeNumbers(layout.PARQUET_INPUT_PTR, [7]);
    expect<string>(encoded()).toBe(" | 07 00 00 00");
    expect<u32>(result(layout.CHUNK_BODIES)).toBe(
      <u32>(layout.OUTPUT_PTR + layout.OUTPUT_BUFFER_BYTES + 123),
    );
    useOutputBuffer(0);
  });
});
