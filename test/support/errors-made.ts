/** Records which errors the tests produce, so that test/all.js can report the others. */
import { appendFileSync } from "node:fs";
import { errors } from "../../src/errors.ts";

const path = process.env.UPSWEEP_ERRORS_MADE;
const made = new Set<string>();
const table = errors as unknown as Record<string, (...given: unknown[]) => Error>;

if (path !== undefined) {
  for (const [code, make] of Object.entries(table)) {
    table[code] = (...given) => {
      if (!made.has(code)) appendFileSync(path, `${code}\n`);
      made.add(code);
      return make(...given);
    };
  }
}
