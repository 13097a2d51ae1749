/** A behaviour of AWS that no document settles. A stack must bear each of its positions. */
export interface Question<Position extends string = string> {
  /** E.g. `error of a runbook's function`. */
  name: string;
  /** The ways in which AWS may behave. The first is the default. */
  positions: readonly [Position, ...Position[]];
}

/** Says what a question of that name and these positions is. */
export const question = <const Position extends string>(
  name: string,
  ...positions: readonly [Position, ...Position[]]
): Question<Position> => ({ name, positions });

/** A function that throws, invoked by a step of a runbook. */
export const FUNCTION_ERROR = question("error of a runbook's function", 'fails its step', 'is an output');

/** The output of a step whose Selector finds nothing. */
export const MISSING_OUTPUT = question(
  "output of a runbook's step that is missing",
  ...(['fails the step', 'is left out', 'is the selector'] as const),
);

/** A step with isEnd that branches: when one of its choices matches. */
export const END_AFTER_CHOICE = question('choice of a step that is the end', 'is followed', 'ends the runbook');

/** A boolean in an answer, as DesiredValues must name it. */
export const BOOLEAN_TEXT = question('boolean that a runbook waits for', 'is True', 'is true');

/** The seconds by which the metrics of a namespace are late, where `Faults.lateMetrics` does not say. */
export const METRICS_COME = question('metrics', 'come at once', 'come up to 180 s late');

/** All questions of the package. */
export const QUESTIONS: readonly Question[] = [
  ...[FUNCTION_ERROR, MISSING_OUTPUT, END_AFTER_CHOICE, BOOLEAN_TEXT, METRICS_COME],
];

/** Positions by the names of their questions; where there is none, the question's first holds. */
export type Positions = Readonly<Record<string, string>>;

/**
 * A position on one question.
 *
 * @example
 * const world = await World.deploy('cdk.out', { faults: { undocumented: taking(FUNCTION_ERROR, 'is an output') } });
 */
export const taking = <Position extends string>({ name }: Question<Position>, position: Position): Positions => ({
  [name]: position,
});

/** The positions that an account takes. */
export class Undocumented {
  /** The questions that were asked so far: with another position on any other, all would have happened just so. */
  readonly consulted = new Set<Question>();
  private readonly positions: Positions;

  constructor(positions: Positions = {}) {
    this.positions = positions;
  }

  /** @throws Error where the position that was given is none of the question's */
  positionOn<Position extends string>(asked: Question<Position>): Position {
    const { name, positions } = asked;
    this.consulted.add(asked);
    const given = this.positions[name] ?? positions[0];
    const position = positions.find(one => one === given);
    if (position === undefined)
      throw new Error(`${name}: no position "${given}"; there are "${positions.join('", "')}"`);
    return position;
  }
}
