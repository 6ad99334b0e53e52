import type { z } from 'zod';
import { type Issue, valueAt } from '../../model/index.ts';

type ZodIssue = z.core.$ZodIssue;

const EXPECTED: Readonly<Record<string, readonly [type: string, message: string]>> = {
  string: ['string_type', 'Input should be a valid string'],
  object: ['model_attributes_type', 'Input should be a valid dictionary or object'],
  record: ['dict_type', 'Input should be a valid dictionary'],
  array: ['list_type', 'Input should be a valid list'],
  boolean: ['bool_type', 'Input should be a valid boolean'],
  number: ['float_parsing', 'Input should be a valid number'],
  int: ['int_parsing', 'Input should be a valid integer'],
};

/**
 * zod's complaints in the words of FastAPI, whose clients show them.
 *
 * @param place `body`, `query` or `path`: the first word of each `loc`.
 * @param input What was validated, to tell what is missing from what is wrong.
 */
export function fastapiIssues(found: readonly ZodIssue[], place: string, input: unknown): Issue[] {
  return found.map((issue) => {
    const [type, message] = wording(issue, valueAt(input, issue.path) === undefined);
    return { path: [place, ...(issue.path as (string | number)[])], type, message };
  });
}

function wording(issue: ZodIssue, missing: boolean): readonly [type: string, message: string] {
  if (missing) return ['missing', 'Field required'];
  switch (issue.code) {
    case 'invalid_type':
      return EXPECTED[issue.expected] ?? ['value_error', issue.message];
    case 'invalid_value':
      if (issue.values.includes('true'))
        return ['bool_parsing', 'Input should be a valid boolean, unable to interpret input'];
      return ['enum', `Input should be ${issue.values.map((value) => `'${String(value)}'`).join(', ')}`];
    case 'too_small':
      if (issue.origin === 'number' || issue.origin === 'int')
        return ['greater_than_equal', `Input should be greater than or equal to ${issue.minimum}`];
      return ['too_short', `Input should have at least ${issue.minimum} of its pieces`];
    case 'too_big':
      if (issue.origin === 'number' || issue.origin === 'int')
        return ['less_than_equal', `Input should be less than or equal to ${issue.maximum}`];
      return ['string_too_long', `Input should have at most ${issue.maximum} characters`];
    case 'custom':
      return [typeof issue.params?.type === 'string' ? issue.params.type : 'value_error', issue.message];
    default:
      return ['value_error', issue.message];
  }
}
