/** The embedded account refuses what it cannot do faithfully, by place and by name, instead of guessing. */
export class Unsupported extends Error {
  override readonly name = 'Unsupported';
  /** The resource, operation or field, e.g. `AWS::RDS::DBCluster Orders`. */
  readonly where: string;
  /** The part of it that is not supported, e.g. `this type of resource`. */
  readonly what: string;

  constructor(where: string, what: string) {
    super(`${where}: ${what}`);
    this.where = where;
    this.what = what;
  }
}
