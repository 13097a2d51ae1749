import { createHash } from 'node:crypto';
import { PutObjectCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import type { SiteFile } from '../domain/status-page/site.ts';

/** A bucket that holds the whole site, in whatever region. */
export interface SiteBucket {
  region: string;
  name: string;
}

/**
 * An update is seen within a minute, a visitor waits for none, and while S3 fails, whoever has a copy goes on showing it for a
 * week: the page says as of when it is.
 */
const CACHE_CONTROL = 'public, max-age=30, stale-while-revalidate=30, stale-if-error=604800';

/** Milliseconds after which a bucket that does not answer counts as one that failed. */
const PATIENCE = 10_000;

const patiently = () => ({ abortSignal: AbortSignal.timeout(PATIENCE) });

const clients = new Map<string, S3Client>();

/** Puts what differs from what is there, in its order, and gives the paths of that. What is not of the site any more stays. */
export async function putSite({ region, name: Bucket }: SiteBucket, files: readonly SiteFile[]): Promise<string[]> {
  const client = clients.get(region) ?? new S3Client({ region });
  clients.set(region, client);
  const there = await etags(client, Bucket);
  const different = files.filter(({ path, body }) => there.get(path) !== etagOf(body));
  for (const { path: Key, contentType: ContentType, body: Body } of different)
    await client.send(
      new PutObjectCommand({ Bucket, Key, Body, ContentType, CacheControl: CACHE_CONTROL }),
      patiently(),
    );
  return different.map(({ path }) => path);
}

/** By key. */
async function etags(client: S3Client, Bucket: string): Promise<Map<string, string | undefined>> {
  const found = new Map<string, string | undefined>();
  for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket }, patiently()))
    for (const { Key = '', ETag } of Contents) found.set(Key, ETag);
  return found;
}

/** As S3 makes it of what is put in one piece and encrypted by S3's own key. */
const etagOf = (body: string) => `"${createHash('md5').update(body).digest('hex')}"`;
