import {
  GenerateMacCommand,
  KMSClient,
  KMSInvalidMacException,
  MacAlgorithmSpec,
  VerifyMacCommand,
} from '@aws-sdk/client-kms';

const client = new KMSClient({});
const MacAlgorithm = MacAlgorithmSpec.HMAC_SHA_256;

/** A message authentication code (HMAC), computed with a key that never leaves KMS. */
export async function generateMac(KeyId: string, message: string): Promise<Uint8Array> {
  const { Mac } = await client.send(new GenerateMacCommand({ KeyId, MacAlgorithm, Message: Buffer.from(message) }));
  if (!Mac) throw new Error('KMS gave no message authentication code');
  return Mac;
}

/** Bytes of the longest message that KMS takes: nothing longer was ever signed. */
const MAXIMUM_MESSAGE = 4096;

/** Tells if the code is that of the message. @throws when KMS does not answer. */
export async function verifyMac(KeyId: string, message: string, Mac: Uint8Array): Promise<boolean> {
  const Message = Buffer.from(message);
  if (Message.length > MAXIMUM_MESSAGE) return false;
  try {
    await client.send(new VerifyMacCommand({ KeyId, MacAlgorithm, Message, Mac }));
    return true;
  } catch (error) {
    if (error instanceof KMSInvalidMacException) return false;
    throw error;
  }
}
