import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';

// A presigned URL would demand the checksum of an empty body, and every upload through it would fail.
const client = new S3Client({ requestChecksumCalculation: 'WHEN_REQUIRED' });

/** A presigned URL for uploading this one object, valid for `expiresIn` seconds. It is a secret. */
export const uploadUrl = (Bucket: string, Key: string, expiresIn: number): Promise<string> =>
  getSignedUrl(client, new PutObjectCommand({ Bucket, Key }), { expiresIn });

/** The size of an object in bytes; undefined when there is none. It lists the object, because the role may not read it. */
export async function objectSize(Bucket: string, Key: string): Promise<number | undefined> {
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket, Prefix: Key, MaxKeys: 1 }));
  return Contents.find(object => object.Key === Key)?.Size;
}

/** An object to be written. */
export interface ObjectContent {
  bucket: string;
  key: string;
  body: string | Uint8Array;
  contentType: string;
}

/** Writes an object. The bucket is versioned and keeps the version before. */
export async function put({ bucket, key, body, contentType }: ObjectContent): Promise<void> {
  await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentType: contentType }));
}

/** Writes an object unless it exists: people may have changed it since. */
export async function putOnce({ bucket, key, body, contentType }: ObjectContent): Promise<void> {
  const object = { Bucket: bucket, Key: key, Body: body, ContentType: contentType };
  try {
    await client.send(new PutObjectCommand({ ...object, IfNoneMatch: '*' }));
  } catch (error) {
    if ((error as Error).name !== 'PreconditionFailed') throw error;
  }
}

/** The objects in a folder: names below it, sizes in bytes. */
export async function listFolder(Bucket: string, folder: string): Promise<{ name: string; size: number }[]> {
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket, Prefix: folder }));
  return Contents.map(({ Key = '', Size = 0 }) => ({ name: Key.slice(folder.length), size: Size }));
}

export async function read(Bucket: string, Key: string): Promise<Uint8Array> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
  if (!Body) throw new Error(`${Key} in ${Bucket} has no content`);
  return Body.transformToByteArray();
}
