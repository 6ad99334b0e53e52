/**
 * The yardstick: a bare `node:http` server that answers like Clew, byte for byte, and does nothing else.
 *
 *   node bench/servers/reference.ts --port N [--db FILE]
 *
 * With `--db` it stores every event in SQLite before it sends it, the writes of one turn of the event loop in one transaction: the least that a server
 * can do that loses nothing. Requests: a body with `"burst N M"` gives N deltas, M a second (0: at once).
 */
import { createServer, type ServerResponse } from 'node:http';
import { DatabaseSync } from 'node:sqlite';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { port: { type: 'string' }, db: { type: 'string' } } });

const store = values.db === undefined ? undefined : openStore(values.db);

/** Stores lines, all those of one turn of the event loop in one transaction, then calls each `send`. */
function openStore(file: string): (run: number, lines: readonly string[], send: () => void) => void {
  const db = new DatabaseSync(file);
  db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
    CREATE TABLE events (run INT, seq INT, data TEXT, PRIMARY KEY (run, seq)) WITHOUT ROWID`);
  const insert = db.prepare('INSERT INTO events VALUES (?, ?, ?)');
  let waiting: { run: number; lines: readonly string[]; send: () => void }[] = [];
  let seq = 0;
  function commit(): void {
    const group = waiting;
    waiting = [];
    db.exec('BEGIN IMMEDIATE');
    for (const { run, lines } of group) {
      for (const line of lines) {
        seq += 1;
        insert.run(run, seq, line);
      }
    }
    db.exec('COMMIT');
    for (const { send } of group) send();
  }
  return (run, lines, send) => {
    if (waiting.push({ run, lines, send }) === 1) setImmediate(commit);
  };
}

let runs = 0;
const server = createServer((request, response) => {
  if (request.method === 'GET') {
    response.end('ok');
    return;
  }
  const chunks: Buffer[] = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const { message } = JSON.parse(Buffer.concat(chunks).toString()) as { message: { content: string } };
    const [, count = '7', rate = '0'] = message.content.split(' ');
    runs += 1;
    answer(response, { run: runs, count: Number(count), rate: Number(rate) });
  });
});

function answer(response: ServerResponse, { run, count, rate }: { run: number; count: number; rate: number }): void {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
  const ids = { thread_id: '0198f3c2-0000-7000-8000-00000000aaaa', run_id: '0198f3c2-0000-7000-8000-00000000bbbb' };
  let n = 0;
  const frame = (event: string, data: object) =>
    JSON.stringify({ id: `${Date.now()}-${n++}`, event, data: { ...ids, ...data } });
  const note = (key: string, text: string) =>
    frame('run.step.intermediate', { agent_display_name: 'burst', current_agent: 'burst', message: { key, text } });
  const delta = () =>
    frame('message.delta', {
      delta: { role: 'assistant', content: [{ id: '1', response_type: 'text', text: 'twenty bytes of text' }] },
    });
  const send = (lines: string[], last: boolean) => {
    const write = () => {
      const text = `${lines.join('\n')}\n`;
      if (last) response.end(text);
      else response.write(text);
    };
    if (store) store(run, lines, write);
    else write();
  };
  const head = [
    frame('run.started', { agent_id: ids.run_id }),
    frame('message.started', {}),
    note('thinkingThisThrough', 'Thinking this through…'),
  ];
  const tail = () => [
    note('wrappingUpFinalResponse', 'Wrapping up with the final response…'),
    frame('message.created', {
      message_id: ids.run_id,
      agent_id: ids.run_id,
      message: messageOf(ids, 'twenty bytes of text'.repeat(count)),
    }),
    frame('message.completed', {}),
    frame('run.completed', { agent_id: ids.run_id, context: {} }),
    frame('done', { agent_id: ids.run_id, context: {} }),
  ];
  const first = () => note('pullingEverythingTogether', 'Pulling everything together…');
  if (rate === 0) {
    send([...head, first(), ...Array.from({ length: count }, delta), ...tail()], true);
    return;
  }
  send(head, false);
  const began = performance.now();
  let sent = 0;
  const next = () => {
    send(sent === 0 ? [first(), delta()] : [delta()], false);
    sent += 1;
    if (sent === count) send(tail(), true);
    else setTimeout(next, Math.max(0, began + (sent * 1000) / rate - performance.now()));
  };
  next();
}

function messageOf(ids: object, text: string): object {
  return {
    ...ids,
    id: '060f231a-bac4-484d-9181-17e8f04e64ad',
    tenant_id: '575ef8ef-c00f-42c6-9c62-374d7f5e7ce3',
    created_by: 'f242eadf-0dc9-4eae-b2d7-65b09b4b4b16',
    created_by_username: 'local',
    created_on: '2026-02-06T16:57:07.195386Z',
    updated_at: '2026-02-06T16:57:07.195386Z',
    assistant: { is_default: true },
    parent_message_id: 'f55ce8b9-a222-4a62-9a85-70c7eed5322f',
    role: 'assistant',
    content: [{ response_type: 'text', id: '1', text }],
    mentions: null,
    document_ids: null,
    additional_properties: { display_properties: { skip_render: false, is_async: false }, is_interrupt: false },
    context: null,
    step_history: [],
    message_state: null,
  };
}

server.keepAliveTimeout = 60_000;
server.listen(Number(values.port ?? 0), '127.0.0.1');
process.on('SIGTERM', () => process.exit(0));
