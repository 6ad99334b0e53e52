export { type Answer, fromResult, toResult, withMarks } from './answer.ts';
export {
  type Collaborator,
  type Colleagues,
  collaboratorsOf,
  describeCollaborator,
  HAND_OFF_SCHEMA,
} from './collaborator.ts';
export { cancelCollaborators, type HandOffPlace, handOff, type Order } from './hand-off.ts';
