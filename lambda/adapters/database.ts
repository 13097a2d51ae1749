import { dataApiQuery } from './data-api.ts';
import { withPostgres } from './postgres.ts';
import type { Query } from './query.ts';

/**
 * Runs SQL on the service's database, by the access (`DATABASE_ACCESS`) that the function was deployed with. Rejects with the
 * error of `use`.
 */
export function withDatabase<T>(use: (query: Query) => Promise<T>): Promise<T> {
  const { env } = process;
  const [secretArn, database] = [env['SECRET_ARN'] ?? '', env['DATABASE_NAME'] ?? ''];
  if (env['DATABASE_ACCESS'] === 'data-api') {
    return use(dataApiQuery({ clusterArn: env['CLUSTER_ARN'] ?? '', secretArn, database }));
  }
  return withPostgres(
    { host: env['DATABASE_HOST'] ?? '', port: Number(env['DATABASE_PORT']), secretArn, database },
    use,
  );
}
