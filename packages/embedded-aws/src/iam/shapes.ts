/** A part of an ARN's shape: fixed text, or a placeholder that stands for one or more characters. */
type Part = { text: string } | { without: string };

/** The ARNs of a type of resource, as `arn:${Partition}:ecs:${Region}:${Account}:cluster/${ClusterName}` tells them. */
export interface Shape {
  /** True for the ARN of such a resource. */
  fits: (arn: string) => boolean;
  /** True for a pattern of a policy that some such ARN matches. */
  meets: (pattern: string) => boolean;
}

/** Characters that end a name: those of most resources may have any, as the keys of objects do. */
const WITHOUT: Record<string, string> = { Partition: ':', Region: ':', Account: ':', BucketName: '/' };

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

export function arnShape(arn: string): Shape {
  const parts = arn
    .split(/(\$\{[^}]+\})/)
    .filter(text => text !== '')
    .map((text): Part => {
      const name = /^\$\{(.+)\}$/.exec(text)?.[1];
      return name === undefined ? { text } : { without: WITHOUT[name] ?? '' };
    });
  const source = parts.map(part => ('text' in part ? escaped(part.text) : part.without ? `[^${part.without}]+` : '.+'));
  const expression = new RegExp(`^${source.join('')}$`);
  const letters = parts.flatMap((part): Part[] => ('text' in part ? [...part.text].map(text => ({ text })) : [part]));
  return { fits: one => expression.test(one), meets: pattern => overlaps(pattern, letters) };
}

/** True where some text is meant by the pattern, with its `*` and `?`, and by the parts alike. */
function overlaps(pattern: string, parts: Part[]): boolean {
  /** Places in the pattern that can be reached by the parts so far. */
  let places = skipStars(pattern, new Set([0]));
  const step = (part: Part) => {
    const reached = new Set<number>();
    for (const place of places) {
      const letter = pattern[place];
      if (letter === undefined) continue;
      if (letter === '*') reached.add(place);
      else if (letter === '?' || ('text' in part ? letter === part.text : !part.without.includes(letter)))
        reached.add(place + 1);
    }
    return skipStars(pattern, reached);
  };
  for (const part of parts) {
    places = step(part);
    if ('text' in part) continue;
    for (let before = -1; before < places.size; ) {
      before = places.size;
      places = new Set([...places, ...step(part)]);
    }
  }
  return places.has(pattern.length);
}

/** Adds the places behind stars, each of which may stand for nothing. */
function skipStars(pattern: string, places: Set<number>): Set<number> {
  const all = new Set(places);
  for (const place of all) if (pattern[place] === '*') all.add(place + 1);
  return all;
}
