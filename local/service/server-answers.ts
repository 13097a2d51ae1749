interface Settings {
  inRecovery?: boolean;
  readOnlyByDefault?: boolean;
}

interface Answer {
  rows: Record<string, unknown>[];
  columns: { name: string; dataTypeID: number }[];
  terminatedPids: number[];
}

const BOOLEAN = 16;
const TEXT = 25;
const setting = (on: boolean) => (on ? 'on' : 'off');

/**
 * The answers to statements about the server alone that are asked each minute, as PostgreSQL gives them: it takes seconds to start,
 * and most stories need it for nothing else. The tests compare them with PostgreSQL's own.
 */
export const SERVER_ANSWERS: Readonly<Record<string, (server: Settings) => Answer>> = {
  "SELECT current_setting('transaction_read_only') AS read_only, current_setting('default_transaction_read_only') AS by_default, pg_is_in_recovery() AS in_recovery":
    ({ inRecovery = false, readOnlyByDefault = false }) => ({
      rows: [
        {
          read_only: setting(inRecovery || readOnlyByDefault),
          by_default: setting(readOnlyByDefault),
          in_recovery: inRecovery,
        },
      ],
      columns: [
        { name: 'read_only', dataTypeID: TEXT },
        { name: 'by_default', dataTypeID: TEXT },
        { name: 'in_recovery', dataTypeID: BOOLEAN },
      ],
      terminatedPids: [],
    }),
};
