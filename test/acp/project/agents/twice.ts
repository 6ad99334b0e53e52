import { type AgentOutput, ask, type CodeTurn, textOf } from 'clew';

export default async function* twice(_turn: CodeTurn): AgentOutput {
  yield 'Two questions.';
  const first = yield ask('First?');
  const second = yield ask('Second?');
  yield `${textOf(first.parts)}, ${textOf(second.parts)}`;
}
