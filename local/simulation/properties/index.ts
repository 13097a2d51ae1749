import type { Chronicle } from '../chronicle.ts';
import * as automation from './automation.ts';
import * as calls from './calls.ts';
import * as effects from './effects.ts';
import * as evidence from './evidence.ts';
import * as incidents from './incidents.ts';
import * as limits from './limits.ts';
import * as messages from './messages.ts';
import * as moments from './moments.ts';
import * as paging from './paging.ts';
import * as people from './people.ts';
import type { Property } from './property.ts';
import * as sizes from './sizes.ts';
import * as workings from './workings.ts';

export const PROPERTIES: readonly Property[] = [
  incidents,
  automation,
  people,
  paging,
  messages,
  moments,
  evidence,
  effects,
  workings,
  limits,
  calls,
  sizes,
].flatMap(group => Object.values<Property>(group));

export interface Violation {
  property: string;
  what: string;
}

/** Everything in a world that goes against a property. */
export const judge = (chronicle: Chronicle): Violation[] =>
  PROPERTIES.flatMap(({ name, violations }) => violations(chronicle).map(what => ({ property: name, what })));
