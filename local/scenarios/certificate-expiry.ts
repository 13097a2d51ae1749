import type { RehearsalWorld } from '../world/world.ts';
import { ran } from './of-playbook.ts';
import { HEALTHY, NO_DEAD_LETTERS, ONE_INCIDENT, RESOLVED } from './promises.ts';
import type { Promised, Scenario } from './scenario.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;

const entries = (world: RehearsalWorld, type: string) =>
  [...world.incidents.values()].flatMap(({ timeline }) => timeline.filter(entry => entry.type === type));
const handedOver = (world: RehearsalWorld) => entries(world, 'HandedOver').length > 0;
const NOBODY_IS_WOKEN: Promised = {
  promise: 'people are told, and nobody is woken',
  kept: ({ topics: { messages } }) => messages.length > 0 && messages.every(({ channel }) => channel === 'email'),
};

const ADVISED: Promised = {
  promise: 'what remains to be done is told with it',
  kept: world =>
    entries(world, 'ActionItemRaised').length === 1 &&
    world.topics.messages.some(({ body }) => body.includes('renews by itself')),
};

const EVERYBODY_CONNECTS: Promised = {
  promise: 'everybody can connect, all the time',
  kept: ({ service }) =>
    service.answers('mockupaws.com') && service.certificates.refusal('mockupaws.com') === undefined,
};

/** The certificate grows old, and something is wrong with its renewal. */
const begin = ({ clock, account, service }: RehearsalWorld, change: string, days: number, fault: () => void) =>
  clock.after(2 * MINUTE, () => {
    account.emit('service', { change, fault: true });
    service.certificates.first.notAfter = clock.now + days * DAY;
    fault();
  });

/** The runbook's 5.4. ACM renews by itself while its records stand, so to put them back is all that it takes. */
export const certificateExpiry: Scenario = {
  name: 'certificate-expiry',
  title: 'A certificate is about to expire: its validation records are put back',
  story:
    'Somebody cleared the zone of records that seemed to be of no use: those by which ACM proves the names of the ' +
    'certificate. It has not been renewed since, and 30 days are left. The records are put back, and ACM renews it: ' +
    'within hours, here within minutes. What is served is new, and the incident is over.',
  befall: world =>
    begin(world, 'the certificate has 29 days left, and its validation records are gone', 29, () =>
      world.service.certificates.loseRecords(),
    ),
  minutes: 90,
  over: world => world.incidents.size > 0 && world.calm,
  promises: [
    ONE_INCIDENT,
    ran('restore-validation-records'),
    RESOLVED,
    NOBODY_IS_WOKEN,
    ADVISED,
    HEALTHY,
    EVERYBODY_CONNECTS,
    NO_DEAD_LETTERS,
  ],
};

/** Who was to answer ACM's e-mail has left: another certificate is requested, and to serve it is for a person to decide. */
export const certificateReplaced: Scenario = {
  name: 'certificate-expiry-replaced',
  title: 'A certificate is about to expire and cannot renew: a new one is requested',
  story:
    'The certificate is proven by e-mail, and nobody reads the mailbox any more: it cannot renew by itself. A new one for ' +
    'the same names is requested, proven by DNS, and issued. To change what everybody connects through needs approval: ' +
    'there is time, so the question stays open for days, and nobody is woken for it.',
  befall: world =>
    begin(world, 'the certificate has 20 days left, and nobody answers the e-mail of its renewal', 20, () => {
      world.service.certificates.first.validation = 'EMAIL';
    }),
  minutes: 90,
  over: () => false,
  promises: [
    ONE_INCIDENT,
    ran('request-replacement'),
    {
      promise: 'a new certificate is issued, one and no more',
      kept: ({ service: { certificates } }) =>
        [...certificates.all.values()].map(({ status }) => status).join() === 'ISSUED,ISSUED',
    },
    {
      promise: 'approval to serve it is asked for, and the question stays open for days',
      kept: world =>
        entries(world, 'ApprovalRequested')
          .map(
            ({ step, at, expiresAt }) =>
              `${step} for ${Math.floor((Date.parse(expiresAt) - Date.parse(at)) / DAY)} days`,
          )
          .join() === 'update-certificate for 12 days' && entries(world, 'ApprovalDeclined').length === 0,
    },
    { promise: 'the incident is not resolved', kept: world => entries(world, 'Resolved').length === 0 },
    NOBODY_IS_WOKEN,
    EVERYBODY_CONNECTS,
    NO_DEAD_LETTERS,
  ],
};

/** Whoever imported a certificate chose its issuer: nothing is done by itself, and a person is told at once. */
export const certificateHandedOver: Scenario = {
  name: 'certificate-expiry-handed-over',
  title: 'An imported certificate is about to expire: a person takes over',
  story:
    'The certificate was bought elsewhere and imported, so ACM cannot renew it. Nothing is done by itself: whoever ' +
    'imported it chose its issuer. The diagnosis says so, and a person has 25 days.',
  befall: world =>
    begin(world, 'the certificate, which was imported, has 25 days left', 25, () => {
      world.service.certificates.first.type = 'IMPORTED';
    }),
  minutes: 60,
  over: handedOver,
  promises: [
    ONE_INCIDENT,
    ran(),
    {
      promise: 'the diagnosis says that it was imported',
      kept: world => JSON.stringify(entries(world, 'DiagnosisRecorded')).includes('imported, ACM cannot renew it'),
    },
    {
      promise: 'the incident is handed over, not resolved',
      kept: world => handedOver(world) && entries(world, 'Resolved').length === 0,
    },
    NOBODY_IS_WOKEN,
    ADVISED,
    EVERYBODY_CONNECTS,
    NO_DEAD_LETTERS,
  ],
};
