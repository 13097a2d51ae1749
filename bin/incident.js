#!/usr/bin/env node
// JavaScript, so that a Node that cannot read TypeScript says what is needed.
import '../scripts/supported-node.cjs';

const { main } = await import('./incident/main.ts');
process.exitCode = await main(process.argv.slice(2));
