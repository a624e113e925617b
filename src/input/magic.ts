/** Recognises lists that are not text by their magic numbers. */
import { bufferOf } from "./buffer.js";

/** Tables of typed columns, or text: CSV and JSON. */
export type ListForm = "parquet" | "arrow file" | "arrow stream" | "text";

/** Number of bytes after which the form is known. */
const FORM_BYTES = 6;

/** The magic numbers, in hexadecimal. An Arrow stream has none, but begins with a marker. */
const FORMS: Readonly<Record<string, ListForm>> = {
  "50415231": "parquet",
  "4152524f5731": "arrow file",
  ffffffff: "arrow stream",
};

/** The form of a list, judging by its first bytes. */
export function formOf(head: Uint8Array): ListForm {
  const hex = bufferOf(head).toString("hex", 0, FORM_BYTES);
  const magic = Object.keys(FORMS).find((magic) => hex.startsWith(magic));
  return magic === undefined ? "text" : (FORMS[magic] as ListForm);
}

const NAMES: Readonly<Record<string, string>> = {
  parquet: "a Parquet file",
  pq: "a Parquet file",
  arrow: "Arrow data",
  arrows: "Arrow data",
  feather: "Arrow data",
  ipc: "Arrow data",
};

/** The form that the extension of a file promises, if it is a table. */
export function promisedForm(
  path: string,
): { readonly extension: string; readonly form: string } | undefined {
  const extension = /\.([^./\\]+)$/.exec(path)?.[1] ?? "";
  const form = NAMES[extension.toLowerCase()];
  return form === undefined ? undefined : { extension: `.${extension}`, form };
}
