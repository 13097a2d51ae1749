import { createHash } from 'node:crypto';
import { ServiceError } from 'embedded-aws';

/** A cause for which a task holds more and more memory. */
export interface Leak {
  /** MiB. */
  perMinute: number;
  /** MiB at which it stops by itself; absent, it never does. */
  atMost?: number;
}

/** One version of the service: how much of what its tasks answer fails, what they leak, and how large they are. */
export interface Revision {
  number: number;
  errorShare: number;
  leak?: Leak | undefined;
  cpu: number;
  /** MiB. */
  memory: number;
  tags?: { key: string; value: string }[] | undefined;
}

const SIZE = { cpu: 1024, memory: 4096 };

/** The versions of the service that were registered, by the number of their task definition. */
export class Revisions {
  private readonly all: Revision[] = [
    { number: 40, errorShare: 0, ...SIZE },
    { number: 41, errorShare: 0, ...SIZE },
  ];

  /** A version like another, but for what is given. */
  add(like: Revision, changes: Partial<Revision>): Revision {
    const number = Math.max(...this.all.map(revision => revision.number)) + 1;
    const added = { ...like, ...changes, number };
    this.all.push(added);
    return added;
  }

  find(number: number): Revision {
    const found = this.all.find(revision => revision.number === number);
    if (!found) throw new ServiceError('ClientException', 'Unable to describe task definition.');
    return found;
  }
}

/** Ids as ECS gives them: 19 digits of its scheduler's deployments and of service revisions, 21 letters of service deployments. */
export const ids = (of: string) => {
  const hash = createHash('sha256').update(of).digest();
  return {
    digits: String(hash.readBigUInt64BE() % 10n ** 19n).padStart(19, '1'),
    letters: hash.toString('base64url').slice(0, 21),
  };
};
