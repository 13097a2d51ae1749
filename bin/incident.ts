#!/usr/bin/env node
import { main } from './incident/main.ts';

process.exitCode = await main(process.argv.slice(2));
