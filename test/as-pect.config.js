/** as-pect: runs the AssemblyScript specs of the kernel's files, compiled together with them. */
export default {
  include: ["node_modules/@as-pect/assembly/assembly/index.ts"],
  entries: ["test/assembly/**/*.spec.ts"],
  disclude: [],
  async instantiate(memory, createImports, instantiate, binary) {
    return instantiate(binary, createImports({ env: { memory } }));
  },
  outputBinary: false,
};
