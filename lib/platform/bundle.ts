import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { buildSync } from 'esbuild';
import type { FunctionTemplates } from './templates.ts';

/**
 * A function's code, bundled in this process: CDK's NodejsFunction would start esbuild by npx for each, which takes half a
 * second every time.
 *
 * The code is the same for every user. Templates of one's own stand beside it as they are, where the function finds them.
 *
 * @param folder in `lambda`
 */
export function bundled(folder: string, { own, overriding }: FunctionTemplates = { own: {}, overriding: {} }): Code {
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
      define: { TEMPLATES: JSON.stringify(own) },
      logLevel: 'warning',
    });
    for (const [name, text] of Object.entries(overriding)) {
      const file = join(directory, 'templates', `${name}.liquid`);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
    return true;
  };
  // Never asked for: what cannot be bundled here is an error, and no container makes it better.
  const image = DockerImage.fromRegistry('none');
  return Code.fromAsset(source, { assetHashType: AssetHashType.OUTPUT, bundling: { image, local: { tryBundle } } });
}
