import { it } from "vitest";
import { columnsOf } from "../../src/columns/derived.ts";
import { LIST_SECTIONS } from "../../src/kernel/image-writer.ts";
import { listImage } from "../../src/kernel/list-image.ts";
import { KIND_NAMES, kindOf } from "../../src/layers/kinds.ts";
import { planList } from "../../src/plan/list.ts";
import { constant, expectToFit } from "../support/image-sections.ts";

it.each(KIND_NAMES)("the image of a %s list with every column fits", (layer) => {
  const kind = kindOf(layer);
  const columns = columnsOf(kind).map(({ name }) => name);
  const settings = { sample_rate: { numerator: 11_025n, denominator: 16n } };
  const list = planList([...kind.parameterNames, "bits"].join(","), "list", {
    layer,
    columns,
    settings,
    skipInvalid: false,
    isComparing: false,
  });
  expectToFit(listImage(list, "closed", constant), LIST_SECTIONS, [layer]);
});

it("the image of a list that mixes kinds holds every column of each kind", () => {
  const header = [
    "layer",
    ...new Set(KIND_NAMES.flatMap((kind) => kindOf(kind).parameterNames)),
  ].join(",");
  const columns = [
    ...new Set(KIND_NAMES.flatMap((kind) => columnsOf(kindOf(kind)).map(({ name }) => name))),
  ];
  const settings = { sample_rate: { numerator: 11_025n, denominator: 16n } };
  const list = planList(header, "list", {
    layer: "conv_transpose1d",
    columns,
    settings,
    skipInvalid: false,
    isComparing: false,
  });
  expectToFit(listImage(list, "closed", constant), LIST_SECTIONS, KIND_NAMES);
});
