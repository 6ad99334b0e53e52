import { ClewError, maySee } from '../../model/index.ts';
import type { WireRequest } from '../endpoint.ts';

/** Throws `operator_only` for everybody else. */
export function operatorOnly({ scope }: Pick<WireRequest, 'scope'>): void {
  if (!maySee(scope.audience, 'operator')) throw new ClewError('operator_only');
}
