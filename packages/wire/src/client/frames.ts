import type { Frame } from '../orchestrate/frame.ts';
import { ApiError } from './error.ts';

/** The heartbeat of the server's own streams comes every 15 s. */
const SILENCE_MS = 45_000;

/**
 * The frames of a stream, in either framing: bare JSON lines, or server-sent events. Blank lines, comments, other fields, `[DONE]` and whatever is
 * not a frame are passed over, as different servers send them. Ends with the body; throws `ApiError` (`stream_lost`) when that breaks.
 *
 * A stream of server-sent events that says nothing for `silenceMs`, not even a comment, is taken for broken and ended. Bare lines have no
 * heartbeat, so that silence means nothing there.
 */
export async function* readFrames(
  response: Response,
  silenceMs: number = SILENCE_MS,
): AsyncGenerator<Frame, void, undefined> {
  const reader = response.body?.getReader();
  if (!reader) return;
  const decoder = new TextDecoder();
  let rest = '';
  let beats = false;
  let alarm: ReturnType<typeof setTimeout> | undefined;
  try {
    for (;;) {
      if (beats) alarm = setTimeout(() => void reader.cancel().catch(() => {}), silenceMs);
      const { done, value } = await reader.read();
      clearTimeout(alarm);
      const lines = (rest + decoder.decode(value, { stream: !done })).split('\n');
      rest = done ? '' : (lines.pop() as string);
      for (const line of lines) {
        beats ||= line.startsWith(':') || line.startsWith('id:');
        const frame = parseLine(line);
        if (frame) yield frame;
      }
      if (done) return;
    }
  } catch (cause) {
    throw new ApiError('stream_lost', 'The connection to the server broke.', { cause });
  } finally {
    clearTimeout(alarm);
    await reader.cancel().catch(() => {});
  }
}

/** The frame on a line, if there is one. */
export function parseLine(line: string): Frame | undefined {
  let text = line.trim();
  if (text.startsWith('data:')) text = text.slice('data:'.length).trim();
  if (!text.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof (value as Frame).event === 'string' ? (value as Frame) : undefined;
  } catch {
    return undefined;
  }
}
