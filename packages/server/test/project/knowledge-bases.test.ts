import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadProject } from '../../src/project/index.ts';
import { agentYaml, projectFolder } from './folder.ts';

const AGENT = { 'agents/a.yaml': agentYaml('a') };

function base(name: string, ...lines: string[]): string {
  return ['spec_version: v1', 'kind: knowledge_base', `name: ${name}`, ...lines, ''].join('\n');
}

async function load(files: Record<string, string>) {
  const folder = projectFolder({ ...AGENT, ...files });
  const project = await loadProject(folder);
  return {
    ...project,
    said: project.findings.map(
      ({ severity, line, field, message, fix }) => `${severity} ${line} ${field}: ${message} ${fix}`,
    ),
  };
}

const DOCS = {
  'knowledge/a.md': '# A',
  'knowledge/b.txt': 'B',
  'knowledge/deep/c.HTML': '<p>C',
  'knowledge/photo.png': '',
  'knowledge/.hidden.md': '',
  'README.md': '',
};

describe('documents', () => {
  test('are found from the project, from the file of the knowledge base, and by patterns', async () => {
    const { folder, knowledgeBases, findings } = await load({
      ...DOCS,
      'knowledge_bases/near.md': '',
      'knowledge_bases/docs.yaml': base(
        'docs',
        'description: All of it.',
        'documents:',
        '  - near.md',
        '  - README.md',
        '  - ../knowledge/b.txt',
        '  - { path: knowledge/a.md, url: https://a.example/a }',
        '  - knowledge/**/*',
      ),
    });
    expect(findings).toEqual([]);
    const document = (path: string, url: string | null = null) => ({ path, file: join(folder, path), url });
    expect(knowledgeBases).toEqual([
      {
        name: 'docs',
        description: 'All of it.',
        embeddings: null,
        file: 'knowledge_bases/docs.yaml',
        documents: [
          document('knowledge_bases/near.md'),
          document('README.md'),
          document('knowledge/b.txt'),
          document('knowledge/a.md', 'https://a.example/a'),
          document('knowledge/deep/c.HTML'),
        ],
      },
    ]);
  });

  test('a pattern stays out of dependencies', async () => {
    const { knowledgeBases } = await load({
      'a.md': '',
      'node_modules/x/b.md': '',
      '.git/c.md': '',
      'knowledge_bases/d.yaml': base('d', 'documents: ["**/*.md"]'),
    });
    expect(knowledgeBases[0]?.documents.map(({ path }) => path)).toEqual(['a.md']);
  });

  const doubted: [name: string, documents: string[], said: string[]][] = [
    [
      'no documents',
      [],
      [
        'warning 1 documents: The knowledge base has no documents. List files or patterns, for example `documents: [knowledge/*.md]`.',
      ],
    ],
    [
      'a missing one',
      ['documents:', '  - knowledge/a.md', '  - knowledge/z.md'],
      [
        'warning 6 documents[1]: There is no document `knowledge/z.md`. Correct the path: it counts from the project folder or from the folder of this file.',
      ],
    ],
    [
      'a missing one with an address',
      ['documents:', '  - url: https://a.example', '    path: z.md'],
      [
        'warning 6 documents[0].path: There is no document `z.md`. Correct the path: it counts from the project folder or from the folder of this file.',
      ],
    ],
    [
      'a pattern without matches',
      ['documents: ["knowledge/*.pdf"]'],
      [
        'warning 4 documents[0]: No document matches `knowledge/*.pdf`. Correct the pattern: it counts from the project folder or from the folder of this file.',
      ],
    ],
    [
      'a folder',
      ['documents: [knowledge/]'],
      ['warning 4 documents[0]: `knowledge/` is a folder. Write `knowledge/**/*.md` for the documents in it.'],
    ],
    [
      'another type',
      ['documents: [knowledge/photo.png]'],
      [
        'warning 4 documents[0]: `knowledge/photo.png` is of a type that Clew does not read. Use one of .md, .markdown, .txt, .html, .htm, .pdf.',
      ],
    ],
    [
      'an address',
      ['documents: ["https://a.example/a.html"]'],
      [
        'warning 4 documents[0]: `https://a.example/a.html` is an address; documents are files of the project. Save the page in the project and give its address as `url`.',
      ],
    ],
    [
      'an unknown field',
      ['documents: [knowledge/a.md]', 'desciption: x'],
      ['warning 5 desciption: Clew does not know this field and passes it over. Did you mean `description`?'],
    ],
  ];
  test.each(doubted)('%s is said and the rest is used', async (_, lines, said) => {
    const found = await load({ ...DOCS, 'knowledge_bases/docs.yaml': base('docs', ...lines) });
    expect(found.knowledgeBases).toHaveLength(1);
    expect(found.said).toEqual(said);
  });

  test('outside of the project is left out', async () => {
    const folder = projectFolder({
      'other/a.md': '',
      'p/agents/a.yaml': agentYaml('a'),
      'p/knowledge_bases/d.yaml': base('d', 'documents: [../../other/a.md]'),
    });
    const { knowledgeBases, findings } = await loadProject(join(folder, 'p'));
    expect(knowledgeBases[0]?.documents).toEqual([]);
    expect(findings.map(({ message }) => message)).toEqual([
      '`../../other/a.md` lies outside of the project and is left out.',
    ]);
  });
});

