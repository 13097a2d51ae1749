import {
  ChangeResourceRecordSetsCommand,
  GetHostedZoneCommand,
  ListResourceRecordSetsCommand,
  Route53Client,
} from '@aws-sdk/client-route-53';
import { type DnsRecord, sameName, within } from '../domain/diagnosis/certificate.ts';

const client = new Route53Client({});

/** How records stand in a hosted zone. */
export interface RecordsInZone {
  /** Not there. */
  missing: DnsRecord[];
  /** There with another value. */
  different: DnsRecord[];
  /** Of a name that the zone has no say in. */
  outside: DnsRecord[];
}

/** Compares CNAME records with those of a zone. */
export async function compareRecords(zoneId: string, records: DnsRecord[]): Promise<RecordsInZone> {
  const { HostedZone } = await client.send(new GetHostedZoneCommand({ Id: zoneId }));
  const zone = HostedZone?.Name ?? '';
  const inside = records.filter(({ name }) => within(name, zone));
  const values = await Promise.all(inside.map(({ name }) => cnameOf(zoneId, name)));
  return {
    missing: inside.filter((_, i) => values[i] === undefined),
    different: inside.filter(({ value }, i) => {
      const found = values[i];
      return found !== undefined && !sameName(found, value);
    }),
    outside: records.filter(({ name }) => !within(name, zone)),
  };
}

async function cnameOf(zoneId: string, name: string): Promise<string | undefined> {
  const { ResourceRecordSets = [] } = await client.send(
    new ListResourceRecordSetsCommand({
      ...{ HostedZoneId: zoneId, StartRecordName: name, StartRecordType: 'CNAME', MaxItems: 1 },
    }),
  );
  // A listing begins there, or where the next record is.
  const found = ResourceRecordSets.find(({ Name = '', Type }) => Type === 'CNAME' && sameName(Name, name));
  return found?.ResourceRecords?.[0]?.Value;
}

/** Creates CNAME records, all or none. One that is there meanwhile makes Route 53 refuse: nothing is overwritten. */
export async function createRecords(zoneId: string, records: DnsRecord[]): Promise<void> {
  const Changes = records.map(({ name, value }) => ({
    Action: 'CREATE' as const,
    ResourceRecordSet: { Name: name, Type: 'CNAME' as const, TTL: 300, ResourceRecords: [{ Value: value }] },
  }));
  await client.send(
    new ChangeResourceRecordSetsCommand({
      HostedZoneId: zoneId,
      ChangeBatch: { Comment: 'incident response: validation records of a certificate', Changes },
    }),
  );
}
