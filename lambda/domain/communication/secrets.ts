import { creator } from '@secretlint/secretlint-rule-preset-recommend';

type Found = { range: readonly number[] };
/** The part of secretlint's rules that is used here: each looks at a text, and reports by its context. */
type Rule = { create(context: object, options: object): { file?(source: object): unknown } };

const found: Found[] = [];
let handlers: ReturnType<Rule['create']>[] | undefined;

/** Rules of the scanner, which are written for files of a repository. A comment that switches a rule off switches nothing. */
function rules(): ReturnType<Rule['create']>[] {
  if (handlers) return handlers;
  const made: ReturnType<Rule['create']>[] = [];
  const context = {
    createTranslator: () => (id: string) => ({ messageId: id, message: id }),
    sharedOptions: {},
    report: (one: Found) => found.push(one),
    ignore: () => {},
    registerRule: (rule: Rule, { options = {} }: { options?: object } = {}) => {
      made.push(rule.create(context, options));
    },
  };
  (creator as unknown as { create(context: object, options: object): void }).create(context, {});
  handlers = made;
  return made;
}

const KEYWORD =
  '(?:pass(?:word|wd|phrase|code)|passwort|pwd|secret(?:[ _-]?(?:access[ _-]?)?key)?|token|api[ _-]?key|access[ _-]?key|credentials?|pin(?: code)?)';

/** Shapes that people write, and files of a repository have seldom. The group is the secret. */
const SHAPES = [
  // After "password=" anything is one; after "password is" or "password: " only what is no plain word.
  new RegExp(`\\b\\w*${KEYWORD}\\s*=\\s*["'\`]?([^\\s"'\`;,]{3,})`, 'i'),
  new RegExp(
    `\\b\\w*${KEYWORD}"?\\s*(?::|is|was|are|->)\\s*["'\`]?((?=\\S*[\\d!@#$%^&*_+~])(?=\\S*[a-z!@#$%^&*_+~])[^\\s"'\`;,]{4,})`,
    'i',
  ),
  new RegExp(`\\b\\w*${KEYWORD}"?\\s*(?::|is|was)\\s*["'\`](\\S{4,})["'\`]`, 'i'),
  new RegExp(`\\b\\w*${KEYWORD}:\\s*(\\S{4,})\\s*$`, 'im'),
  /\bbearer\s+([\w.~+/-]{12,}=*)/i,
  /[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:([^\s/@]+)@/i,
  /(-----BEGIN [A-Z ]*(?:PRIVATE KEY|CERTIFICATE)[A-Z ]*-----)/,
  /\b(eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?)/,
  /\b((?:AKIA|ASIA|ABIA|ACCA|A3T[A-Z0-9])[A-Z0-9]{12,})/,
  /\b(gh[opsur]_\w{16,}|glpat-[\w-]{16,}|xox[a-z]-[\w-]{10,}|xapp-[\w-]{10,}|sk-[\w-]{20,}|[srp]k_(?:live|test)_\w{10,}|AIza[\w-]{30,}|npm_\w{30,}|SG\.[\w-]{16,})/,
  /https?:\/\/(?:hooks\.slack\.com\/\S+|[^\s?]+\?\S*(?:token|signature|sig|key|secret|password)=[^\s&]{6,}|[^\s?]+\?\S*X-Amz-\S+)/i,
  // Only chance writes this: letters of both cases with digits, or many hexadecimal ones.
  /(?<![\w/-])((?=[\w+/-]*[a-z])(?=[\w+/-]*[A-Z])(?=[\w+/-]*\d[\w+/-]*\d)[\w+/]{24,}={0,2})/,
  /\b([0-9a-f]{32,})\b/i,
] as const;

/** The first password, key, token or connection string in a text; undefined when there is none. */
export function secretIn(text: string): string | undefined {
  for (const shape of SHAPES) {
    const match = shape.exec(text);
    if (match) return match[1] ?? match[0];
  }
  found.length = 0;
  const source = { content: text, filePath: 'text.txt', ext: '.txt', contentType: 'text' };
  for (const rule of rules()) rule.file?.(source);
  const [first] = found.splice(0);
  return first && text.slice(first.range[0], first.range[1]);
}
