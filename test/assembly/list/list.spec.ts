import {
  BATCH_SIZE,
  BIAS,
  COLUMN_IS_ADDED,
  COVERED,
  DILATION,
  FAULT_FIELD,
  FAULT_FIELD_COUNT,
  FAULT_KIND,
  FAULT_NONE,
  FAULT_OVERFLOW,
  FAULT_RULE,
  FVCORE,
  GROUPS,
  IMAGE_PTR,
  IN_CHANNELS,
  KERNEL_SIZE,
  KIND_CONV1D,
  KIND_CONV_TRANSPOSE1D,
  KIND_CONV_TRANSPOSE2D,
  KIND_COUNT,
  L_IN,
  L_OUT,
  LIST_COLUMN_CAPACITY,
  LIST_COLUMNS_BYTES,
  LIST_COLUMNS_PTR,
  LIST_DEFAULTS_BYTES,
  LIST_DEFAULTS_PTR,
  LIST_KIND_BYTES,
  LIST_KIND_NAME_BYTES,
  LIST_KINDS_PTR,
  LIST_ROLES_BYTES,
  LIST_ROLES_PTR,
  LIST_TOTALS_PTR,
  MACS,
  METHOD_CLOSED,
  NO_COLUMN,
  OPS,
  OUT_CHANNELS,
  OUTPUT_BYTES,
  OUTPUT_PADDING,
  PADDING,
  PARAMS,
  ROLE_CARRIED,
  ROLE_DROPPED,
  ROLE_EMPTY,
  ROLE_KIND,
  RULE_IN_CHANNELS,
  RULE_L_OUT,
  RULE_RANGE,
  STRIDE,
  TAPS,
} from "../../../assembly/layout";
import { countList, openList } from "../../../assembly/list/list";
import {
  countByDefinition,
  output,
  expectedCovered,
  expectedTaps,
  reportBytes,
  reportFault,
  reportFaultAt,
  reportFaultDetail,
  reportRejected,
  reportLines,
  reportRows,
  writeInput,
  writeListImage,
} from "../support";

/**
 * Opens a list with the fields l_in, a carried one, kernel_size, stride and bias, and the results
 * l_out and ops. Layers have one channel, and PyTorch's defaults for the other parameters.
 */
function open(skipInvalid: bool = false): void {
  writeListImage(
    [L_IN, ROLE_CARRIED, KERNEL_SIZE, STRIDE, BIAS],
    [L_OUT, OPS],
    METHOD_CLOSED,
    skipInvalid,
  );
  openList();
}

/** Counts a list in one batch. Returns the rows written. */
function counted(list: string): string {
  const end = writeInput(list);
  countList(0, end);
  return reportBytes() > 0 ? output() : "";
}

/** The fault of a list, as "fault detail location". */
function faultOf(list: string): string {
  counted(list);
  return `${reportFault()} ${reportFaultDetail()} ${reportFaultAt()}`;
}

