import { createHmac, timingSafeEqual } from 'node:crypto';
import { type Account, type Input, ServiceError } from '../account/account.ts';
import type { Deployed } from '../assembly/resolve.ts';

const MAC = 'HMAC_SHA_256';

/** KMS, as far as message authentication codes go: real ones, by keys that the seed decides. */
export class Keys {
  private readonly account: Account;
  private readonly seed: number;

  constructor(account: Account, seed: number) {
    this.account = account;
    this.seed = seed;
    const resources = ({ KeyId }: Input) => [this.find(KeyId).arn];
    account.provide('kms', {
      GenerateMac: {
        resources,
        run: input => ({ Mac: this.code(input), KeyId: this.find(input['KeyId']).arn, MacAlgorithm: MAC }),
      },
      VerifyMac: {
        resources,
        run: input => {
          const code = this.code(input);
          const valid = input['Mac'].length === code.length && timingSafeEqual(input['Mac'], code);
          if (!valid) throw new ServiceError('KMSInvalidMacException', 'The MAC is not valid');
          return { KeyId: this.find(input['KeyId']).arn, MacValid: true, MacAlgorithm: MAC };
        },
      },
    });
  }

  private code({ KeyId, MacAlgorithm, Message }: Input): Uint8Array {
    const { arn, properties } = this.find(KeyId);
    if (properties['KeyUsage'] !== 'GENERATE_VERIFY_MAC')
      throw new ServiceError('InvalidKeyUsageException', `${arn} key usage is not GENERATE_VERIFY_MAC`);
    if (MacAlgorithm !== MAC || properties['KeySpec'] !== 'HMAC_256')
      throw new ServiceError('InvalidKeyUsageException', `${MacAlgorithm} is not an algorithm of ${arn}`);
    this.account.measure('message that a key authenticates', Buffer.from(Message).length);
    return new Uint8Array(createHmac('sha256', `${this.seed} ${arn}`).update(Message).digest());
  }

  private find(keyId: string): Deployed {
    const key = this.account.ofType('AWS::KMS::Key').find(({ ref, arn }) => ref === keyId || arn === keyId);
    if (!key) throw new ServiceError('NotFoundException', `Key '${keyId}' does not exist`);
    return key;
  }
}
