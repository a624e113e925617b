/** The accounts of layers that `distinct` leaves out because an earlier grid has them. */

const PREFIX = "already in ";

/** The account of layers that a grid, by what messages call it, has too. */
export function repeatReasonOf(label: string): string {
  return `${PREFIX}${label}`;
}

/** Whether an account counts layers that were there before, and no condition that a layer fails. */
export function isRepeat(rejectionReason: string): boolean {
  return rejectionReason.startsWith(PREFIX);
}
