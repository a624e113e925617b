// Writes THIRD-PARTY.md: the packages whose code is in dist/bin and in the kernel, with their versions and licences. Run it after `npm run build`
// when a dependency changes: npm run third-party. With --names it prints the packages of dist/bin and writes nothing.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

/** Folders of the packages that are bundled: the same bundle again with source maps, which name every file. */
function bundledFolders() {
  const out = mkdtempSync(join(tmpdir(), "upsweep-bundle-"));
  try {
    const [, ...words] = manifest.scripts["build:bin"].split(" ");
    words[words.indexOf("--dir") + 1] = out;
    execFileSync(process.execPath, ["node_modules/rolldown/bin/cli.mjs", ...words, "--sourcemap"], { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
    const maps = readdirSync(out).filter((file) => file.endsWith(".map"));
    const sources = maps.flatMap((file) => JSON.parse(readFileSync(join(out, file), "utf8")).sources);
    const folders = sources.flatMap((source) => /node_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+/.exec(source) ?? []);
    return [...new Set(folders)].sort();
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

function packageIn(folder) {
  const { name, version, license, repository } = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
  const written = typeof repository === "string" ? repository : repository.url;
  const address = /^[\w.-]+\/[\w.-]+$/.test(written.replace(/^github:/, ""))
    ? `https://github.com/${written.replace(/^github:/, "")}`
    : written.replace(/^git\+/, "").replace(/\.git$/, "");
  const texts = readdirSync(join(root, folder))
    .filter((file) => /^(licen[cs]e|notice)/i.test(file))
    .sort();
  if (texts.length === 0) throw new Error(`${folder} has no licence`);
  return { name, version, license, address, text: texts.map((file) => readFileSync(join(root, folder, file), "utf8").trim()).join("\n\n") };
}

function section({ name, version, license, address, text }) {
  return `## ${name} ${version}\n\n${license}, ${address}\n\n\`\`\`text\n${text.replaceAll("\r", "")}\n\`\`\`\n`;
}

const bundled = bundledFolders().map(packageIn);
const compiled = packageIn("node_modules/assemblyscript");
const table = [...bundled, compiled].map(({ name, version, license }) => `| ${name} | ${version} | ${license} |`);
if (process.argv.includes("--names")) console.log(bundled.map(({ name, version }) => `${name} ${version}`).join("\n"));
else {
  writeFileSync(
    process.argv[2] ?? join(root, "THIRD-PARTY.md"),
    `# Third-party software

The files in dist/bin contain code of the packages below. The kernel, build/upsweep.release.wasm, contains code of AssemblyScript's standard library.
\`npm run third-party\` writes this file.

| package | version | licence |
|---|---|---|
${table.join("\n")}

${[...bundled, compiled].map(section).join("\n")}`,
  );
}
