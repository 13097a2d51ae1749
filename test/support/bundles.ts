import { readdirSync } from 'node:fs';
import { basename, dirname, relative } from 'node:path';
import { build } from 'esbuild';

const root = `${import.meta.dirname}/../../lambda`;

export interface Bundle {
  /** The environment variables that it reads by name. */
  variables: string[];
  /** The IAM actions of the SDK calls that it can make. */
  actions: string[];
}

/** Where the SDK's name of an operation is not that of its IAM action. */
const DOCUMENT_COMMANDS: Record<string, string> = {
  Get: 'GetItem',
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  Invoke: 'InvokeFunction',
};
/** What IAM calls by another name than the operation's. */
const ACTIONS: Record<string, string> = { ListObjectsV2: 'ListBucket', SendMessageBatch: 'SendMessage' };
/** What an operation asks IAM for beside itself. */
const ALSO: Record<string, string[]> = { RegisterTaskDefinition: ['ecs:TagResource', 'iam:PassRole'] };
const IAM_PREFIXES: Record<string, string> = {
  'lib-dynamodb': 'dynamodb',
  'client-application-auto-scaling': 'application-autoscaling',
  'client-cloudwatch-logs': 'logs',
  'client-elastic-load-balancing-v2': 'elasticloadbalancing',
  'client-eventbridge': 'events',
  'client-route-53': 'route53',
  'client-secrets-manager': 'secretsmanager',
  'client-resource-groups-tagging-api': 'tag',
  'client-sesv2': 'ses',
  'client-sfn': 'states',
};

/** What the code of each function reads and calls, by its folder: of its sources, what is not shaken off as unused. */
export async function bundles(): Promise<Map<string, Bundle>> {
  const handlers = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
    file => basename(file) === 'handler.ts',
  );
  const { outputFiles } = await build({
    entryPoints: handlers.map(file => ({ in: `${root}/${file}`, out: dirname(file) })),
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    write: false,
    outdir: '.',
  });
  return new Map(
    outputFiles.map(({ path, text }) => [
      relative(process.cwd(), path).replace(/\.js$/, ''),
      { variables: variables(text), actions: actions(text) },
    ]),
  );
}

const variables = (code: string) =>
  unique([...code.matchAll(/process\.env(?:\.|\[["'])(\w+)/g)].map(([, name = '']) => name));

function actions(code: string): string[] {
  const imports = code.matchAll(/import \{([^}]*)\} from "@aws-sdk\/([\w-]+)"/g);
  return unique(
    [...imports].flatMap(([, names = '', module = '']) =>
      names.split(',').flatMap(imported => {
        const [name = '', alias = name] = imported.trim().split(' as ');
        const operation = name.match(/^(\w+)Command$/)?.[1] ?? name.match(/^paginate(\w+)$/)?.[1];
        // An import that is not called is still listed in the output.
        if (!operation || !code.includes(` ${alias}(`)) return [];
        return [
          `${IAM_PREFIXES[module] ?? module.replace('client-', '')}:${DOCUMENT_COMMANDS[operation] ?? ACTIONS[operation] ?? operation}`,
          ...(ALSO[operation] ?? []),
        ];
      }),
    ),
  );
}

const unique = (names: Iterable<string>) => [...new Set(names)].sort();
