/** as-pect: runs the AssemblyScript specs of the kernel's files, compiled together with them. */
export default {
  include: ["node_modules/@as-pect/assembly/assembly/index.ts"],
  entries: ["test/assembly/**/*.spec.ts"],
  disclude: [],
  // Of the blocks of code 95 % must be run; test/all.js reads the table that this prints.
  coverage: ["assembly/**/*.ts"],
  async instantiate(memory, createImports, instantiate, binary) {
    return instantiate(binary, createImports({ env: { memory } }));
  },
  outputBinary: false,
};
