import { type Account, type Input, ServiceError } from 'embedded-aws';
import type { SimulatedService } from '../service.ts';

/** Route 53: the CNAME records of the zones in which the certificates' names are proven. */
export function provideRoute53(account: Account, { certificates }: SimulatedService): void {
  const arn = (id: string) => [`arn:aws:route53:::hostedzone/${id}`];
  const zone = (id: string) => {
    const found = certificates.zones.get(id);
    if (found) return found;
    throw new ServiceError('NoSuchHostedZone', `No hosted zone found with ID: ${id}`);
  };
  const sets = ({ ChangeBatch }: Input) => ChangeBatch.Changes as Input[];

  account.provide('route53', {
    GetHostedZone: {
      resources: ({ Id }) => arn(Id),
      run: ({ Id }) => {
        zone(Id);
        return { HostedZone: { Id, Name: `${certificates.first.names[0]}.` } };
      },
    },
    ListResourceRecordSets: {
      resources: ({ HostedZoneId }) => arn(HostedZoneId),
      // A name that is not there is answered by what comes next, as Route 53 does.
      run: ({ HostedZoneId, StartRecordName }) => {
        const all = [...zone(HostedZoneId)].sort(([a], [b]) => a.localeCompare(b));
        const found = all.find(([name]) => name === StartRecordName) ?? all[0];
        return {
          ResourceRecordSets: found
            ? [{ Name: found[0], Type: 'CNAME', ResourceRecords: [{ Value: found[1] }] }]
            : [{ Name: StartRecordName, Type: 'SOA' }],
        };
      },
    },
    ChangeResourceRecordSets: {
      resources: ({ HostedZoneId }) => arn(HostedZoneId),
      context: input => ({
        'route53:ChangeResourceRecordSetsRecordTypes': sets(input).map(
          ({ ResourceRecordSet }) => ResourceRecordSet.Type,
        ),
        'route53:ChangeResourceRecordSetsActions': sets(input).map(({ Action }) => Action),
        'route53:ChangeResourceRecordSetsNormalizedRecordNames': sets(input).map(({ ResourceRecordSet }) =>
          ResourceRecordSet.Name.toLowerCase().replace(/\.$/, ''),
        ),
      }),
      run: input => {
        const records = zone(input['HostedZoneId']);
        const there = sets(input).find(({ ResourceRecordSet }) => records.has(ResourceRecordSet.Name));
        if (there)
          throw new ServiceError(
            'InvalidChangeBatch',
            `Tried to create resource record set [name='${there['ResourceRecordSet'].Name}', type='CNAME'] but it already exists`,
          );
        for (const { ResourceRecordSet } of sets(input))
          records.set(ResourceRecordSet.Name, ResourceRecordSet.ResourceRecords[0].Value);
        account.emit('service', { change: `${sets(input).length} validation records are created` });
        return { ChangeInfo: { Id: '/change/C1', Status: 'PENDING' } };
      },
    },
  });
}
