/** A kernel with a defect: built from the sources with one text replaced. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Builds the kernel with `text` replaced in a file of assembly/. */
export async function brokenKernel(
  file: string,
  text: string,
  by: string,
): Promise<WebAssembly.Module> {
  let built: Uint8Array | undefined;
  let isReplaced = false;
  const { error, stderr } = await asc.main(
    ["assembly/index.ts", "--baseDir", root, "--target", "release", "--outFile", "out.wasm"],
    {
      readFile(name, folder) {
        let source: string;
        try {
          source = readFileSync(resolve(folder ?? root, name), "utf8");
        } catch {
          return null;
        }
        if (name !== `assembly/${file}` || !source.includes(text)) return source;
        isReplaced = true;
        return source.replace(text, by);
      },
      writeFile(name, contents) {
        if (name === "out.wasm") built = contents as Uint8Array;
      },
      listFiles: () => [],
    },
  );
  if (error) throw new Error(`${error.message}\n${stderr.toString()}`);
  if (!built || !isReplaced)
    throw new Error(`nothing was built, or '${text}' does not occur in ${file}`);
  return new WebAssembly.Module(Uint8Array.from(built));
}
