import { answer, type Outcome } from '../../adapters/cloudformation.ts';
import type { DeploymentDocument } from '../../domain/deployed.ts';
import { CustomResourceRequest } from '../../inbound/custom-resource.ts';
import { entrypoint } from '../../runtime/entrypoint.ts';
import { inTime } from '../../runtime/in-time.ts';
import { deploy } from '../../store/deployments.ts';

/** Seconds for the writes. What is left of the function's time is for the answer. */
const SECONDS = 30;

/**
 * Stores the configuration that a deployment brings, as the custom resource of the stack. A creation and an update depend on
 * the document alone, so that a rollback leads back to what was; a deletion deletes nothing, since incidents name what is stored.
 * CloudFormation is always answered: it would wait for as long as it may.
 */
export const handler = entrypoint(CustomResourceRequest, async request => {
  const over = new AbortController();
  const outcome = await inTime(SECONDS, serve(request, over.signal)).catch(error => {
    over.abort();
    return failed(error);
  });
  console.info({ message: 'deployment', request: request.RequestType, outcome });
  await answer(request, request.PhysicalResourceId ?? request.LogicalResourceId, outcome);
});

async function serve(
  { RequestType, RequestId, ResourceProperties }: CustomResourceRequest,
  signal: AbortSignal,
): Promise<Outcome> {
  if (RequestType !== 'Delete') await deploy(documentOf(ResourceProperties['Document']), RequestId, signal);
  return { Status: 'SUCCESS' };
}

/** The document holds addresses of people, so no error may quote it. */
class NoDocument extends Error {
  override name = 'NoDocument';
}

function documentOf(text: unknown): DeploymentDocument {
  const document = parsed(text) as Partial<DeploymentDocument> | null | undefined;
  const { schema, service, shared, playbooks, contacts } = document ?? {};
  if (typeof schema !== 'number' || typeof service !== 'string' || !shared || !Array.isArray(playbooks) || !contacts)
    throw new NoDocument(
      'the property Document is not the configuration as JSON: deploy with the package that made it',
    );
  return document as DeploymentDocument;
}

function parsed(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    return undefined;
  }
}

/** The error by name, because messages of libraries may quote what they were given. */
function failed(error: Error): Outcome {
  const { name, message } = error;
  console.error({ message: `not deployed: ${message}`, error: name });
  const Reason = error instanceof NoDocument ? message : `${name}: the log of this function says more`;
  return { Status: 'FAILED', Reason };
}
