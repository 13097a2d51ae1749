// CommonJS in the words of an old Node, loaded with `node -r` before TypeScript is: says what is needed where Node is too old.
const { engines } = require('../package.json');

/** @param ranges such as "^22.18.0 || >=24.0.0" */
function satisfies(version, ranges) {
  const [major, minor] = version.split('.').map(Number);
  return ranges.split(' || ').some(range => {
    const [, operator, wantedMajor, wantedMinor] = /^(\^|>=)(\d+)\.(\d+)/.exec(range);
    if (major > Number(wantedMajor)) return operator === '>=';
    return major === Number(wantedMajor) && minor >= Number(wantedMinor);
  });
}

function end(message) {
  console.error(message);
  process.exit(1);
}

if (!satisfies(process.versions.node, engines.node)) {
  end(
    `Node ${process.versions.node} (${process.execPath}) cannot run this project, which needs Node ${engines.node}: ` +
      'run "npm ci", which brings Node 24, and start the project by npm or npx; or install Node 24 (https://nodejs.org).',
  );
}

// V8 keeps its compiled code for the next run, which saves a second of each synthesis.
const { enableCompileCache } = require('node:module');
if (enableCompileCache) enableCompileCache();

// Run by `npm test`. npm leaves out the binaries of Rolldown, and with them Vitest, for a Node older than they name.
const npm = /\bnode\/v(\S+)/.exec(process.env.npm_config_user_agent || '');
if (require.main === module && npm && !satisfies(npm[1], '^20.19.0 || >=22.12.0')) {
  end(
    `The tests need npm to run on Node 20.19, 22.12 or later, and it runs on Node ${npm[1]}: ` +
      'install Node 24 (https://nodejs.org) and run "npm ci" again.',
  );
}
