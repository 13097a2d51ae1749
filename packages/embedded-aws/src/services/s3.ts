import { createHash } from 'node:crypto';
import { type Account, ServiceError } from '../account/account.ts';
import { utf8Bytes } from '../sizes.ts';
import { Unsupported } from '../unsupported.ts';

/** An object of a bucket. What a task uploads past the account has a size alone. */
export interface StoredObject {
  bucket: string;
  key: string;
  size: number;
  at: string;
  body?: Uint8Array;
  etag?: string;
  contentType?: string;
  cacheControl?: string;
}

/** S3: the buckets of the template and what is in them. */
export class Objects {
  private readonly stored = new Map<string, StoredObject>();
  private readonly listeners: ((object: StoredObject) => void)[] = [];
  /** Former versions of objects, where the bucket keeps them. */
  private readonly former: StoredObject[] = [];
  private readonly account: Account;

  constructor(account: Account) {
    this.account = account;
    const object = ({ Bucket, Key }: { Bucket: string; Key: string }) => [`arn:aws:s3:::${Bucket}/${Key}`];
    account.provide('s3', {
      PutObject: { resources: object as never, run: input => this.put(input as Put) },
      GetObject: { resources: object as never, run: ({ Bucket, Key }) => this.read(Bucket, Key) },
      ListObjectsV2: {
        action: 'ListBucket',
        resources: ({ Bucket }) => [`arn:aws:s3:::${Bucket}`],
        context: ({ Prefix }) => ({ 's3:prefix': Prefix }),
        run: input => this.list(input as List),
      },
    });
  }

  /** The objects of a bucket, in the order of the keys. */
  of(bucket: string): StoredObject[] {
    const within = [...this.stored.values()].filter(object => object.bucket === bucket);
    return within.sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  /** The object as it is now; undefined when there is none. */
  find(bucket: string, key: string): StoredObject | undefined {
    return this.stored.get(`${bucket}/${key}`);
  }

  /** Former versions of an object, the oldest first, where its bucket keeps them. */
  formerly(bucket: string, key: string): StoredObject[] {
    return this.former.filter(object => object.bucket === bucket && object.key === key);
  }

  /** Gives the name of the bucket that a construct made, by its path, e.g. `Site/Bucket`. @throws Error when there is none */
  named(path: string): string {
    const found = this.account.find('AWS::S3::Bucket', path);
    if (!found) throw new Error(`the app has no bucket ${path}`);
    return found.ref;
  }

  /** Uploads `size` bytes to a URL that was signed for it. */
  upload(url: string, size: number): void {
    const { hostname, pathname } = new URL(url);
    const [bucket = ''] = hostname.split('.');
    this.store({ bucket: this.bucket(bucket), key: pathname.slice(1), size, at: this.account.clock.iso });
  }

  /** From now on, `listener` hears of every object that is put. */
  onPut(listener: (object: StoredObject) => void): void {
    this.listeners.push(listener);
  }

  private put({ Bucket, Key, Body, ContentType, CacheControl, IfNoneMatch }: Put) {
    this.bucket(Bucket);
    this.account.measure('key of an object', utf8Bytes(Key));
    if (IfNoneMatch === '*' && this.find(Bucket, Key))
      throw new ServiceError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold');
    // The SDK asks for the URL that it would sign.
    if (Body === undefined) {
      const hostname = `${Bucket}.s3.${this.account.region}.amazonaws.com`;
      const query = { 'X-Amz-Expires': '600', 'X-Amz-Signature': 'f00d' };
      return { presigned: { protocol: 'https:', hostname, path: `/${Key}`, query } };
    }
    if (typeof Body !== 'string' && !ArrayBuffer.isView(Body)) throw new Unsupported('s3:PutObject', 'a stream');
    const body = typeof Body === 'string' ? new TextEncoder().encode(Body) : new Uint8Array(Body);
    const etag = `"${createHash('md5').update(body).digest('hex')}"`;
    this.store({
      ...{ bucket: Bucket, key: Key, size: body.length, at: this.account.clock.iso, body, etag },
      ...(ContentType ? { contentType: ContentType } : {}),
      ...(CacheControl ? { cacheControl: CacheControl } : {}),
    });
    return { ETag: etag };
  }

  private list({ Bucket, Prefix = '', MaxKeys = 1000, ContinuationToken: after = '' }: List) {
    const found = this.of(this.bucket(Bucket)).filter(({ key }) => key.startsWith(Prefix) && key > after);
    const Contents = found.slice(0, MaxKeys).map(({ key, size, etag }) => ({ Key: key, Size: size, ETag: etag }));
    const IsTruncated = found.length > MaxKeys;
    return { Contents, IsTruncated, ...(IsTruncated ? { NextContinuationToken: Contents.at(-1)?.Key } : {}) };
  }

  private read(bucket: string, key: string) {
    const object = this.find(this.bucket(bucket), key);
    if (!object?.body) throw new ServiceError('NoSuchKey', 'The specified key does not exist.');
    const { body, contentType, size } = object;
    const Body = {
      transformToByteArray: async () => body,
      transformToString: async () => new TextDecoder().decode(body),
    };
    return { Body, ContentType: contentType, ContentLength: size };
  }

  private store(object: StoredObject): void {
    const before = this.find(object.bucket, object.key);
    if (before && this.keepsVersions(object.bucket)) this.former.push(before);
    this.stored.set(`${object.bucket}/${object.key}`, object);
    for (const listener of this.listeners) listener(object);
  }

  private keepsVersions(bucket: string): boolean {
    const found = this.account.ofType('AWS::S3::Bucket').find(({ ref }) => ref === bucket);
    return found?.properties['VersioningConfiguration']?.Status === 'Enabled';
  }

  private bucket(name: string): string {
    const known = this.account.ofType('AWS::S3::Bucket').some(({ ref }) => ref === name);
    if (!known) throw new ServiceError('NoSuchBucket', 'The specified bucket does not exist');
    return name;
  }
}

interface List {
  Bucket: string;
  Prefix?: string;
  MaxKeys?: number;
  ContinuationToken?: string;
}

interface Put {
  Bucket: string;
  Key: string;
  Body?: string | Uint8Array;
  ContentType?: string;
  CacheControl?: string;
  IfNoneMatch?: string;
}
