import * as v from 'valibot';
import { secretIn } from '../../lambda/domain/communication/secrets.ts';
import { atMost, list, matching, object, text, url } from './fields.ts';
import { LONGEST, MOST } from './most.ts';

const time = matching(/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?Z$/, 'a time in UTC such as 2026-01-31T18:00Z');
const id = matching(/^[a-z][a-z0-9-]{0,30}$/, 'an id of lower-case letters, digits and hyphens, such as api');

const LINE = 'one line for customers';

const Component = object({
  id,
  name: text('the name customers know it by', LONGEST.component),
  description: v.optional(
    v.pipe(
      v.string(LINE),
      v.trim(),
      v.maxLength(LONGEST.componentDescription, `${LINE}, of at most ${LONGEST.componentDescription} characters`),
    ),
    '',
  ),
  /** The playbooks whose incidents affect it, as `npx incident playbooks` names them. Absent, those of every playbook do. */
  affectedBy: v.optional(list(text('the name of a playbook'), 'at least one playbook', MOST.components)),
});

/** Work on the service, announced to customers before it begins. */
const Maintenance = v.pipe(
  object({
    id,
    title: text('what is done, in a few words for customers'),
    text: text('what customers will notice'),
    from: time,
    to: time,
    components: list(id, 'at least one component', MOST.components),
  }),
  v.check(({ from, to }) => from < to, 'a time from that is before to'),
);

/**
 * E-mail to customers who asked for it, by Amazon SES. It keeps them in a contact list, of which AWS allows one in an account and
 * region: if there is one already, the deployment fails.
 */
const Subscribers = object({
  /** An address of a domain that is verified in SES, out of its sandbox. */
  from: v.pipe(
    v.string('an e-mail address'),
    v.email('an e-mail address of a domain that is verified in SES, such as status@example.com'),
  ),
});

/**
 * The status page, at a host of your own behind CloudFront. Absent, there is none and customers are not notified.
 */
export const StatusPageSettings = v.optional(
  v.pipe(
    object({
      url: url(/^https:\/\/[^/]+$/, 'an https:// URL without a path, such as https://status.example.com'),
      /** For that host, in us-east-1: CloudFront takes it from nowhere else, and without one it allows TLS 1.0. */
      certificateArn: matching(
        /^arn:aws[a-z-]*:acm:us-east-1:\d{12}:certificate\/[0-9a-f-]{36}$/,
        'the ARN of a certificate of ACM in us-east-1',
      ),
      /** The zone of Route 53 that gets the host's record. Absent, you make it: a CNAME to the distribution. */
      hostedZoneId: v.optional(matching(/^Z[A-Z0-9]{6,31}$/, 'the id of a hosted zone such as Z0123456789ABC')),
      /** Holds a second copy, from which the page is served when the first region is down. */
      secondRegion: v.optional(matching(/^[a-z]{2}(-[a-z]+)+-\d$/, 'an AWS region such as us-west-2')),
      components: list(Component, 'at least one component, as customers know your service', MOST.components),
      maintenance: v.optional(v.pipe(v.array(Maintenance, 'a list of maintenances'), atMost(MOST.maintenances)), []),
      subscribers: v.optional(Subscribers),
      /**
       * A security breach or a data loss that somebody declared appears as an investigation, without an outage that nobody measured:
       * `approve`, when a person says so; `auto`, by itself.
       */
      investigations: v.optional(v.picklist(['approve', 'auto'], "'approve' or 'auto'"), 'approve'),
    }),
    v.rawCheck(({ dataset, addIssue }) => {
      if (!dataset.typed) return;
      const { components, maintenance, subscribers } = dataset.value;
      const written = [
        ...components.flatMap(c => [c.name, c.description]),
        ...maintenance.flatMap(m => [m.title, m.text]),
      ];
      for (const text of written) {
        const found = secretIn(text);
        if (found)
          addIssue({
            message: `texts that customers may read: a password or key ("${found.slice(0, 4)}…") is among them`,
          });
      }
      const known = components.map(component => component.id);
      if (new Set(known).size < known.length) addIssue({ message: 'components with an id each of its own' });
      if (subscribers && components.length > MOST.topics)
        addIssue({
          message: `at most ${MOST.topics} components that customers can subscribe to: SES allows no more topics`,
        });
      const unknown = maintenance.flatMap(planned => planned.components).find(component => !known.includes(component));
      if (unknown)
        addIssue({ message: `maintenance of components that there are (${known.join(', ')}), not ${unknown}` });
    }),
  ),
);
