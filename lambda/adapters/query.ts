/** The values a statement's `:name` parameters can take. */
export type Parameters = Record<string, string | number | boolean>;

/**
 * Runs one SQL statement and returns its rows by column name. Parameters are written `:name`, as the RDS Data API
 * writes them. Each call is its own transaction. Rejects with an `Error` that carries no credential.
 */
export type Query = (sql: string, parameters: Parameters) => Promise<Record<string, unknown>[]>;

// Quoted text, line comments and the `::` of a cast are matched first, so that a colon in them is not taken for a parameter.
const TOKEN = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|::|:([a-z_]\w*)/gi;

/**
 * Rewrites `:name` parameters to the `$1` of PostgreSQL's own protocol. A name used twice becomes one parameter.
 * Block comments, dollar quotes and array slices are not recognised: keep colons out of them.
 * Throws when the statement uses a name that has no value.
 */
export const positional = (sql: string, parameters: Parameters): { text: string; values: Parameters[string][] } => {
  const names: string[] = [];
  const text = sql.replace(TOKEN, (token, name: string | undefined) => {
    if (name === undefined) return token;
    if (!Object.hasOwn(parameters, name)) throw new Error(`The statement uses :${name}, which was given no value`);
    if (!names.includes(name)) names.push(name);
    return `$${names.indexOf(name) + 1}`;
  });
  return { text, values: names.map(name => parameters[name] as Parameters[string]) };
};
