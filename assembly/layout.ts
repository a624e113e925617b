// The memory map of the kernel, and the numbers on which the kernel and its host must agree.
//
// Every address is a constant, memory never grows, and nothing is allocated. A view that the host
// creates once therefore stays valid. The host reads these constants from the exports of the
// module, and repeats none of them. Each address is the end of the section before it, rounded up.
//
//   0x000000   ┌──────────────┐
//              │ (unused)     │ 1 KiB, so that a stray null pointer does no harm
//              │              │                                   layout/records.ts:
//   LAYER      ├──────────────┤
//              │ layer        │ a u64 for each field: parameters, results of dimensions, variables
//   REPORT     ├──────────────┤
//              │ report       │ of the last batch: rows, bytes, fault, rejection counts
//   CELLS      ├──────────────┤
//              │ cells        │ 128 slots of 32 bytes: the texts of cells that several rows share
//   SEGMENTS   ├──────────────┤
//              │ segments     │ the segments of a row: a joined text and the new cell after it
//   TEXTS      ├──────────────┤
//              │ texts        │ the joined texts of neighbouring slots
//   DIGITS     ├──────────────┤
//              │ digits       │ 0 to 9,999 as four digits each, written when the module starts
//   RANGES     ├──────────────┤
//              │ ranges       │ minimum and maximum of each field, written when the module starts
//   LEVELS     ├──────────────┤
//              │ loops        │ the position of each loop and of each of its loop variables
//   STACK      ├──────────────┤
//              │ stack        │ 1,024 values of the expression that is being evaluated
//              │              │                                   layout/image.ts:
//   IMAGE      ├──────────────┤
//              │ image        │ the plan or the list, written by the host; the kernel writes only
//              │              │ progressions of dependent axes, and tables and totals of a list
//              │              │                                   layout/buffers.ts:
//   SCRATCH    ├──────────────┤
//              │ scratch      │ 65,536 overlap counters of u32
//   INPUT      ├──────────────┤
//              │ input        │ 512 KiB of the text of a list, of raw indices, or of columns
//   TALLIES    ├──────────────┤
//              │ tallies      │ the answers of each convention, compared with the exact counts
//   LEASES     ├──────────────┤
//              │ leases       │ whether the host still needs an output buffer; for the host only
//   SUM        ├──────────────┤
//              │ sum          │ a checksum, and 64 KiB of bytes that the host wants summed
//   OUTPUT     ├──────────────┤
//              │ output       │ four buffers of 4 MiB of finished rows, each with room for one row
//              │              │ more; or the tallies or columns of a batch
//   MANY       ├──────────────┤
//              │ many         │ the columns and fields of a batch of many layers
//              │              │                                   layout/vectors.ts:
//   FILLED     ├──────────────┤
//              │ filled rows  │ the rows of a block of a sweep, as a vector for each field
//   LIVE       ├──────────────┤
//              │ live rows    │ those of them that keep every predicate
//   COLUMNS    ├──────────────┤
//              │ columns      │ factors and values of result columns, as vectors
//   VECTOR_    ├──────────────┤
//   STACK      │ stack        │ the values of an expression over vectors
//              │              │                                   layout/parquet.ts:
//   CHUNK      ├──────────────┤
//              │ chunk        │ a column chunk of Parquet: what it is, and what was written
//   PARQUET_…  ├──────────────┤
//              │ parquet      │ its values, runs and validity; its dictionary, and the number of
//              │              │ each value in it; hash tables; the body of a page
//   LAYOUT_END └──────────────┘
//   0x2400000  = memoryBase in asconfig.json: the first address of the compiler's own constants
//
// The memory is shared: another thread writes the rows of a buffer to the file directly from there
// (src/run). The kernel itself has one thread.

export * from "./ids.generated";
export * from "./layout/buffers";
export * from "./layout/capacities";
export * from "./layout/image";
export * from "./layout/parquet";
export * from "./layout/records";
export * from "./layout/vectors";
