import { isKnown } from '../points.ts';
import type { Property } from './property.ts';

const REMEDY =
  'keep a plan whose world makes it in local/simulation/points/plans (--shrink prints one), and run npm run simulate -- --find-points';

export const KNOWN: Property = {
  name: 'the sweep of fault points knows every call',
  violations: ({ callsOf }) => {
    const unknown = Object.keys(callsOf).filter(call => !isKnown(call));
    return unknown.length > 0 ? [`${unknown.join(', ')}: ${REMEDY}`] : [];
  },
};
