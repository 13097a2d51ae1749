import { describe } from 'vitest';
import { memoryTable } from '../support/memory-table.ts';
import { plainTable } from '../support/plain-table.ts';
import { startDynalite, useServer } from '../support/responder.ts';
import { tableContract } from '../support/table-contract.ts';

describe('a table in memory', () => tableContract(async name => (await memoryTable(name)).send));
describe('a plain table', () => tableContract(async () => plainTable().send));
describe('dynalite', () => tableContract(useServer(startDynalite)));
