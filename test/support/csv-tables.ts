/** Random tables with their CSV text. */
import { fc } from "@fast-check/vitest";
import type { EncodedColumn } from "../../src/formats/json.ts";

export type Field = { readonly written: string; readonly value: unknown };

const plainField = (written: string, value: unknown): Field => ({ written, value });
const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;

const integer = fc
  .bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n })
  .map((n) => plainField(String(n), n));
const decimal = fc
  .oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true, min: 0 }),
    fc.constantFrom(0.5, 1e21, 5e-324, 1e-7, 3),
  )
  .map((n) => plainField(String(n), n));
const boolean = fc.boolean().map((b) => plainField(String(b), b));
const none = fc.constant(plainField("", null));
/** Text as grid names allow it: nothing that needs quotes. */
const label = fc.stringMatching(/^[^\s,"\p{Cc}]{1,12}$/u).map((text) => plainField(text, text));
/** Text as in users' lists: quoted where necessary, and sometimes where not. */
const carried = fc
  .tuple(
    fc.string({ unit: "grapheme", maxLength: 8 }),
    fc.constantFrom("", ",", '"', "\n", "\t", "\\", "\r\n", " "),
    fc.boolean(),
  )
  .map(([text, special, isQuoted]): Field => {
    const value = `${text}${special}`;
    const mustQuote = /[",\n\r]/.test(value) || isQuoted;
    return mustQuote
      ? plainField(quoted(value), value)
      : plainField(value, value === "" ? null : value);
  });

export interface Made {
  readonly columns: readonly EncodedColumn[];
  readonly rows: readonly (readonly Field[])[];
}

export function tables(hasText: boolean): fc.Arbitrary<Made> {
  const kinds: readonly (readonly [Omit<EncodedColumn, "name">, fc.Arbitrary<Field>])[] = [
    [{ type: "u64" }, integer],
    [{ type: "i64" }, fc.oneof(integer, none)],
    [{ type: "integer" }, integer],
    [{ type: "decimal" }, fc.oneof(decimal, none)],
    [{ type: "boolean" }, boolean],
    [{ type: "text" }, label],
    ...(hasText
      ? ([
          [{ type: "text", isUserWritten: true }, carried],
          [
            { type: "integer", isUserWritten: true },
            fc
              .tuple(integer, fc.boolean())
              .map(([{ written, value }, isQuoted]) =>
                plainField(isQuoted ? quoted(written) : written, value),
              ),
          ],
          [
            { type: "boolean", isUserWritten: true },
            fc
              .constantFrom<[string, boolean]>(
                ["True", true],
                ["FALSE", false],
                ["1", true],
                ["0", false],
                ["true", true],
              )
              .map(([text, value]) => plainField(text, value)),
          ],
          [
            { type: "integer", isUserWritten: true },
            fc.constantFrom("(3, 3)", "x", "007").map((text) => plainField(quoted(text), text)),
          ],
        ] as const)
      : []),
  ];
  return fc.array(fc.constantFrom(...kinds), { minLength: 1, maxLength: 6 }).chain((chosen) => {
    const columns = chosen.map(
      ([column], i): EncodedColumn => ({ ...column, name: `${i} "é\\${i}` }),
    );
    const row = fc.tuple(...chosen.map(([, field]) => field));
    // Sweeps have many rows that begin like the previous one.
    const rows = fc.array(fc.tuple(row, fc.nat(chosen.length)), { maxLength: 12 }).map((all) => {
      const made: (readonly Field[])[] = [];
      for (const [fields, shared] of all)
        made.push([...(made.at(-1) ?? fields).slice(0, shared), ...fields.slice(shared)]);
      return made;
    });
    return fc.record({ columns: fc.constant(columns), rows });
  });
}

/** CSV bytes at any address, as in the kernel's memory. */
export function bytesOf({ rows }: Made, offset: number): Uint8Array {
  const text = Buffer.from(
    rows.map((row) => `${row.map(({ written }) => written).join(",")}\n`).join(""),
  );
  const memory = new Uint8Array(new SharedArrayBuffer(text.length + offset));
  memory.set(text, offset);
  return memory.subarray(offset);
}
