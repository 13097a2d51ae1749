/** Sizes and write units, after "DynamoDB item sizes and formats" and "Write operations" of the Developer Guide. */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { LIMITS } from '../../sizes.ts';
import { type Index, type Item, keyNames, type TableDefinition } from './items.ts';

/** Bytes of an item at most, names of its attributes included. */
export const MOST_ITEM_BYTES = LIMITS['item of a table'].most;

const utf8 = (text: string) => Buffer.byteLength(text);

/** Items are never changed, so that each is measured once. */
const measured = new WeakMap<Item, number>();

/** The size of an item; 0 without one. */
export function itemBytes(item: Item | undefined): number {
  if (!item) return 0;
  const known = measured.get(item) ?? mapBytes(item);
  measured.set(item, known);
  return known;
}

function mapBytes(map: Item): number {
  let sum = 0;
  for (const name in map) sum += utf8(name) + valueBytes(map[name] as AttributeValue);
  return sum;
}

function valueBytes(value: AttributeValue): number {
  if (value.S !== undefined) return utf8(value.S);
  if (value.N !== undefined) return numberBytes(value.N);
  if (value.B !== undefined) return base64Bytes(value.B);
  if (value.SS) return total(value.SS, utf8);
  if (value.NS) return total(value.NS, numberBytes);
  if (value.BS) return total(value.BS, base64Bytes);
  if (value.L) return 3 + total(value.L, element => 1 + valueBytes(element));
  if (value.M) return 3 + Object.keys(value.M).length + mapBytes(value.M);
  return 1;
}

const total = <Value>(values: readonly Value[], size: (value: Value) => number) =>
  values.reduce((sum, value) => sum + size(value), 0);

/** One byte for two significant digits, one more for all, and one for a sign. */
function numberBytes(number: string): number {
  const digits = number
    .replace(/e.*$/i, '')
    .replace(/\D/g, '')
    .replace(/^0+|0+$/g, '');
  return digits === '' ? 1 : Math.ceil(digits.length / 2) + 1 + (number.startsWith('-') ? 1 : 0);
}

const base64Bytes = (text: unknown) => Buffer.byteLength(String(text), 'base64');

export const isSame = (one: Item | undefined, other: Item | undefined): boolean =>
  one === other || (itemBytes(one) === itemBytes(other) && JSON.stringify(one) === JSON.stringify(other));

/** The write request units of one write, and of each index that it changed. */
export interface WriteCost {
  table: number;
  indexes: Record<string, number>;
}

/**
 * The write units that are billed: those of the larger of what stood there and what stands there now, and for each index whose
 * entry is another as much again. A refused conditional write costs what the item that stands there would.
 */
export function writeCost(table: TableDefinition, before: Item | undefined, after: Item | undefined): WriteCost {
  const ofIndexes = (table.GlobalSecondaryIndexes ?? []).map(index => [
    index.IndexName,
    indexCost(index, entry(table, index, before), entry(table, index, after)),
  ]);
  return { table: units(before, after), indexes: Object.fromEntries(ofIndexes) };
}

const units = (...items: (Item | undefined)[]) => Math.max(1, ...items.map(item => Math.ceil(itemBytes(item) / 1024)));

/** An entry with another key is a new one, and the old one is deleted. */
function indexCost(index: Index, before: Item | undefined, after: Item | undefined): number {
  if (isSame(before, after)) return 0;
  if (!before || !after) return units(before, after);
  const moved = keyNames(index).some(name => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
  return moved ? units(before) + units(after) : units(before, after);
}

/** The part of an item that an index carries; undefined when nothing, because an attribute of the index's key is missing. */
function entry(table: TableDefinition, index: Index, item: Item | undefined): Item | undefined {
  if (!item || keyNames(index).some(name => item[name] === undefined)) return undefined;
  const { ProjectionType, NonKeyAttributes = [] } = index.Projection;
  const names = [...keyNames(index), ...keyNames(table), ...NonKeyAttributes];
  const carried = ProjectionType === 'ALL' ? Object.keys(item) : names.filter(name => item[name]);
  return Object.fromEntries([...new Set(carried)].sort().map(name => [name, item[name] as AttributeValue]));
}