describe("a list", () => {
  it("has its results after its records, which are not changed", () => {
    open();
    expect<string>(counted("2,a,3,1,true\n2,,3,1,false\n")).toBe(
      "2,a,3,1,true,4,18\n2,,3,1,false,4,14\n",
    );
    expect<u64>(reportRows()).toBe(2);
    expect<u32>(reportLines()).toBe(2);
  });

  it("computes new overlaps if any parameter changes, also after an invalid record", () => {
    writeListImage(
      [L_IN, KERNEL_SIZE, STRIDE, PADDING, OUTPUT_PADDING, DILATION],
      [TAPS, COVERED],
      METHOD_CLOSED,
      true,
    );
    openList();
    const start: StaticArray<i64> = [5, 4, 3, 2, 1, 2];
    let list = "",
      expected = "";
    for (let changed = 0; changed < 6; changed++) {
      for (let step = 0; step < 3; step++) {
        const layer = start.slice<Array<i64>>();
        if (step > 0) layer[changed] += 1;
        // The second change follows a layer that padding crops completely.
        if (step == 2) list += "1,1,1,9,0,1\n";
        assert(countByDefinition(layer[0], layer[1], layer[2], layer[3], layer[4], layer[5]));
        list += layer.join(",") + "\n";
        expected += layer.join(",") + `,${expectedTaps},${expectedCovered}\n`;
      }
    }
    expect<string>(counted(list)).toBe(expected);
    expect<u64>(reportRejected(RULE_L_OUT)).toBe(6);
  });

  it("may end without a line end, have Windows line ends, and blank lines", () => {
    open();
    expect<string>(counted("2,a,3,1,true")).toBe("2,a,3,1,true,4,18\n");
    expect<string>(counted("\r\n2,a,3,1,true\r\n\n\r\n2,b,3,1,true\r")).toBe(
      "2,a,3,1,true,4,18\n2,b,3,1,true,4,18\n",
    );
    expect<u64>(reportRows()).toBe(2);
    expect<u32>(reportLines()).toBe(4);
    expect<string>(counted("\n\n")).toBe("");
  });

  it("may have quoted fields that contain commas, quotes and line ends", () => {
    open();
    expect<string>(counted('"2","a, ""b""\n c","3",1,"true"\r\n2,"",3,1,true\n')).toBe(
      '"2","a, ""b""\n c","3",1,"true",4,18\n2,"",3,1,true,4,18\n',
    );
    expect<u32>(reportLines()).toBe(3);
    expect<string>(counted('2,5" pipe,3,1,true\n')).toBe('2,5" pipe,3,1,true,4,18\n');
  });

  it("accepts the spellings of Python, R, pandas and SQL for the bias", () => {
    open();
    const yes: StaticArray<string> = ["true", "True", "TRUE", "1"];
    const no: StaticArray<string> = ["false", "False", "FALSE", "0"];
    for (let i = 0; i < 4; i++) {
      expect<string>(counted("2,,3,1," + yes[i] + "\n")).toBe("2,,3,1," + yes[i] + ",4,18\n");
      expect<string>(counted("2,,3,1," + no[i] + "\n")).toBe("2,,3,1," + no[i] + ",4,14\n");
    }
    const wrong: StaticArray<string> = [
      "",
      "yes",
      "tRUE",
      "TRue",
      "truE",
      "falsE",
      "FaLSE",
      "tru",
      "true ",
      "2",
      "10",
      "-1",
    ];
    for (let i = 0; i < wrong.length; i++)
      expect<string>(faultOf("2,,3,1," + wrong[i] + "\n")).toBe(`${FAULT_FIELD} 4 0`);
  });

  it("rejects a field that is not a whole number, and reports the field and its record", () => {
    open();
    const wrong: StaticArray<string> = [
      "",
      "3 3",
      "+3",
      "3.0",
      "1e3",
      "0x3",
      "03",
      "00",
      "-",
      "--3",
      "3-",
      "three",
      "1_000",
      "٣",
    ];
    for (let i = 0; i < wrong.length; i++)
      expect<string>(faultOf("2,a,3,1,true\n2,a," + wrong[i] + ",1,true\n")).toBe(
        `${FAULT_FIELD} 2 13`,
      );
  });

  it("accepts parameters from their minimum to 2^31 - 1; others break the rule of ranges", () => {
    open();
    expect<string>(counted("2147483647,,1,1,true\n")).toBe(
      "2147483647,,1,1,true,2147483647,4294967294\n",
    );
    const outside: StaticArray<string> = [
      "0",
      "-0",
      "-1",
      "2147483648",
      "4294967297",
      "18446744073709551617",
      "99999999999999999999999999",
    ];
    for (let i = 0; i < outside.length; i++)
      expect<string>(faultOf(outside[i] + ",,1,1,true\n")).toBe(`${FAULT_RULE} ${RULE_RANGE} 0`);
    writeListImage([PADDING, BATCH_SIZE], [L_OUT, OPS], METHOD_CLOSED, false);
    openList();
    expect<string>(counted("0,0\n")).toBe("0,0,4,0\n");
    expect<string>(faultOf("-1,0\n")).toBe(`${FAULT_RULE} ${RULE_RANGE} 0`);
  });

  it("rejects records with more or fewer fields than the header", () => {
    open();
    expect<string>(faultOf("2,a,3,1\n")).toBe(`${FAULT_FIELD_COUNT} 4 0`);
    expect<string>(faultOf("2,a,3,1,true\n2,a,3,1,true,\n")).toBe(`${FAULT_FIELD_COUNT} 6 13`);
    expect<string>(counted("2,a,3,1,true\n2\n")).toBe("2,a,3,1,true,4,18\n");
  });

  it("rejects quoted fields that are not closed or are followed by text", () => {
    open();
    expect<string>(faultOf('2,"a,3,1,true\n2,a,3,1,true\n')).toBe(`${FAULT_FIELD} 1 0`);
    expect<string>(faultOf('2,"a"b,3,1,true\n')).toBe(`${FAULT_FIELD} 1 0`);
    expect<string>(faultOf('"2"\r,a,3,1,true\n')).toBe(`${FAULT_FIELD} 0 0`);
  });

  it("stops at a layer that breaks a rule, after writing the previous rows", () => {
    writeListImage([PADDING, GROUPS, IN_CHANNELS], [TAPS], METHOD_CLOSED, false);
    openList();
    expect<string>(counted("0,1,1\n3,1,1\n0,1,1\n")).toBe("0,1,1,6\n");
    expect<string>(faultOf("0,1,1\n3,1,1\n")).toBe(`${FAULT_RULE} ${RULE_L_OUT} 6`);
    expect<string>(faultOf("0,2,1\n")).toBe(`${FAULT_RULE} ${RULE_IN_CHANNELS} 0`);
  });

  it("skips invalid layers if skipInvalid is set, and counts them by rule", () => {
    writeListImage([PADDING, GROUPS, IN_CHANNELS], [TAPS], METHOD_CLOSED, true);
    openList();
    expect<string>(counted("3,1,1\n0,1,1\n0,2,1\n-1,1,1\n3,1,1\n0,1,1")).toBe("0,1,1,6\n0,1,1,6\n");
    expect<u32>(reportFault()).toBe(FAULT_NONE);
    expect<u64>(reportRejected(RULE_L_OUT)).toBe(2);
    expect<u64>(reportRejected(RULE_IN_CHANNELS)).toBe(1);
    expect<u64>(reportRejected(RULE_RANGE)).toBe(1);
  });

  it("stops at a result above 2^64 - 1 and reports its column", () => {
    writeListImage([IN_CHANNELS, OUT_CHANNELS], [PARAMS, MACS], METHOD_CLOSED, true);
    openList();
    expect<string>(faultOf("2147483647,2147483647\n")).toBe(`${FAULT_OVERFLOW} 1 0`);
    expect<u64>(reportRows()).toBe(0);
  });

  it("stops when the output is full, and resumes from there", () => {
    const columns = new StaticArray<u32>(39).fill(MACS);
    writeListImage([L_IN], columns, METHOD_CLOSED, false);
    openList();
    // A record of ten digits and 39 results of ten digits take 440 bytes of output for 11 bytes of
    // input, 8.8 MB in total.
    const end = writeInput("2147483647\n".repeat(20000));
    const first = countList(0, end);
    expect<bool>(first < end && reportBytes() >= OUTPUT_BYTES).toBe(true);
    let rows = reportRows();
    expect<u64>(rows).toBe(first / 11);
    for (let from = first; from < end; ) {
      from = countList(from, end);
      expect<u32>(reportBytes()).toBe(<u32>reportRows() * 440);
      rows += reportRows();
    }
    expect<u64>(rows).toBe(20000);
    expect<string>(output().slice(-23)).toBe(",6442450941,6442450941\n");
  });

  it("writes the maximum number of results, and keeps the defaults", () => {
    const columns = new StaticArray<u32>(LIST_COLUMN_CAPACITY).fill(MACS);
    writeListImage([L_IN], columns, METHOD_CLOSED, false);
    openList();
    expect<string>(counted("5\n7\n")).toBe(
      "5" + ",15".repeat(LIST_COLUMN_CAPACITY) + "\n7" + ",21".repeat(LIST_COLUMN_CAPACITY) + "\n",
    );
  });

  it("accepts numbers with spaces around them, and tuples of one", () => {
    open();
    const good: StaticArray<string> = [" 3", "3 ", "\t3", "(3)", "[3]", "(3,)", "( 3 , )"];
    for (let i = 0; i < good.length; i++) {
      const field = good[i].includes(",") ? '"' + good[i] + '"' : good[i];
      expect<string>(counted("2,a," + field + ",1,true\n")).toBe("2,a," + field + ",1,true,4,18\n");
    }
    const wrong: StaticArray<string> = ["(3", "3)", "[3)", "()", "( )", " ", "(3;)", "(3 3)"];
    for (let i = 0; i < wrong.length; i++)
      expect<string>(faultOf("2,a," + wrong[i] + ",1,true\n")).toBe(`${FAULT_FIELD} 2 0`);
    expect<string>(faultOf('2,a,"3,4",1,true\n')).toBe(`${FAULT_FIELD} 2 0`);
    expect<string>(faultOf('2,a,"(3,,)",1,true\n')).toBe(`${FAULT_FIELD} 2 0`);
    expect<string>(faultOf('2,a,"3,",1,true\n')).toBe(`${FAULT_FIELD} 2 0`);
    expect<string>(faultOf('2,a,"(-3,)",1,true\n')).toBe(`${FAULT_RULE} ${RULE_RANGE} 0`);
  });

  it("omits the results of an earlier run from the record, at any position", () => {
    writeListImage(
      [ROLE_DROPPED, L_IN, ROLE_DROPPED, ROLE_CARRIED, ROLE_DROPPED],
      [L_OUT],
      METHOD_CLOSED,
      false,
    );
    store<u32>(IMAGE_PTR, 1, 28);
    openList();
    expect<string>(counted('7,2,"x, ""y""","a, b",\n,3,,,9\r\n')).toBe('2,"a, b",4\n3,,5\n');
  });

  it("adds up columns in 128 bits", () => {
    writeListImage(
      [OUT_CHANNELS],
      [L_OUT, MACS | COLUMN_IS_ADDED, PARAMS | COLUMN_IS_ADDED],
      METHOD_CLOSED,
      false,
    );
    openList();
    counted("1\n2\n");
    expect<u64>(load<u64>(LIST_TOTALS_PTR, 16)).toBe(18);
    expect<u64>(load<u64>(LIST_TOTALS_PTR, 24)).toBe(0);
    expect<u64>(load<u64>(LIST_TOTALS_PTR, 32)).toBe(12);
    // An empty batch still has parameters.
    writeListImage(
      [BATCH_SIZE, OUT_CHANNELS],
      [MACS | COLUMN_IS_ADDED, PARAMS | COLUMN_IS_ADDED],
      METHOD_CLOSED,
      false,
    );
    openList();
    expect<string>(counted("0,1\n")).toBe("0,1,0,4\n");
    expect<u64>(load<u64>(LIST_TOTALS_PTR)).toBe(0);
    expect<u64>(load<u64>(LIST_TOTALS_PTR, 16)).toBe(4);
    writeListImage([IN_CHANNELS, OUT_CHANNELS], [MACS | COLUMN_IS_ADDED], METHOD_CLOSED, false);
    openList();
    counted("1500000000,1500000000\n".repeat(2));
    // 2 · 2.25e18 · 6 = 27e18; 2^64 of it is carried into the upper 64 bits.
    expect<u64>(load<u64>(LIST_TOTALS_PTR)).toBe(<u64>27000000000000000000 - 0);
    expect<u64>(load<u64>(LIST_TOTALS_PTR, 8)).toBe(1);
  });
});

