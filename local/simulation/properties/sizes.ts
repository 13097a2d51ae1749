import type { Property } from './property.ts';

export const FITS: Property = {
  name: 'nothing is refused because it is too large',
  violations: ({ sizes }) => sizes.refused.map(({ kind, size }) => `${kind}: ${size}`),
};

/** The share of a limit beyond which the next word more may be refused. */
const NEAR = 0.8;

export const HAS_ROOM: Property = {
  name: 'nothing comes nearer than 80 % to a limit of bytes',
  violations: ({ sizes }) =>
    sizes.largest
      // Texts with a limit in characters are cut to fit it, and batches are filled.
      .filter(({ unit, share }) => unit === 'bytes' && share > NEAR)
      .map(({ kind, size, most }) => `${kind}: ${size} of ${most} bytes`),
};
