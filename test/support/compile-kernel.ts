/** Compiles the kernel of this repository, without writing a file. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const root = fileURLToPath(new URL("../..", import.meta.url));

/**
 * Compiles a target of asconfig.json.
 *
 * @param sourceOf the source to compile in place of a file's own, by the path of the file.
 */
export async function compileKernel(
  target: "release" | "web",
  sourceOf: (path: string, source: string) => string = (_, source) => source,
): Promise<Uint8Array<ArrayBuffer>> {
  let built: Uint8Array | undefined;
  const { error, stderr } = await asc.main(
    ["assembly/index.ts", "--baseDir", root, "--target", target, "--outFile", "out.wasm"],
    {
      readFile(name, folder) {
        try {
          return sourceOf(name, readFileSync(resolve(folder ?? root, name), "utf8"));
        } catch {
          return null;
        }
      },
      writeFile(name, contents) {
        if (name === "out.wasm") built = contents as Uint8Array;
      },
      listFiles: () => [],
    },
  );
  if (error) throw new Error(`${error.message}\n${stderr.toString()}`);
  if (!built) throw new Error(`nothing was built for ${target}`);
  return Uint8Array.from(built);
}
