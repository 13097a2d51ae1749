import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FARGATE_SIZES, nextSize, resized, sizeOf } from '../../../lambda/domain/remedies/fargate.ts';

/** As the user guide of ECS has them, counted. */
it('FARGATE_SIZES has the sizes of the user guide', () => {
  expect(
    Object.entries(FARGATE_SIZES).map(([cpu, sizes]) => [Number(cpu), sizes[0], sizes.at(-1), sizes.length]),
  ).toEqual([
    [256, 512, 2048, 3],
    [512, 1024, 4096, 4],
    [1024, 2048, 8192, 7],
    [2048, 4096, 16_384, 13],
    [4096, 8192, 30_720, 23],
    [8192, 16_384, 61_440, 12],
    [16_384, 32_768, 122_880, 12],
  ]);
});

const sizes = Object.entries(FARGATE_SIZES).flatMap(([cpu, all]) => all.map(memory => ({ cpu: Number(cpu), memory })));
const size = fc.constantFrom(...sizes);

describe('the next Fargate size', () => {
  it('has more memory and no less CPU, and is the smallest such size', () => {
    fc.assert(
      fc.property(size, from => {
        const next = nextSize(from);
        const larger = sizes.filter(({ cpu, memory }) => cpu >= from.cpu && memory > from.memory);
        if (next) expect(larger).toContainEqual(next);
        else expect(larger).toEqual([]);
        for (const { cpu, memory } of larger) {
          expect(memory).toBeGreaterThanOrEqual(next?.memory ?? Number.NaN);
          if (memory === next?.memory) expect(cpu).toBeGreaterThanOrEqual(next.cpu);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('may need more CPU', () => {
    expect(nextSize({ cpu: 1024, memory: 8192 })).toEqual({ cpu: 2048, memory: 9216 });
    expect(nextSize({ cpu: 4096, memory: 30_720 })).toEqual({ cpu: 8192, memory: 32_768 });
    expect(nextSize({ cpu: 16_384, memory: 122_880 })).toBeUndefined();
  });
});

describe('a resized task definition', () => {
  it('has container limits that fit whenever they did', () => {
    const limit = fc.option(fc.integer({ min: 6, max: 122_880 }), { nil: undefined });
    fc.assert(
      fc.property(
        size,
        fc.array(fc.record({ memory: limit, memoryReservation: limit }), { maxLength: 5 }),
        (from, given) => {
          const next = nextSize(from);
          const of = (containers: typeof given) => containers.reduce((sum, c) => sum + (c.memory ?? 0), 0);
          fc.pre(next !== undefined && of(given) <= from.memory);
          const definition = { cpu: String(from.cpu), memory: String(from.memory), containerDefinitions: given };
          const { containerDefinitions = [], ...whole } = resized(definition, next ?? from);
          expect(sizeOf(whole)).toEqual(next);
          expect(of(containerDefinitions)).toBeLessThanOrEqual(Number(whole.memory));
          for (const [i, { memory, memoryReservation }] of containerDefinitions.entries()) {
            expect([memory === undefined, memoryReservation === undefined]).toEqual([
              given[i]?.memory === undefined,
              given[i]?.memoryReservation === undefined,
            ]);
            expect(memory ?? 0).toBeGreaterThanOrEqual(given[i]?.memory ?? 0);
            expect(memoryReservation ?? 0).toBeGreaterThanOrEqual(given[i]?.memoryReservation ?? 0);
          }
        },
      ),
    );
  });

  it('has container limits rounded down, so that together they fit the task', () => {
    const definition = { cpu: '1024', memory: '4096', containerDefinitions: Array(3).fill({ memory: 1365 }) };
    const { containerDefinitions } = resized(definition, { cpu: 1024, memory: 5120 });
    expect(containerDefinitions).toEqual(Array(3).fill({ memory: 1706 }));
  });

  it('drops the fields that ECS does not accept back, and nothing else', () => {
    const told = {
      ...{ taskDefinitionArn: 'arn', revision: 41, status: 'ACTIVE', requiresAttributes: [], compatibilities: [] },
      ...{ registeredAt: new Date(), deregisteredAt: new Date(), deleteRequestedAt: new Date(), registeredBy: 'arn' },
    };
    const taken = {
      ...{ family: 'backend', networkMode: 'awsvpc', taskRoleArn: 'task', executionRoleArn: 'execution', volumes: [] },
      ...{
        requiresCompatibilities: ['FARGATE'],
        runtimePlatform: { cpuArchitecture: 'ARM64' },
        placementConstraints: [],
      },
      ...{ ephemeralStorage: { sizeInGiB: 30 }, enableFaultInjection: false, pidMode: 'task', proxyConfiguration: {} },
      containerDefinitions: [{ name: 'backend', image: 'backend:1', memoryReservation: undefined }],
    };
    const definition = { ...told, ...taken, cpu: '1024', memory: '4096' };
    expect(resized(definition, { cpu: 1024, memory: 5120 })).toEqual({ ...taken, cpu: '1024', memory: '5120' });
  });

  it('of an EC2 instance has no Fargate size', () => {
    expect(sizeOf({})).toBeUndefined();
    expect(sizeOf({ cpu: '1024', memory: '1000' })).toBeUndefined();
  });
});
