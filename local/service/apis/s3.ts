import { type Account, ServiceError } from '../../account/account.ts';
import { Unsupported } from '../../engine/unsupported.ts';
import type { SimulatedService } from '../service.ts';

/** S3: objects that tasks upload to URLs signed for them. Content is not kept, only its size. */
export function provideS3(account: Account, { exec, memory, shape }: SimulatedService): void {
  const objects = new Map<string, number>();
  const buckets = account.ofType('AWS::S3::Bucket').map(({ ref }) => ref);
  const require = (bucket: string) => {
    if (!buckets.includes(bucket)) throw new ServiceError('NoSuchBucket', 'The specified bucket does not exist');
  };
  account.provide('s3', {
    // The SDK asks for the URL that it would sign.
    PutObject: {
      resources: ({ Bucket, Key }) => [`arn:aws:s3:::${Bucket}/${Key}`],
      run: ({ Bucket, Key, Body }) => {
        require(Bucket);
        if (Body !== undefined) throw new Unsupported('s3:PutObject', 'but for its signed URL');
        const hostname = `${Bucket}.s3.${account.region}.amazonaws.com`;
        const query = { 'X-Amz-Expires': '600', 'X-Amz-Signature': 'f00d' };
        return { presigned: { protocol: 'https:', hostname, path: `/${Key}`, query } };
      },
    },
    ListObjectsV2: {
      action: 'ListBucket',
      resources: ({ Bucket }) => [`arn:aws:s3:::${Bucket}`],
      context: ({ Prefix }) => ({ 's3:prefix': Prefix }),
      run: ({ Bucket, Prefix = '', MaxKeys = 1000 }) => {
        require(Bucket);
        const found = [...objects].map(([name, Size]) => ({ Key: name.slice(Bucket.length + 1), Size, name }));
        const within = found.filter(({ name }) => name.startsWith(`${Bucket}/${Prefix}`));
        return { Contents: within.slice(0, MaxKeys).map(({ Key, Size }) => ({ Key, Size })) };
      },
    },
  });
  exec.run = command => {
    const url = /'(https:[^']+)'/.exec(command)?.[1];
    if (!url) return { printed: 'curl: no URL specified' };
    const { hostname, pathname } = new URL(url);
    const [oldest] = memory.running;
    objects.set(`${hostname.split('.')[0]}${pathname}`, Math.round((oldest?.used ?? 0) * 2 ** 20));
    account.emit('service', { change: `a task of ${shape.ecsService} uploads its heap` });
    return { printed: '' };
  };
}
