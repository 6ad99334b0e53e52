import manifest from '../../../../package.json' with { type: 'json' };
import { VERSION } from '../../../app/version.ts';
import { fine, found, type Line } from '../finding.ts';

/** The versions of Clew and of the Node that runs it. */
export function checkVersions(node: string = process.versions.node): Line {
  const least = /\d+(?:\.\d+)*/.exec(manifest.engines.node)?.[0] ?? '0';
  if (isAtLeast(node, least)) return fine(`Clew ${VERSION} runs on Node ${node}.`);
  return found(
    'node_old',
    `Clew ${VERSION} runs on Node ${node}, and needs ${least}.`,
    'Install a newer Node:',
    'https://nodejs.org',
  );
}

function isAtLeast(version: string, least: string): boolean {
  const have = version.split('.').map((part) => Number.parseInt(part, 10));
  const need = least.split('.').map(Number);
  for (const [at, number] of need.entries()) if (have[at] !== number) return (have[at] ?? 0) > number;
  return true;
}
