/**
 * The beginning of a text that takes at most `room`, with an ellipsis, cut between words where one ends near.
 *
 * @param lengthOf what a text takes, in characters by default
 */
export function shortened(
  text: string,
  room: number,
  lengthOf: (text: string) => number = text => text.length,
): string {
  if (lengthOf(text) <= room) return text;
  const characters = Array.from(text);
  while (characters.length > 0 && lengthOf(`${characters.join('')}...`) > room) characters.pop();
  const whole = characters.join('');
  const isMidWord = /\w/.test(text.charAt(whole.length));
  const words = isMidWord ? whole.replace(/\s+\S*$/, '') : whole;
  const kept = words.length >= whole.length - LONG_WORD ? words : whole;
  return `${kept.replace(/[\s,;:(]+$/, '')}...`;
}

/** A longer word is cut in its middle rather than left out. */
const LONG_WORD = 20;

/**
 * The text that `write` makes of the fields, shortened one after the other until no character is too many.
 *
 * @param shorten the fields in the order in which they are shortened, each to no fewer characters than so many
 * @param excess the characters by which a text is too long; 0 for one that fits
 */
export function fitted<Fields extends Record<Name, string>, Name extends string>(
  fields: Fields,
  shorten: readonly (readonly [name: Name, least: number])[],
  write: (fields: Fields) => string,
  { excess, lengthOf }: { excess: (text: string) => number; lengthOf?: (text: string) => number },
): string {
  let current = fields;
  let text = write(current);
  for (const [name, least] of shorten) {
    const over = excess(text);
    if (over === 0) break;
    const length = lengthOf?.(current[name]) ?? current[name].length;
    current = { ...current, [name]: shortened(current[name], Math.max(least, length - over), lengthOf) };
    text = write(current);
  }
  return text;
}
