import { join } from 'node:path';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { buildSync } from 'esbuild';

/**
 * A function's code, bundled in this process: CDK's NodejsFunction would start esbuild by npx for each, which takes half a
 * second every time.
 *
 * @param folder in `lambda`
 * @param define constants that the bundler writes into the code
 */
export function bundled(folder: string, define: Record<string, string>): Code {
  const source = join(import.meta.dirname, '..', '..', 'lambda', folder);
  const tryBundle = (directory: string) => {
    buildSync({
      entryPoints: [join(source, 'handler.ts')],
      outfile: join(directory, 'index.js'),
      bundle: true,
      platform: 'node',
      format: 'cjs',
      target: 'node24',
      minify: true,
      keepNames: true,
      // The clients, that is: the runtime has them for sure.
      external: ['@aws-sdk/client-*', '@aws-sdk/lib-*'],
      define,
      logLevel: 'warning',
    });
    return true;
  };
  // Never asked for: what cannot be bundled here is an error, and no container makes it better.
  const image = DockerImage.fromRegistry('none');
  return Code.fromAsset(source, { assetHashType: AssetHashType.OUTPUT, bundling: { image, local: { tryBundle } } });
}
