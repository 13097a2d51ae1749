// npm 10 installs the Node of `optionalDependencies` but removes its link in node_modules/.bin, because the packages for the
// other platforms, which it leaves out, bring a link of the same name. Without that link npm and npx use the system's Node.
const { existsSync, symlinkSync } = require('node:fs');
const { join } = require('node:path');
const { optionalDependencies } = require('../package.json');

const modules = join(__dirname, '..', 'node_modules');
const link = join(modules, '.bin', 'node');
const brought = Object.keys(optionalDependencies).find(name => existsSync(join(modules, name, 'bin', 'node')));

if (brought && !existsSync(link)) symlinkSync(join('..', brought, 'bin', 'node'), link);
