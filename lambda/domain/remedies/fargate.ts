/** The size of a Fargate task: CPU units and MiB. */
export interface Size {
  cpu: number;
  memory: number;
}

const GIB = 1024;
const gibSteps = (least: number, most: number, step: number) =>
  Array.from({ length: (most - least) / step + 1 }, (_, i) => (least + i * step) * GIB);

/** The sizes that Fargate offers: MiB by CPU units. */
export const FARGATE_SIZES: Record<number, number[]> = {
  256: [512, ...gibSteps(1, 2, 1)],
  512: gibSteps(1, 4, 1),
  1024: gibSteps(2, 8, 1),
  2048: gibSteps(4, 16, 1),
  4096: gibSteps(8, 30, 1),
  8192: gibSteps(16, 60, 4),
  16384: gibSteps(32, 120, 8),
};

/**
 * The next size with more memory and no less CPU: the least memory first, then the least CPU. Undefined for the largest
 * size.
 */
export function nextSize({ cpu, memory }: Size): Size | undefined {
  return Object.entries(FARGATE_SIZES)
    .flatMap(([units, sizes]) => sizes.map(size => ({ cpu: Number(units), memory: size })))
    .filter(size => size.cpu >= cpu && size.memory > memory)
    .sort((a, b) => a.memory - b.memory || a.cpu - b.cpu)[0];
}

interface Definition {
  cpu?: string | undefined;
  memory?: string | undefined;
  containerDefinitions?: { memory?: number | undefined; memoryReservation?: number | undefined }[] | undefined;
}

/** The fields that ECS returns for a revision and does not accept when another is registered. */
const READ_ONLY_FIELDS = [
  'taskDefinitionArn',
  'revision',
  'status',
  'requiresAttributes',
  'compatibilities',
  'registeredAt',
  'deregisteredAt',
  'deleteRequestedAt',
  'registeredBy',
];

/** The size of a task definition that runs on Fargate; undefined if it is not a Fargate size. */
export function sizeOf({ cpu, memory }: Definition): Size | undefined {
  const size = { cpu: Number(cpu), memory: Number(memory) };
  return FARGATE_SIZES[size.cpu]?.includes(size.memory) ? size : undefined;
}

/** The definition to register with another size: the memory limits of its containers grow in proportion. */
export function resized<Given extends Definition>(definition: Given, { cpu, memory }: Size): Given {
  const scaledLimit = (limit: number | undefined) =>
    limit === undefined ? undefined : Math.floor((limit * memory) / Number(definition.memory));
  const writable = Object.fromEntries(
    Object.entries(definition).filter(([field]) => !READ_ONLY_FIELDS.includes(field)),
  ) as Given;
  return {
    ...writable,
    cpu: String(cpu),
    memory: String(memory),
    containerDefinitions: definition.containerDefinitions?.map(container => ({
      ...container,
      ...(container.memory === undefined ? {} : { memory: scaledLimit(container.memory) }),
      ...(container.memoryReservation === undefined
        ? {}
        : { memoryReservation: scaledLimit(container.memoryReservation) }),
    })),
  };
}
