/** `consent`: proofs of what people decided, verified. */
import { readFile } from 'node:fs/promises';
import { canonicalJson, verifyDocument, type Verdict, jsonIn } from '../../kernel/index.js';
import { command, type CliCommand } from '../command-line.js';
import { connect } from '../connection.js';
import { CommandFailed } from '../context.js';
import { cannotRead } from '../files.js';

const SENTENCES: Readonly<Record<Verdict, string>> = {
  valid: 'The document is what was signed.',
  altered: 'The document is not what was signed.',
  another_key: 'The document was signed by another key.',
  no_document: 'This is no signed document.',
};

const VERIFY = command({
  name: 'consent verify',
  summary: 'verifies a proof of consent, as GET /api/consent/{venueId}/{address}/proof answers it',
  details:
    'With --key it asks no service: the file has the public key in PEM, as GET /api/signing-key shows it. The exit code is 1 unless the document is what was signed.',
  arguments: { file: 'the document' },
  options: {
    key: { type: 'string', value: 'path', meaning: 'the public key; by default that of the service is asked for' },
    json: { type: 'boolean', meaning: 'the result as JSON' },
  },
  examples: ['consent verify $PROOF', 'consent verify $PROOF --key $SIGNING_KEY'],
  async run({ file, key, json }, context) {
    const document = jsonIn(await text(file));
    const publicKey =
      key === undefined
        ? (await (await connect(context)).get<{ readonly publicKey: string }>('/api/signing-key')).publicKey
        : await text(key);
    const verdict = verdictOf(document, publicKey);
    context.say(json ? canonicalJson({ verdict }) : SENTENCES[verdict]);
    return verdict === 'valid' ? 0 : 1;
  },
});

/** Raises CommandFailed for a key that is none. */
function verdictOf(document: unknown, publicKey: string): Verdict {
  try {
    return verifyDocument(document, publicKey);
  } catch (error) {
    throw new CommandFailed('The key is no public key in PEM.', { cause: error });
  }
}

async function text(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw cannotRead(path, error);
  }
}

export const CONSENT: readonly CliCommand[] = [VERIFY];
