/** The rejection reasons of layers that `distinct` rejects because a grid already has them. */

const PREFIX = "already in ";

/**
 * The rejection reason of layers that a grid already has.
 *
 * @param label the name of the grid in messages.
 */
export function repeatReasonOf(label: string): string {
  return `${PREFIX}${label}`;
}

/** Whether a rejection reason counts repeated layers, rather than layers that fail a condition. */
export function isRepeat(rejectionReason: string): boolean {
  return rejectionReason.startsWith(PREFIX);
}
