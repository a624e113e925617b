/** A kernel with a defect: built from the sources with one text replaced. */
import { compileKernel } from "./compile-kernel.ts";

/** Builds the kernel with `text` replaced in a file of assembly/. */
export async function brokenKernel(
  file: string,
  text: string,
  by: string,
): Promise<WebAssembly.Module> {
  let isReplaced = false;
  const built = await compileKernel("release", (path, source) => {
    if (path !== `assembly/${file}` || !source.includes(text)) return source;
    isReplaced = true;
    return source.replace(text, by);
  });
  if (!isReplaced) throw new Error(`'${text}' does not occur in ${file}`);
  return new WebAssembly.Module(built);
}
