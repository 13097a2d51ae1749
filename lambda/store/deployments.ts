import { GetCommand } from '@aws-sdk/lib-dynamodb';
import {
  type Contacts,
  DEPLOYMENT_RESOURCE,
  type Deployed,
  type DeploymentDocument,
  policyIn,
  SCHEMA,
} from '../domain/deployed.ts';
import type { Policy } from '../domain/incident/policy.ts';
import { hashOf, readContent, saveContent } from './contents.ts';
import { policyOf } from './policies.ts';
import { whole } from './policy-shape.ts';
import { ALONE, client, type ItemKey, putVersion, TableName } from './table.ts';

/** The one item of a service that changes: it names the current deployment. */
interface Pointer {
  deployment: string;
  version: number;
  /** The latest requests that moved it: one that comes again, or late, must not move it back. */
  requests: string[];
  /** The latest documents by their hashes, each with the deployment that was made of it. */
  documents?: Record<string, string>;
}

/** Requests and documents that are remembered. CloudFormation sends one a deployment, and Lambda holds none for more than minutes. */
const REMEMBERED = 20;

const Key = (service: string): ItemKey => ({ pk: `service/${service}`, sk: ALONE });

/**
 * Stores what the document describes, then makes it the current deployment of its service. The result depends on the document
 * alone, so that a rollback leads back to what was.
 *
 * @param request what asks for it: a request that was served before changes nothing
 * @param signal once it is aborted, what is current stays so, however late the writes before come to their end
 * @throws when another request was served meanwhile, or when the policy is not whole
 */
export async function deploy(document: DeploymentDocument, request: string, signal: AbortSignal): Promise<void> {
  const { service } = document;
  const before = await readPointer(service, true);
  if (before?.requests.includes(request)) return;
  const hash = hashOf(document.schema, document);
  const deployment = earlier(document, before?.documents?.[hash]) ?? (await saveDocument(document));
  signal.throwIfAborted();
  const requests = [...(before?.requests ?? []), request].slice(-REMEMBERED);
  const { [hash]: _, ...others } = before?.documents ?? {};
  const documents = Object.fromEntries([...Object.entries(others), [hash, deployment]].slice(-REMEMBERED));
  if (await putVersion({ ...Key(service), deployment, requests, documents }, before?.version ?? 0)) return;
  if ((await readPointer(service, true))?.requests.includes(request)) return;
  throw new Error(`another deployment of ${service} came first: deploy again`);
}

/**
 * The deployment that was made of an older document by the code of its time. CloudFormation does not say which code serves a rollback: made
 * anew by later code, it could not be read by the functions that are rolled back as well.
 */
const earlier = ({ schema }: DeploymentDocument, known: string | undefined) => (schema < SCHEMA ? known : undefined);

async function saveDocument({ schema: _, shared, playbooks, contacts, ...rest }: DeploymentDocument): Promise<string> {
  // A document of the first schema has the same fields: only what was made of them was another.
  const policy = await saveContent('policy', SCHEMA, whole(policyIn({ shared, playbooks })));
  return saveContent('deployment', SCHEMA, {
    ...rest,
    policies: [policy],
    contacts: await saveContent('contacts', SCHEMA, contacts),
  });
}

/** The item that names the current deployment of a service; undefined when nothing is deployed yet. */
export async function readPointer(service: string, ConsistentRead: boolean): Promise<Pointer | undefined> {
  const { Item } = await client.send(new GetCommand({ TableName: TableName(), Key: Key(service), ConsistentRead }));
  return Item as Pointer | undefined;
}

/** The deployment that each container knows: it serves on while the table cannot be read. */
const current = new Map<string, Deployed>();

/**
 * The current deployment of a service. The read may be a moment old: before a deployment and after it, either is whole, and an
 * incident names the policy that it was opened under.
 *
 * @throws when nothing is deployed yet
 */
export async function currentDeployment(service: string): Promise<Deployed> {
  try {
    const pointer = await readPointer(service, false);
    if (!pointer)
      throw new Error(
        `nothing is deployed for ${service}: its stack writes that as its resource ${DEPLOYMENT_RESOURCE}`,
      );
    const deployed = (await readContent('deployment', pointer.deployment)) as Deployed;
    current.set(service, deployed);
    return deployed;
  } catch (error) {
    const last = current.get(service);
    if (!last) throw error;
    console.error({
      message: 'the deployment cannot be read: the last one known serves on',
      error: (error as Error).name,
    });
    return last;
  }
}

/** The policy of a deployment. @throws Error when it names none */
export async function deployedPolicyOf({ service, policies }: Deployed): Promise<Policy> {
  const [first, ...others] = await Promise.all(policies.map(policyOf));
  if (!first) throw new Error(`no policy is deployed for ${service}`);
  if (others.length === 0) return first;
  return { ...first, playbooks: [first, ...others].flatMap(({ playbooks }) => playbooks) };
}

/** The addresses that belong to a deployment. */
export const contactsOf = ({ contacts }: Deployed) => readContent('contacts', contacts) as Promise<Contacts>;
