/** The files that a run keeps beside its rows: their names, and how they are recognised. */
import { mustBeOwn, readOwn, statusOf } from "./own.js";

/** The manifest of a partial file, a shard or a finished file (see run/resume/manifest.ts). */
export function manifestPathOf(path: string): string {
  return `${path}.json`;
}

/** The log of the row groups of a partial file (see run/resume/group-log.ts). */
export function groupLogPathOf(partial: string): string {
  return `${partial}.groups`;
}

/** The first bytes of every such log. */
export const LOG_HEAD = "upsweep row groups\n";

/** The names that files of a run may have, apart from random endings. */
export function ownNames(partial: string): readonly string[] {
  return [partial, manifestPathOf(partial), groupLogPathOf(partial)];
}

/** The first bytes of every manifest. */
export const MANIFEST_HEAD = '{\n  "upsweep": "manifest",';

/** Whether a file is a manifest of upsweep, even a damaged one. */
export function isManifest(path: string): boolean {
  return hasHead(path, MANIFEST_HEAD);
}

/** Whether a file is a log of row groups, even a damaged one. */
export function isGroupLog(path: string): boolean {
  return hasHead(path, LOG_HEAD);
}

function hasHead(path: string, head: string): boolean {
  const status = statusOf(path);
  if (!status) return false;
  mustBeOwn(path, status);
  return readOwn(path).startsWith(head);
}
