declare module 'dynalite' {
  import type { Server } from 'node:http';

  /** A DynamoDB server in memory; the options are milliseconds that tables take to change. */
  export default function dynalite(options: {
    createTableMs: number;
    deleteTableMs: number;
    updateTableMs: number;
  }): Server;
}
