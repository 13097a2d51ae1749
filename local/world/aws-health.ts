import type { World } from 'embedded-aws';

/** What AWS Health says of an issue. Times in minutes from now. */
export interface IssueReport {
  service: string;
  status?: 'open' | 'closed';
  startedAt?: number;
  updatedAt?: number;
}

/** AWS Health reports an issue of a service in the stack's region, in the form that its user guide documents. */
export function reportIssue({ account, buses, clock }: World, report: IssueReport): void {
  const { service, status = 'open', startedAt = -12, updatedAt = 0 } = report;
  const time = (minutes: number) => new Date(clock.now + minutes * 60_000).toUTCString();
  const code = `AWS_${service}_OPERATIONAL_ISSUE`;
  const event = buses.event('aws.health', 'AWS Health Event', {
    eventArn: `arn:aws:health:${account.region}::event/${service}/${code}/${code}_BA540_514A652BE1A`,
    ...{ service, eventTypeCode: code, eventTypeCategory: 'issue', eventScopeCode: 'PUBLIC' },
    communicationId: '4826e1b01e4eed2b0f117c54306d907c713586799d76d487c9132a40149ac107-1',
    ...{ startTime: time(startedAt), lastUpdatedTime: time(updatedAt) },
    ...(status === 'closed' ? { endTime: time(updatedAt) } : {}),
    ...{ statusCode: status, eventRegion: account.region },
    eventDescription: [{ language: 'en_US', latestDescription: 'We are investigating increased error rates.' }],
    ...{ page: '1', totalPages: '1' },
  });
  buses.put({ ...event, detail: { ...(event.detail as object), affectedAccount: event.account } });
}
