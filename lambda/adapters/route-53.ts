import {
  ChangeResourceRecordSetsCommand,
  GetHostedZoneCommand,
  ListResourceRecordSetsCommand,
  Route53Client,
} from '@aws-sdk/client-route-53';
import { type DnsRecord, sameName, within } from '../domain/diagnosis/certificate.ts';

const client = new Route53Client({});

/** The result of comparing records with a hosted zone. */
export interface RecordsInZone {
  /** Records that are not in the zone. */
  missing: DnsRecord[];
  /** Records that are in the zone with another value. */
  different: DnsRecord[];
  /** Records whose names are outside the zone. */
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
  // The listing starts at this name and type, or, if there is no such record, at the next one.
  const found = ResourceRecordSets.find(({ Name = '', Type }) => Type === 'CNAME' && sameName(Name, name));
  return found?.ResourceRecords?.[0]?.Value;
}

/** Creates CNAME records, all or none. Route 53 refuses if one exists by now, so nothing is overwritten. */
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
