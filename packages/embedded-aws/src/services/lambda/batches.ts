import { jsonBytes, LIMITS } from '../../sizes.ts';

/** Bytes of a record that are not the message itself, and of the list around it, at most. */
const AROUND = 1024;

/** The messages that fit into one invocation, and one at least: Lambda ends a batch of a queue or a stream there. */
export function fitting<Message>(messages: Message[]): Message[] {
  let room: number = LIMITS['payload of an invocation'].most;
  const first = messages.findIndex((message, index) => {
    room -= jsonBytes(message) + AROUND;
    return room < 0 && index > 0;
  });
  return first === -1 ? messages : messages.slice(0, first);
}