describe('files', () => {
  test('with fields of the ADK that Clew has no use for are fine', async () => {
    const { findings, knowledgeBases } = await load({
      ...DOCS,
      'knowledge_bases/d.yaml': base(
        'd',
        'documents: [README.md]',
        'vector_index: { chunk_size: 400, embeddings_model_name: ibm/slate-125m }',
        'conversational_search_tool: { generation: { enabled: true } }',
        'prioritize_built_in_index: true',
        'representation: tool',
      ),
    });
    expect(findings).toEqual([]);
    expect(knowledgeBases[0]?.embeddings).toBe('ibm/slate-125m');
  });

  const refused: [name: string, yaml: string, said: string[]][] = [
    [
      'no name',
      'spec_version: v1\nkind: knowledge_base\ndocuments: [README.md]',
      ['error 1 name: `name` is missing. Write, for example, `name: travel_docs`.'],
    ],
    [
      'another kind',
      base('d').replace('knowledge_base', 'native'),
      ['error 2 kind: `kind` must be knowledge_base, not `native`. Write, for example, `kind: knowledge_base`.'],
    ],
    [
      'documents of no shape',
      base('d', 'documents:', '  - 7'),
      [
        'error 5 documents[0]: `documents[0]` must be a path, or a group of `path` and `url`. Write, for example, `documents: [knowledge/trains.md]`.',
      ],
    ],
    [
      'broken YAML',
      base('d', 'documents: [a'),
      [
        'error 5 : Flow sequence in block collection must be sufficiently indented and end with a ]. Check the indentation, the colons and the quotes near this line; a text that contains `: ` or `#` needs quotes.',
      ],
    ],
  ];
  test.each(refused)('%s is left out', async (_, yaml, said) => {
    const found = await load({ 'knowledge_bases/d.yaml': yaml });
    expect(found.knowledgeBases).toEqual([]);
    expect(found.said).toEqual(said);
  });

  test('of two with one name the first stays; an agent that names a working one is fine', async () => {
    const found = await load({
      'agents/a.yaml': agentYaml('a', 'knowledge_base: [d]'),
      'README.md': '',
      'knowledge_bases/1.yaml': base('d', 'documents: [README.md]'),
      'knowledge_bases/2.yaml': base('d', 'documents: [README.md]'),
    });
    expect(found.knowledgeBases.map(({ file }) => file)).toEqual(['knowledge_bases/1.yaml']);
    expect(found.said).toEqual([
      'error 3 name: `knowledge_bases/1.yaml` has the same name; this file is left out. Give one of the two another name.',
    ]);
  });
});
