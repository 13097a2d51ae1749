import { createHash } from 'node:crypto';
import { GetObjectCommand, PutObjectCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import type { SiteFile } from '../domain/status-page/site.ts';

/** A bucket with the whole site, in any region. */
export interface SiteBucket {
  region: string;
  name: string;
}

/**
 * Visitors see an update within a minute and do not wait for it. While S3 fails, caches show their copy for up to a week; the
 * page shows its time.
 */
const CACHE_CONTROL = 'public, max-age=30, stale-while-revalidate=30, stale-if-error=604800';

/** Milliseconds after which a call to a bucket counts as failed; for a read sooner, because every page waits for it. */
const TIMEOUT = { read: 5000, write: 10_000 };

const withTimeout = (call: keyof typeof TIMEOUT) => ({ abortSignal: AbortSignal.timeout(TIMEOUT[call]) });

const clients = new Map<string, S3Client>();

function clientFor(region: string): S3Client {
  const client = clients.get(region) ?? new S3Client({ region });
  clients.set(region, client);
  return client;
}

/**
 * Writes the files that differ from the bucket's, in their order, and returns their paths. Files that the site no longer has
 * stay.
 */
export async function putSite({ region, name: Bucket }: SiteBucket, files: readonly SiteFile[]): Promise<string[]> {
  const client = clientFor(region);
  const existing = await etags(client, Bucket);
  const different = files.filter(({ path, body }) => existing.get(path) !== etagOf(body));
  for (const { path: Key, contentType: ContentType, body: Body } of different)
    await client.send(
      new PutObjectCommand({ Bucket, Key, Body, ContentType, CacheControl: CACHE_CONTROL }),
      withTimeout('write'),
    );
  return different.map(({ path }) => path);
}

/** The content of a file of the site. */
export async function readSiteFile({ region, name: Bucket }: SiteBucket, Key: string): Promise<string> {
  const { Body } = await clientFor(region).send(new GetObjectCommand({ Bucket, Key }), withTimeout('read'));
  return (await Body?.transformToString()) ?? '';
}

/** The ETags of all objects, by key. */
async function etags(client: S3Client, Bucket: string): Promise<Map<string, string | undefined>> {
  const found = new Map<string, string | undefined>();
  for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket }, withTimeout('write')))
    for (const { Key = '', ETag } of Contents) found.set(Key, ETag);
  return found;
}

/** The ETag that S3 computes for an object that is uploaded in one part and encrypted with SSE-S3: its MD5. */
const etagOf = (body: string) => `"${createHash('md5').update(body).digest('hex')}"`;
