import {
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach } from 'vitest';

/** What is in the bucket of reviews, by key. */
export type Stored = Map<string, Buffer>;

/** A bucket in memory, which refuses what is to be written once and is there; empty before each test. */
export function useBucket(): { stored: Stored; s3: ReturnType<typeof mockClient> } {
  const stored: Stored = new Map();
  const s3 = mockClient(S3Client);
  const refuse = (name: string) => {
    throw new S3ServiceException({ name, $fault: 'client', $metadata: {}, message: name });
  };
  beforeEach(() => {
    stored.clear();
    s3.reset();
    s3.on(PutObjectCommand).callsFake(({ Key, Body, IfNoneMatch }) => {
      if (IfNoneMatch === '*' && stored.has(Key)) refuse('PreconditionFailed');
      stored.set(Key, Buffer.from(Body));
      return {};
    });
    s3.on(GetObjectCommand).callsFake(({ Key }) => {
      const content = stored.get(Key) ?? refuse('NoSuchKey');
      return { Body: { transformToByteArray: async () => content } };
    });
    s3.on(ListObjectsV2Command).callsFake(({ Prefix }) => ({
      Contents: [...stored]
        .filter(([key]) => key.startsWith(Prefix))
        .map(([Key, { length }]) => ({ Key, Size: length }))
        .sort((a, b) => (a.Key < b.Key ? -1 : 1)),
    }));
  });
  return { stored, s3 };
}
