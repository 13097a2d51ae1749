import { InvalidArgumentError } from 'commander';

/** Reads an option's value. @throws InvalidArgumentError, which says what was expected */
export function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('expected a whole number from 0 to 999999999.');
  return Number(text);
}
