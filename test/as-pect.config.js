/** as-pect: runs the AssemblyScript specs of the kernel, compiled together with its files. */
export default {
  include: ["node_modules/@as-pect/assembly/assembly/index.ts"],
  entries: ["test/assembly/**/*.spec.ts"],
  disclude: [],
  // 95 % of the blocks of code must be executed. test/all.js reads the table that this prints.
  coverage: ["assembly/**/*.ts"],
  async instantiate(memory, createImports, instantiate, binary) {
    return instantiate(binary, createImports({ env: { memory } }));
  },
  outputBinary: false,
};
