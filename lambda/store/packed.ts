import { deflateSync, inflateSync } from 'node:zlib';

/** A value as an item holds it: a long one deflated. The table's stream gives bytes as base64, so that the value is never a text. */
export type Packed<Value extends object> = Value | Uint8Array | string;

/** Bytes of JSON that are stored as they are, so that most items can be read in the console. */
const PLAIN = 1000;

/** Each kilobyte of an item is a write unit, again with every change of the attributes beside it. */
export function pack<Value extends object>(value: Value): Packed<Value> {
  const text = JSON.stringify(value);
  return Buffer.byteLength(text) > PLAIN ? deflateSync(text) : value;
}

export function unpack<Value extends object>(packed: Packed<Value>): Value {
  if (!(packed instanceof Uint8Array || typeof packed === 'string')) return packed;
  const bytes = typeof packed === 'string' ? Buffer.from(packed, 'base64') : packed;
  return JSON.parse(inflateSync(bytes).toString());
}
