import { ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';

// A checksum would be that of nothing: who uploads has the content, and a presigned URL would demand it.
const client = new S3Client({ requestChecksumCalculation: 'WHEN_REQUIRED' });

/** A URL to which whoever has it can upload this one object, for so many seconds. It is a secret. */
export const uploadUrl = (Bucket: string, Key: string, expiresIn: number): Promise<string> =>
  getSignedUrl(client, new PutObjectCommand({ Bucket, Key }), { expiresIn });

/** The size of an object in bytes; undefined when there is none. Listed, not read: nobody here may read it. */
export async function objectSize(Bucket: string, Key: string): Promise<number | undefined> {
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket, Prefix: Key, MaxKeys: 1 }));
  return Contents.find(object => object.Key === Key)?.Size;
}
