/** The version of the package is the same wherever it is written. */
import { describe, expect, it } from "vitest";
import { read } from "./documents.ts";

const { version } = JSON.parse(read("package.json")) as { readonly version: string };

describe("the version", () => {
  it("is that of the lock file", () => {
    const lock = JSON.parse(read("package-lock.json")) as {
      readonly version: string;
      readonly packages: { readonly "": { readonly version: string } };
    };
    expect([lock.version, lock.packages[""].version]).toEqual([version, version]);
  });

  it("is the newest of the changelog, with the date of CITATION.cff", () => {
    const newest = /^## (\d\S*) \((\d{4}-\d\d-\d\d)\)$/m.exec(read("CHANGELOG.md"));
    const citation = read("CITATION.cff");
    expect(newest?.[1]).toBe(version);
    expect(citation).toContain(`\nversion: ${version}\n`);
    expect(citation).toContain(`\ndate-released: ${newest?.[2]}\n`);
  });

  it("is that of the package in the examples", () => {
    const files = read("examples/kubernetes/sweep.yaml").match(/upsweep-\d[\w.-]*\.tgz/g);
    expect(new Set(files)).toEqual(new Set([`upsweep-${version}.tgz`]));
  });
});
