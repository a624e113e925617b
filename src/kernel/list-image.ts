/** Encodes the plan of a list as the image that the kernel reads. */

import { hasColumn } from "../columns/derived.js";
import { KIND_NAMES, type Kind, kindOf } from "../layers/kinds.js";
import { DEFAULT_BITS, RATE_DENOMINATOR } from "../layers/parameters.js";
import {
  addedColumns,
  droppedColumns,
  holdsKind,
  type ListPlan,
  type Role,
  rolesOf,
} from "../plan/list.js";
import type { Method } from "../plan/method.js";
import type { Constant } from "./constants.js";
import { absentFields, columnNumber, kindNumber, methodNumber, upper } from "./constants.js";
import type { ImageSection } from "./image-writer.js";
import { ImageWriter, LIST_SECTIONS } from "./image-writer.js";

/**
 * The image of a list: what its columns mean and which results follow, for each kind of layer that
 * it can hold.
 */
export function listImage(
  list: ListPlan,
  method: Method,
  constant: Constant,
): readonly ImageSection[] {
  const writer = new ImageWriter(constant);
  writer.begin(LIST_SECTIONS.HEADER, 1);
  writer.words(
    list.columns.length,
    list.fields.length,
    methodNumber(method, constant),
    Number(list.skipInvalid),
    kindNumber(kindOf(list.layer), constant),
    Number(list.isComparing),
    list.kindField ?? constant("NO_KIND_FIELD"),
    Number(droppedColumns(list).length > 0),
  );
  const kinds = (list.kindField === undefined ? [list.layer] : KIND_NAMES).map(kindOf);
  for (const kind of kinds) writeKind(writer, list, kind, constant);
  return writer.image();
}

function writeKind(writer: ImageWriter, list: ListPlan, kind: Kind, constant: Constant): void {
  const number = kindNumber(kind, constant);
  writer.begin(LIST_SECTIONS.KINDS, 1, number);
  writer.text(kind.name.replaceAll("_", ""));
  writer.goTo(constant("LIST_KIND_NAME_BYTES"));
  writer.long(holdsKind(list, kind) ? 1n : 0n);

  const added = addedColumns(list);
  writer.begin(LIST_SECTIONS.COLUMNS, list.columns.length, number);
  for (const name of list.columns) {
    if (!hasColumn(kind, name)) writer.word(constant("NO_COLUMN"));
    else
      writer.word(
        columnNumber(kind, name, constant) |
          (added.includes(name) ? constant("COLUMN_IS_ADDED") : 0),
      );
  }

  writer.begin(LIST_SECTIONS.DEFAULTS, constant("LAYER_FIELDS"), number);
  const { bits = DEFAULT_BITS, sample_rate = { numerator: 0n, denominator: 1n } } = list.settings;
  const defaults = [
    ...kind.parameters.map((p): [string, number | bigint] => [p.name, p.default ?? p.min]),
    ["bits", bits] as const,
    ["sample_rate", sample_rate.numerator] as const,
    [RATE_DENOMINATOR, sample_rate.denominator] as const,
  ];
  for (const [field, value] of absentFields(kind, constant)) {
    writer.goTo(8 * field);
    writer.long(BigInt(value));
  }
  for (const [name, value] of defaults) {
    writer.goTo(8 * columnNumber(kind, name, constant));
    writer.long(BigInt(value));
  }

  const roles = rolesOf(list, kind);
  writer.begin(LIST_SECTIONS.ROLES, roles.length, number);
  for (const role of roles) writer.word(roleNumber(kind, role, constant));
}

function roleNumber(kind: Kind, role: Role, constant: Constant): number {
  switch (role.does) {
    case "set": {
      const plain = kind.plainNames.find((base) => base === role.name);
      return plain
        ? constant(upper(plain)) | constant("ROLE_EVERY_DIMENSION")
        : columnNumber(kind, role.name, constant);
    }
    case "stay empty":
      return constant("ROLE_EMPTY");
    case "name the kind":
      return constant("ROLE_KIND");
    case "drop":
      return constant("ROLE_DROPPED");
    case "carry":
      return constant("ROLE_CARRIED");
  }
}
