import type { Input } from '../../account/account.ts';
import type { Item, TableDefinition } from './items.ts';

/** The code that answers for the tables. Inputs and outputs have their bytes in base64. */
export interface TableEngine {
  create(table: TableDefinition): Promise<void>;
  /** @throws ServiceError as DynamoDB would */
  execute(operation: string, input: Input): Promise<Input>;
  /** Gives the item with these keys, consistently; undefined when there is none. */
  read(table: TableDefinition, keys: Item): Promise<Item | undefined>;
}
