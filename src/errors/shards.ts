/** Errors about shards: array jobs, and merges. */
import { joinNames, printable, quote } from "../format-message.js";
import { about, at } from "./report.js";

export const SHARD_ERRORS = {
  noArray: (option: string, variables: readonly string[]) =>
    at(
      `--shard ${option}`,
      `this is not a task of an array job: none of ${joinNames(variables)} is set`,
      "Name the shard, for example --shard 3/16.",
    ),
  twoArrays: (option: string, one: string, other: string) =>
    at(
      `--shard ${option}`,
      `${one} and ${other} are both set`,
      "Name the shard, for example --shard $PARALLEL_SEQ/16, or unset one of them.",
    ),
  notTaskNumber: (option: string, variable: string, got: string) =>
    at(
      `--shard ${option}`,
      `${variable} is ${quote(got)}, not a whole number`,
      "Name the shard, for example --shard 3/16.",
    ),
  outsideArray: (variable: string, task: number, from: number, of: number) =>
    at(
      `--shard auto/${of}`,
      `${variable} is ${task}, but the ${of} shards are tasks ${from} to ${of - 1 + from}`,
      "Submit tasks in that range, or correct the number of shards.",
    ),
  unknownArray: (option: string, scheduler: string, variable: string | undefined, task: string) =>
    at(
      `--shard ${option}`,
      `${scheduler} gives the number of this task (${task}), ` +
        `but not how many there are${variable === undefined ? "" : `: ${variable} is not set`}`,
      "Give the number of shards, for example --shard auto/16.",
    ),
  incompleteArray: (option: string, found: readonly string[], from: number, array: string) =>
    at(
      `--shard ${option}`,
      `the array does not start at ${from} or has gaps: ${found.join(", ")}`,
      `Submit a complete array (${array}). To run only some tasks of it, ` +
        "give the number of shards, for example --shard auto/16.",
    ),
  noShards: (path: string, example: string) =>
    at(
      path,
      `no shards found, such as ${printable(example)}`,
      "Sweep them with --shard, or name them after the output file.",
    ),
  mixedShards: (path: string, counts: readonly number[]) =>
    at(
      path,
      `the shards found belong to sets of ${joinNames(counts.map(String))}`,
      "Name the ones that belong together after the output file.",
    ),
  missingShards: (path: string, missing: readonly number[], of: number) => {
    const named =
      missing.length > 10 ? [...missing.slice(0, 9), `${missing.length - 9} more`] : missing;
    const isOne = missing.length === 1;
    return at(
      path,
      `${isOne ? "shard" : "shards"} ${joinNames(named.map(String))} of ${of} ` +
        `${isOne ? "is" : "are"} missing`,
      `Sweep ${isOne ? "it" : "them"} with --shard.`,
    );
  },
  mergeIntoShard: (path: string) =>
    about(path, "is one of the shards", "Name another output file before the shards."),
  shardTwice: (path: string, other: string) =>
    about(path, `is the same shard as ${printable(other)}`, "Name each shard once."),
  unfinishedShard: (path: string, reason: string, isDamaged = false) =>
    about(
      path,
      `is not a complete shard: ${reason}`,
      `Sweep it again with --shard and --${isDamaged ? "force" : "resume"}.`,
    ),
  shardMismatch: (
    path: string,
    other: string,
    what: string,
    is: string | undefined,
    theirs: string | undefined,
  ) =>
    about(
      path,
      `and ${printable(other)} come from different sweeps: for ${what}, ` +
        `the first has ${is || "nothing"} and the second has ${theirs || "nothing"}`,
      "Sweep all shards with the same spec, options and version.",
    ),
};
