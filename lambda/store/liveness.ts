import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { currentDeployment, deployedPolicyOf, readPointer } from './deployments.ts';
import { openIncidents } from './incident-lists.ts';
import { latest, UnreadableIncident } from './incidents.ts';
import { ALONE, client, TableName } from './table.ts';

/** Writes in each way in which incidents are written, to an item of its own. @throws when the table cannot be written */
export async function checkWrites(service: string, now: string): Promise<void> {
  const Key = { pk: `checked/${service}`, sk: ALONE };
  await Promise.all([
    client.send(new PutCommand({ TableName: TableName(), Item: { ...Key, checkedAt: now } })),
    client.send(
      new UpdateCommand({
        ...{ TableName: TableName(), Key },
        UpdateExpression: 'SET checkedAt = :now',
        ExpressionAttributeValues: { ':now': now },
      }),
    ),
  ]);
}

/**
 * Reads and writes as the watch does, since DynamoDB may refuse one kind of call alone, and reads the policy without which no incident can
 * open.
 *
 * @throws when the table cannot be read or written, or holds no policy that this code can read; an incident that cannot be understood is
 * no reason
 */
export async function checkStore(service: string, now: string): Promise<void> {
  const [{ failures }] = await Promise.all([
    openIncidents(),
    readPointer(service, false),
    currentDeployment(service).then(deployedPolicyOf),
    latest(service),
    checkWrites(service, now),
  ]);
  const refused = failures.find(failure => !(failure instanceof UnreadableIncident));
  if (refused) throw refused;
}
