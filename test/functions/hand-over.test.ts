import { expect, it } from 'vitest';
import { handler } from '../../lambda/functions/hand-over/handler.ts';
import { attempt, invoke, openIncident, stored, useResponder } from '../support/responder.ts';
import { of } from '../support/story.ts';

useResponder();

/** Why a person takes over, given what the workflow's `Catch` caught. */
async function reason(error: object): Promise<string | undefined> {
  await openIncident();
  await invoke(handler, { ...attempt, error });
  return (await stored()).handedOver?.reason;
}
const said = (text: string) =>
  `the automatic response failed (${text}). Automation tries again once what holds it back has passed`;

it('a hand-over has the message of a failed function, without its stack', async () => {
  const Cause = JSON.stringify({
    errorType: 'TypeError',
    errorMessage: 'this event is not understood: slot',
    trace: ['TypeError: at …'],
  });
  expect(await reason({ Error: 'TypeError', Cause })).toBe(said('TypeError: this event is not understood: slot'));
  expect((await stored()).attempt?.outcome).toBe('handed over');
});

it('a hand-over has the cause as it is when it is no JSON', async () => {
  expect(await reason({ Error: 'Ssm.AccessDeniedException', Cause: 'User is not authorized' })).toBe(
    said('Ssm.AccessDeniedException: User is not authorized'),
  );
});

it.each([
  ['with a long message', JSON.stringify({ errorMessage: 'x'.repeat(10_000) })],
  ['that is no JSON', 'y'.repeat(10_000)],
])('a hand-over has a cause %s cut short', async (_, Cause) => {
  expect((await reason({ Error: 'Error', Cause }))?.length).toBeLessThan(660);
});

it.each([
  [{}, 'unknown error: no cause given'],
  [{ Error: 'States.Timeout' }, 'States.Timeout: no cause given'],
  [{ Error: 'Error', Cause: 'null' }, 'Error: null'],
])('a hand-over happens for the error %j too', async (error, words) => {
  expect(await reason(error)).toBe(said(words));
});

it('a hand-over happens once, and not when the attempt is over', async () => {
  await openIncident();
  for (const name of ['first', 'second']) await invoke(handler, { ...attempt, error: { Error: name } });
  expect(of((await stored()).timeline, 'HandedOver').map(entry => entry.reason)).toEqual([
    said('first: no cause given'),
  ]);
});
