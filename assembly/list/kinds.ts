// The kinds of layers that the records of a list name.

import * as layout from "../layout";

/**
 * The canonical name that is looked up: the text after the last dot, in lower case, without
 * underscores.
 */
const NAME_PTR: usize = memory.data(24, 8);

/**
 * The kind that the bytes [ptr, endPtr) name, such as `conv1d`, `ConvTranspose1d` or
 * `nn.ConvTranspose1d`; KIND_COUNT if the name is unknown.
 */
export function kindNamed(ptr: usize, endPtr: usize): u32 {
  let length: usize = 0;
  memory.fill(NAME_PTR, 0, layout.LIST_KIND_NAME_BYTES);
  for (; ptr < endPtr; ptr++) {
    let letter = load<u8>(ptr);
    if (letter == 0x2e) { // .
      length = 0;
      memory.fill(NAME_PTR, 0, layout.LIST_KIND_NAME_BYTES);
      continue;
    }
    if (letter == 0x5f) continue; // _
    if (letter >= 0x41 && letter <= 0x5a) letter |= 0x20;
    if (length == layout.LIST_KIND_NAME_BYTES) return layout.KIND_COUNT;
    store<u8>(NAME_PTR + length++, letter);
  }
  for (let kind: u32 = 0; length > 0 && kind < layout.KIND_COUNT; kind++) {
    const kindPtr = layout.LIST_KINDS_PTR + <usize>kind * layout.LIST_KIND_BYTES;
    if (memory.compare(NAME_PTR, kindPtr, layout.LIST_KIND_NAME_BYTES) == 0) return kind;
  }
  return layout.KIND_COUNT;
}

/**
 * Whether the list can hold layers of a kind, as the host has decided: it has the fields that the
 * kind needs, and a comparison supports the kind.
 */
export function isSupported(kind: u32): bool {
  const kindPtr = layout.LIST_KINDS_PTR + <usize>kind * layout.LIST_KIND_BYTES;
  return load<u64>(kindPtr, layout.LIST_KIND_NAME_BYTES) != 0;
}
