/** One instruction of a Dockerfile, continued lines joined. */
export interface Instruction {
  /** In capitals: `FROM`, `RUN`, … */
  readonly name: string;
  readonly text: string;
}

/** The instructions by stage: what stands from one `FROM` to the next. Enough of the language for files without here-documents. */
export function stagesOf(dockerfile: string): readonly (readonly Instruction[])[] {
  const lines = dockerfile
    .split('\n')
    .filter((line) => !/^\s*(#|$)/.test(line))
    .join('\n')
    .replace(/\\\n\s*/g, ' ')
    .split('\n');
  const stages: Instruction[][] = [];
  for (const line of lines) {
    const [, name = '', text = ''] = /^(\w+)\s+(.*)$/.exec(line) ?? [];
    if (name === 'FROM') stages.push([]);
    stages.at(-1)?.push({ name, text });
  }
  return stages;
}

/** Whether the name of an image says exactly which one: a full version or a digest, and not `latest`, `24` or nothing. */
export function isExact(image: string): boolean {
  return /@sha256:[0-9a-f]{64}$/.test(image) || /:v?\d+\.\d+(\.\d+)?(-[\w.]+)?$/.test(image);
}
