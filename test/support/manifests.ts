/** Manifests edited by hand, with a matching checksum or without. */
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";

export type Fields = Record<string, unknown>;

/** Writes a manifest with these fields and a matching checksum. */
export function writeFields(path: string, fields: Fields): void {
  const { check: _, ...rest } = fields;
  const text = JSON.stringify(rest, null, 2).slice(0, -2);
  writeFileSync(
    path,
    `${text},\n  "check": "${createHash("sha256").update(text).digest("hex")}"\n}\n`,
  );
}

/** Changes fields of a manifest, and updates its checksum. */
export function changeManifest(path: string, change: (fields: Fields) => Fields): void {
  const fields = JSON.parse(readFileSync(path, "utf8")) as Fields;
  writeFields(path, { ...fields, ...change(fields) });
}
