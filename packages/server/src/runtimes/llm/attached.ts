import { chatsWithDocs, type FilePart, type Message, type Part } from '../../model/index.ts';
import type { Attachments, Emit, StoredFile, Turn } from '../../ports/index.ts';
import { type AttachedOptions, attachFiles, inlineFile } from '../guide/attached.ts';

/** Largest picture that is sent along with a message, in bytes. */
const LARGEST_IMAGE = 5_242_880;

/**
 * The turn as a model can read it, once the files of the message can be searched: pictures that were uploaded here come inside of the message, since no
 * provider can fetch them from this server, and of other files it is said whether their text can be searched.
 */
export async function turnWithFiles(given: Turn, emit: Emit, options: AttachedOptions): Promise<Turn> {
  const { attachments } = options;
  if (!attachments) return given;
  const { turn, files } = await attachFiles(given, emit, options);
  const searches = chatsWithDocs(turn.agent);
  const unread = new Map(files?.unread.map((file) => [file.name, file.message]));

  const searchable = (name: string): Part => {
    const about = unread.get(name) ?? 'Its text can be searched.';
    return { type: 'text', text: `[The file ${name}. ${about}]` };
  };
  const inWords = async (part: Part, at: number): Promise<Part> => {
    const inline = searches && part.type === 'file' ? inlineFile(part) : undefined;
    // Small texts are read as a whole, too: a request has at most a megabyte.
    if (inline && !/^text\//i.test(inline.contentType)) return searchable(inline.name);
    if (part.type !== 'file' || part.url === undefined) return part;
    const file = await attachments.find(part.url, at);
    if (!file) return part;
    if (file.contentType.startsWith('image/')) return picture(part, file, attachments);
    if (!searches || /^(audio|video)\//.test(file.contentType)) return part;
    return searchable(file.name);
  };
  const message = async (one: Message): Promise<Message> => {
    if (one.role !== 'user' || one.parts.every(({ type }) => type === 'text')) return one;
    return { ...one, parts: await Promise.all(one.parts.map((part) => inWords(part, one.createdAt))) };
  };
  return {
    ...turn,
    input: await message(turn.input),
    inputs: await Promise.all(turn.inputs.map(message)),
    history: async (limit) => Promise.all((await turn.history(limit)).map(message)),
  };
}

async function picture(part: FilePart, file: StoredFile, attachments: Attachments): Promise<FilePart> {
  if (file.size > LARGEST_IMAGE) return part;
  const { url: _, ...rest } = part;
  const content = Buffer.from(await attachments.read(file)).toString('base64');
  return { ...rest, contentType: file.contentType, content, encoding: 'base64' };
}
