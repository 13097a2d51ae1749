import { createHash } from 'node:crypto';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';

/** S3 as far as a site needs it: buckets that list what was put, three at a time, with the ETags that S3 makes. */
export class SiteBuckets {
  readonly s3 = mockClient(S3Client);
  /** Buckets and keys, in the order in which they were put. */
  puts: string[] = [];
  /** What to refuse; a put that was refused has changed nothing. */
  refuses: (bucket: string, key?: string) => boolean = () => false;
  /** Of which buckets only writes are refused, and which answer later than the others. */
  refusesWrites: (bucket: string) => boolean = () => false;
  slow: (bucket: string) => boolean = () => false;
  private objects = new Map<string, { body: string; contentType: string; cacheControl: string }>();

  reset(): void {
    this.s3.reset();
    this.puts = [];
    this.objects.clear();
    this.refuses = () => false;
    this.refusesWrites = () => false;
    this.slow = () => false;
    this.s3.on(PutObjectCommand).callsFake(({ Bucket, Key, Body, ContentType, CacheControl }) => {
      if (this.refuses(Bucket, Key) || this.refusesWrites(Bucket)) throw new Error(`S3 is down: ${Bucket}`);
      this.puts.push(`${Bucket}/${Key}`);
      this.objects.set(`${Bucket}/${Key}`, { body: Body, contentType: ContentType, cacheControl: CacheControl });
      return {};
    });
    this.s3.on(GetObjectCommand).callsFake(async ({ Bucket, Key }) => {
      if (this.slow(Bucket)) await new Promise(setImmediate);
      const body = this.refuses(Bucket, Key) ? undefined : this.read(Bucket, Key)?.body;
      if (body === undefined) throw new Error(`S3 is down, or has no ${Bucket}/${Key}`);
      return { Body: { transformToString: async () => body } };
    });
    this.s3.on(ListObjectsV2Command).callsFake(({ Bucket, ContinuationToken = '' }) => {
      if (this.refuses(Bucket)) throw new Error(`S3 is down: ${Bucket}`);
      const left = this.keys(Bucket).filter(key => key > ContinuationToken);
      const Contents = left.slice(0, 3).map(Key => ({ Key, ETag: etag(this.read(Bucket, Key)?.body ?? '') }));
      return { Contents, ...(left.length > 3 ? { IsTruncated: true, NextContinuationToken: left[2] } : {}) };
    });
  }

  keys(bucket: string): string[] {
    const prefix = `${bucket}/`;
    return [...this.objects.keys()]
      .flatMap(name => (name.startsWith(prefix) ? [name.slice(prefix.length)] : []))
      .sort();
  }

  read(bucket: string, key: string) {
    return this.objects.get(`${bucket}/${key}`);
  }

  /** Everything in a bucket, by key. */
  all(bucket: string): Record<string, string> {
    return Object.fromEntries(this.keys(bucket).map(key => [key, this.read(bucket, key)?.body ?? '']));
  }
}

const etag = (body: string) => `"${createHash('md5').update(body).digest('hex')}"`;
