/** What the embedded account cannot do faithfully it refuses, by place and by name, instead of guessing. */
export class Unsupported extends Error {
  override readonly name = 'Unsupported';
  readonly where: string;
  readonly what: string;

  constructor(where: string, what: string) {
    super(`${where}: ${what}`);
    this.where = where;
    this.what = what;
  }
}
