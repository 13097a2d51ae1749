import type { Account, Input } from '../account/account.ts';
import { Unsupported } from '../unsupported.ts';

interface Tag {
  Key: string;
  Value: string;
}

interface TagFilter {
  Key: string;
  Values?: string[];
}

/** Resources on a page, at most. */
const PAGE = 100;

/** The Resource Groups Tagging API: the deployed alarms by their tags. */
export class ResourceTags {
  private readonly account: Account;

  constructor(account: Account) {
    this.account = account;
    account.provide('tag', { GetResources: { run: input => this.getResources(input) } });
  }

  private getResources({ TagFilters = [], ResourceTypeFilters, ResourcesPerPage, PaginationToken, ...more }: Input) {
    const [unknown] = Object.keys(more);
    if (unknown) throw new Unsupported('GetResources', unknown);
    if (ResourceTypeFilters?.join() !== 'cloudwatch:alarm')
      throw new Unsupported('GetResources', `the resource types ${ResourceTypeFilters?.join() ?? '*'}`);
    const hasAll = (tags: Tag[]) =>
      (TagFilters as TagFilter[]).every(({ Key, Values = [] }) =>
        tags.some(tag => tag.Key === Key && (Values.length === 0 || Values.includes(tag.Value))),
      );
    const found = ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm']
      .flatMap(type => this.account.ofType(type))
      .map(({ arn, properties }) => ({ ResourceARN: arn, Tags: (properties['Tags'] ?? []) as Tag[] }))
      .filter(({ Tags }) => hasAll(Tags));
    const from = Number(PaginationToken || 0);
    const to = from + (ResourcesPerPage ?? PAGE);
    return { ResourceTagMappingList: found.slice(from, to), PaginationToken: to < found.length ? String(to) : '' };
  }
}
