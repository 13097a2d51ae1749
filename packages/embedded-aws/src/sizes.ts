/** The limits of sizes, as AWS documents them in November 2026, and the errors by which it refuses what is larger. */

interface Limit {
  most: number;
  unit: 'bytes' | 'characters' | 'entries';
  /** The error's name, as SDK clients see it. */
  error: string;
  /** The error's message, as AWS words it. */
  message: (size: number, most: number) => string;
}

const KIB = 1024;
const MIB = 1024 * KIB;

/** The wording of the services that check a request by their model. */
const constraint = (member: string) => (_size: number, most: number) =>
  `1 validation error detected: Value at '${member}' failed to satisfy constraint: Member must have length less than or equal to ${most}`;

const counted =
  (unit: Limit['unit']) =>
  (most: number, error: string, message: Limit['message']): Limit => ({ most, unit, error, message });
const [bytes, characters, entries] = [counted('bytes'), counted('characters'), counted('entries')];

const STATE = 'States.DataLimitExceeded';
const parameters = (rule: string) => () =>
  `1 validation error detected: Value at 'parameters' failed to satisfy constraint: Map value must satisfy constraint: [${rule}]`;

export const LIMITS = {
  'payload of an invocation': bytes(
    6 * MIB,
    'RequestEntityTooLargeException',
    (_, most) => `Request must be smaller than ${most} bytes for the InvokeFunction operation`,
  ),
  'answer of a function': bytes(
    6 * MIB + 100,
    'Function.ResponseSizeTooLarge',
    (_, most) => `Response payload size exceeded maximum allowed payload size (${most} bytes).`,
  ),
  'asynchronous event': bytes(
    MIB,
    'RequestEntityTooLargeException',
    (size, most) => `${size} byte payload is too large for the Event invocation type (limit ${most} bytes)`,
  ),
  'environment of a function': bytes(
    4 * KIB,
    'InvalidParameterValueException',
    () =>
      'Lambda was unable to configure your environment variables because the environment variables you have provided exceeded the 4KB limit.',
  ),
  'answer of a custom resource': bytes(4 * KIB, 'ValidationError', () => 'Response object is too long.'),
  // The total of a request must be less than 1 MB.
  'events of a request': bytes(
    MIB - 1,
    'ValidationException',
    () => 'Total size of the entries in the request is over the limit.',
  ),
  'number of events of a request': entries(10, 'ValidationException', constraint('entries')),
  'input of an execution': bytes(256 * KIB, 'ValidationException', constraint('input')),
  'name of an execution': characters(80, 'ValidationException', constraint('name')),
  'data of a state': bytes(
    256 * KIB,
    STATE,
    () => 'The state/task returned a result with a size exceeding the maximum number of bytes service limit.',
  ),
  'value of a parameter': characters(
    4 * KIB,
    'ValidationException',
    (_, most) => `Standard tier parameters support a maximum parameter value of ${most} characters.`,
  ),
  'parameter of a runbook': characters(
    512,
    'ValidationException',
    parameters('Member must satisfy constraint: [Member must have length less than or equal to 512]'),
  ),
  'values of a runbook parameter': entries(
    50,
    'ValidationException',
    parameters('Member must have length less than or equal to 50'),
  ),
  'message of a topic': bytes(256 * KIB, 'InvalidParameterException', () => 'Invalid parameter: Message too long'),
  'subject of a message': characters(100, 'InvalidParameterException', () => 'Invalid parameter: Subject'),
  SMS: characters(1600, 'InvalidParameterException', () => 'Invalid parameter: Message too long'),
  'message of a queue': bytes(
    MIB,
    'InvalidParameterValue',
    (_, most) => `One or more parameters are invalid. Reason: Message must be shorter than ${most} bytes.`,
  ),
  'messages of a request': bytes(
    MIB,
    'BatchRequestTooLong',
    (size, most) => `Batch requests cannot be longer than ${most} bytes. You have sent ${size} bytes.`,
  ),
  'item of a table': bytes(400 * KIB, 'ValidationException', () => 'Item size has exceeded the maximum allowed size'),
  // CloudWatch refuses it before it reads it: there is no other text.
  'metrics of a request': bytes(MIB, 'RequestEntityTooLarge', () => 'Request Entity Too Large'),
  'number of metrics of a request': entries(
    1000,
    'InvalidParameterValueException',
    (_, most) => `The collection MetricData must not have a size greater than ${most}.`,
  ),
  'message that a key authenticates': bytes(4 * KIB, 'ValidationException', constraint('message')),
  'key of an object': bytes(KIB, 'KeyTooLongError', () => 'Your key is too long'),
  mail: bytes(40 * MIB, 'BadRequestException', (_, most) => `Message length is more than ${most} bytes long.`),
} as const satisfies Record<string, Limit>;

export type SizeKind = keyof typeof LIMITS;

/** The largest of a kind: by its share of the limit, which differs from queue to queue. */
export interface Largest {
  kind: SizeKind;
  size: number;
  unit: Limit['unit'];
  most: number;
  share: number;
}

/** The error by which AWS refuses what is too large. */
export interface Refusal {
  error: string;
  message: string;
}

export const utf8Bytes = (text: string): number => Buffer.byteLength(text);

/** The bytes of a value that is sent as JSON. */
export const jsonBytes = (value: unknown): number => utf8Bytes(JSON.stringify(value) ?? 'null');

/** The sizes of what was sent, stored and answered. */
export class Sizes {
  /** Everything refused because it is too large, in order. */
  readonly refused: { kind: SizeKind; size: number }[] = [];
  private readonly known = new Map<SizeKind, Largest>();

  /** Counts a size, and gives the error where it is over the limit. @param most the limit, where it is not the usual one */
  count(kind: SizeKind, size: number, most: number = LIMITS[kind].most): Refusal | undefined {
    const limit: Limit = LIMITS[kind];
    if (size > most) {
      this.refused.push({ kind, size });
      return { error: limit.error, message: limit.message(size, most) };
    }
    const share = size / most;
    if (share > (this.known.get(kind)?.share ?? -1))
      this.known.set(kind, { kind, size, unit: limit.unit, most, share });
    return undefined;
  }

  /** The largest of each kind that was accepted, the nearest to its limit first. */
  get largest(): Largest[] {
    return [...this.known.values()].sort((one, other) => other.share - one.share);
  }
}