/**
 * Opens a list with the fields layer, l_in, stride, and a parameter that only two-dimensional kinds
 * have. It supports conv_transpose1d and conv1d, but not conv_transpose2d.
 */
function openMixed(): void {
  writeListImage(
    [ROLE_KIND, L_IN, STRIDE, ROLE_EMPTY],
    [L_OUT, TAPS, FVCORE],
    METHOD_CLOSED,
    false,
  );
  store<u32>(IMAGE_PTR, 0, 24);
  copyTables(KIND_CONV1D);
  store<u32>(LIST_COLUMNS_PTR + LIST_COLUMNS_BYTES * <usize>KIND_CONV1D, NO_COLUMN, 8);
  nameKind(KIND_CONV_TRANSPOSE1D, "convtranspose1d", true);
  nameKind(KIND_CONV_TRANSPOSE2D, "convtranspose2d", false);
  nameKind(KIND_CONV1D, "conv1d", true);
  openList();
}

/** Writes the canonical name of a kind, and whether the list supports it. */
function nameKind(kind: u32, name: string, isSupported: bool): void {
  const ptr = LIST_KINDS_PTR + LIST_KIND_BYTES * <usize>kind;
  memory.fill(ptr, 0, LIST_KIND_BYTES);
  for (let i = 0; i < name.length; i++) store<u8>(ptr + i, <u8>name.charCodeAt(i));
  store<u64>(ptr, isSupported ? 1 : 0, LIST_KIND_NAME_BYTES);
}

