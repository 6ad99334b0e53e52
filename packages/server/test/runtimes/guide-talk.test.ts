import { describe, expect, test } from 'vitest';
import { agent, ask } from './trains.ts';

describe('without an answer', () => {
  test.each([
    'Who won the world cup in 2018?',
    'What is the capital of France?',
    'asdf qwer',
    'Wie wird das Wetter morgen?',
  ])('%s', async (question) => {
    const { text, messages } = await ask(question);
    expect(text()).toMatch(/^I found nothing /);
    expect(text()).toContain('- **Fares**: Children, Night trains, Discount cards');
    expect(messages[0]?.map(({ type }) => type)).toEqual(['text']);
  });

  test('its starter prompts are what it suggests first', async () => {
    const starterPrompts = [
      { id: '1', title: 'Dogs', subtitle: '', prompt: 'May I bring my dog?', state: 'active' as const },
      { id: '2', title: 'Off', subtitle: '', prompt: 'Switched off?', state: 'inactive' as const },
    ];
    expect((await ask('Who won the world cup?', { agent: { ...agent, starterPrompts } })).text()).toBe(
      'I found nothing about “won”, “world” or “cup” in my documents. You can ask me, for example:\n\n- May I bring my dog?',
    );
  });

  test('an agent without documents says what is missing', async () => {
    expect((await ask('Anything?', { agent: { ...agent, knowledgeBases: [] } })).text()).toMatch(
      /^I have no documents to answer from yet\./,
    );
    expect((await ask('Anything?', { agent: { ...agent, knowledgeBases: ['empty'] } })).text()).toMatch(
      /^I found nothing/,
    );
  });
});

describe('small talk', () => {
  const hello = 'Hello! I am Train guide.\n\nKnows the trains of Freedonia\n\nYou can ask me, for example:\n\n- ';
  const about =
    'I am Train guide. I look for answers in my documents and show where they stand.\n\nKnows the trains of Freedonia\n\n';

  test.each([
    ['hello', hello],
    ['Hi there!', hello],
    ['Good morning, train guide', hello],
    ['Who are you?', about],
    ['what can you do', about],
    ['help', about],
    ['Thanks a lot!', 'You are welcome.'],
    ['ok, got it', 'You are welcome.'],
    ['bye', 'Goodbye.'],
    ['?!', 'Write me a question.'],
    ['', 'Write me a question.'],
  ])('%s', async (text, answer) => {
    const { text: said, steps } = await ask(text, { context: { country: 'Freedonia' } });
    expect(said().slice(0, answer.length)).toBe(answer);
    expect(steps).toEqual([]);
  });

  test('its own welcome is how it greets', async () => {
    const welcome = { message: 'All aboard, {name}!', description: 'Where to?', isDefault: false };
    const { text } = await ask('hi', { agent: { ...agent, welcome }, context: { name: 'Ada' } });
    expect(text()).toMatch(/^All aboard, Ada!\n\nWhere to\?\n\nYou can ask me/);
  });

  test('a greeting with a question in it is a question', async () => {
    expect((await ask('Hello, may I bring a large dog?')).text()).toContain('Large dogs wear a muzzle');
    expect((await ask('Thanks. And what do children pay?')).text()).toContain('Children under six');
  });
});

describe('context variables', () => {
  const declaring = { ...agent, contextVariables: ['clientID', 'wxo_email_id', 'tick`ed'] };

  test.each([
    'what context variables do you accept?',
    'Which context variables do you know',
    'show me your variables',
    'What are the values of your context variables?',
  ])('%s', async (question) => {
    const { text } = await ask(question, { agent: declaring, context: { clientID: '865511', 'tick`ed': { a: '`' } } });
    expect(text()).toBe(
      'I accept these context variables. Beside each stands the value that came with your message:\n\n' +
        '- `clientID`: `865511`\n- `wxo_email_id`: not set\n- `` tick`ed ``: `` {"a":"`"} ``',
    );
  });

  test('how they work is looked up, and so is everything when there are none', async () => {
    expect((await ask('How do I pass context variables?', { agent: declaring })).steps).toHaveLength(1);
    expect((await ask('what context variables do you accept?')).steps).toHaveLength(1);
    expect(
      (await ask('what context variables do you accept?', { agent: { ...declaring, contextAccess: false } })).steps,
    ).toHaveLength(1);
  });
});
