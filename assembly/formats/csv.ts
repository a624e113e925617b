// The bytes that separate cells and rows of CSV.

export const COMMA: u8 = 0x2c;
export const NEWLINE: u8 = 0x0a;