/** Copies the tables of the first kind to another. */
function copyTables(kind: u32): void {
  memory.copy(
    LIST_COLUMNS_PTR + LIST_COLUMNS_BYTES * <usize>kind,
    LIST_COLUMNS_PTR,
    LIST_COLUMNS_BYTES,
  );
  memory.copy(
    LIST_DEFAULTS_PTR + LIST_DEFAULTS_BYTES * <usize>kind,
    LIST_DEFAULTS_PTR,
    LIST_DEFAULTS_BYTES,
  );
  memory.copy(LIST_ROLES_PTR + LIST_ROLES_BYTES * <usize>kind, LIST_ROLES_PTR, 64);
}

describe("a list that mixes kinds", () => {
  it("counts each record as a layer of the named kind, in several spellings", () => {
    openMixed();
    // With l_in 5, kernel_size 3 and stride 2, the transposed layer has 11 outputs and 15 products.
    // The other one has 2 outputs of 3 products each.
    expect<string>(counted("conv_transpose1d,5,2,\nconv1d,5,2,\nConvTranspose1d,5,2,\n")).toBe(
      "conv_transpose1d,5,2,,11,15,15\nconv1d,5,2,,2,6,\nConvTranspose1d,5,2,,11,15,15\n",
    );
    expect<string>(counted('"torch.nn.Conv1d",5,2,\r\nCONV1D,5,2,""\n')).toBe(
      '"torch.nn.Conv1d",5,2,,2,6,\nCONV1D,5,2,"",2,6,\n',
    );
  });

  it("rejects unknown and unsupported kinds, and parameters that the kind does not have", () => {
    openMixed();
    expect<string>(faultOf("conv1d,5,2,\nlinear,5,2,\n")).toBe(`${FAULT_KIND} ${KIND_COUNT} 12`);
    expect<string>(faultOf("conv_transpose2d,5,2,\n")).toBe(
      `${FAULT_KIND} ${KIND_CONV_TRANSPOSE2D} 0`,
    );
    expect<string>(faultOf(",5,2,\n")).toBe(`${FAULT_KIND} ${KIND_COUNT} 0`);
    expect<string>(faultOf("a_name_that_is_longer_than_any_kind,5,2,\n")).toBe(
      `${FAULT_KIND} ${KIND_COUNT} 0`,
    );
    expect<string>(faultOf("conv1d,5,2,7\n")).toBe(`${FAULT_FIELD} 3 0`);
  });

  it("finds the kind after other fields, quoted or not, and rejects short records", () => {
    writeListImage([ROLE_CARRIED, L_IN, ROLE_KIND], [L_OUT], METHOD_CLOSED, false);
    store<u32>(IMAGE_PTR, 2, 24);
    copyTables(KIND_CONV1D);
    nameKind(KIND_CONV_TRANSPOSE1D, "convtranspose1d", true);
    nameKind(KIND_CONV1D, "conv1d", true);
    openList();
    expect<string>(counted('"a, ""b""\n,",5,conv1d\r\nx,5,"ConvTranspose1d"\r\ny,5,conv1d')).toBe(
      '"a, ""b""\n,",5,conv1d,3\nx,5,"ConvTranspose1d",7\ny,5,conv1d,3\n',
    );
    expect<string>(faultOf("x,5\n")).toBe(`${FAULT_FIELD_COUNT} 2 0`);
  });
});
