import { generateKeyPair } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Command, Option } from 'commander';
import { addTarget, connected, type Target } from '../../connect.ts';
import { EXIT, type ExitCode } from '../../exit-codes.ts';
import { Failure } from '../../failure.ts';
import { examples, type Host } from '../../host.ts';
import { type Io, note, print, printJson } from '../../io.ts';
import { keyRegistry } from '../../keys/registry.ts';
import { PAGE, SIGNERS, type Signing } from '../../keys/signers.ts';

export interface NewOptions extends Target {
  readonly channel: string;
  readonly type: keyof typeof TYPES;
  /** Where the private key goes. Default: `clew-<channel>.key.pem`. */
  readonly out?: string;
  /** Whether the channel is then for signed users only. */
  readonly enable: boolean;
  /** The framework that a signer is printed for; absent: all. */
  readonly for?: string;
  readonly json: boolean;
}

/** Keys of each type have one algorithm. */
const TYPES = { rsa: 'RS256', ec: 'ES256', ed25519: 'EdDSA' } as const;

export function newCommand(host: Host): Command {
  const command = new Command('new')
    .summary('Make a key pair for signing the users of a page, and register it')
    .description(
      'Makes a key pair for the site that embeds the chat. The public key is registered beside those that there are; the private one is written to a file, which only you can read, and is not kept anywhere else.',
    )
    .option('--channel <name>', 'Channel that the key is for.', 'default')
    .addOption(new Option('--type <type>', 'Type of the key.').choices(Object.keys(TYPES)).default('rsa'))
    .option('--out <file>', 'Where the private key goes. (default: clew-<channel>.key.pem)')
    .option('--enable', 'Take signed users only from now on.')
    .addOption(new Option('--for <framework>', 'Print the signer for this one only.').choices(Object.keys(SIGNERS)))
    .option('--json', 'Print what was made as JSON.');
  return addTarget(command)
    .addHelpText(
      'after',
      examples(
        ['clew keys new --enable', 'signed users only, from now on'],
        ['clew keys new --channel site --for django', 'another channel, and the code for Django'],
      ),
    )
    .action(({ enable = false, json = false, ...flags }: Omit<NewOptions, 'enable' | 'json'> & Partial<NewOptions>) =>
      host.end(makeKey({ ...flags, enable, json }, host.io)),
    );
}

export function makeKey(options: NewOptions, io: Io): Promise<ExitCode> {
  const { channel, type, enable, json, ...target } = options;
  const file = resolve(io.cwd, options.out ?? `clew-${channel}.key.pem`);
  return connected(target, io, async (connection) => {
    const registry = keyRegistry(connection);
    const before = await registry.security(channel);
    const pair = await makePair(type);
    keep(file, pair.privateKey);
    const known = before.client_public_keys.map(({ public_key }) => public_key);
    const after = await registry.setSecurity(channel, {
      client_public_keys: [pair.publicKey, ...known],
      ...(enable ? { is_security_enabled: true } : {}),
    });
    const serverKey = after.public_key ?? (await registry.makeServerKey());
    const kid = after.client_public_keys[0]?.kid ?? '';
    const shown = relative(io.cwd, file);
    if (json) {
      printJson(io, {
        channel,
        kid,
        alg: TYPES[type],
        private_key_file: shown,
        server_public_key: serverKey,
        is_security_enabled: after.is_security_enabled,
      });
      return EXIT.ok;
    }
    tell({ file: shown, alg: TYPES[type], kid }, options, io);
    if (known.length > 0)
      note(
        io,
        `${known.length + 1} keys are registered. "clew keys revoke" takes an old one away once no site signs with it.`,
      );
    if (!after.is_security_enabled) {
      note(
        io,
        `Signed users are not required yet: set "mode: signed" for the channel ${channel} in clew.config.yaml, or add --enable.`,
      );
    }
    return EXIT.ok;
  });
}

const generate = promisify(generateKeyPair);

async function makePair(type: NewOptions['type']): Promise<{ publicKey: string; privateKey: string }> {
  const { publicKey, privateKey } = await (type === 'ec'
    ? generate('ec', { namedCurve: 'P-256' })
    : type === 'ed25519'
      ? generate('ed25519')
      : generate('rsa', { modulusLength: 2_048 }));
  return {
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

function keep(file: string, privateKey: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, privateKey, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new Failure(
      EXIT.unusable,
      `${file} exists already. Name another file with --out: a key is not written over.`,
    );
  }
}

function tell(signing: Signing, { channel, for: framework }: NewOptions, io: Io): void {
  const { style } = io;
  note(
    io,
    `${io.styleErr.green('✓')} The private key is in ${signing.file}. Keep it out of the repository and off the page.`,
  );
  note(
    io,
    `${io.styleErr.green('✓')} The public key is registered for the channel ${channel} as ${signing.kid} (${signing.alg}).\n`,
  );
  for (const [word, { title, write }] of Object.entries(SIGNERS)) {
    if (framework !== undefined && framework !== word) continue;
    print(io, style.bold(`── ${title} ──`));
    print(io, `${write(signing)}\n`);
  }
  print(io, PAGE);
}
