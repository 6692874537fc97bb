/** Where the secret variables get their values: the environment, files, or a secrets manager. */
import { readFile } from 'node:fs/promises';
import type { Environment } from '../config/config.js';
import { AwsSecrets } from './aws-secrets.js';
import { AzureKeyVault } from './azure-key-vault.js';
import { UnreadableSecret, type SecretManager } from './secret-manager.js';
import { fieldOf, isReference, parseReference, type ManagerName } from './secret-reference.js';

/** The variables as they are when everything is found; `problems` are of those that could not be read, by name. */
export interface ResolvedSecrets {
  readonly env: Environment;
  readonly problems: ReadonlyMap<string, string>;
}

/** Of a secret in a file: a key, or a URL. Whatever is larger was named by mistake. */
const MOST_BYTES = 64 * 1024;
const SUFFIX = '_FILE';

export class SecretSources {
  private readonly files = new Map<string, string>();
  private readonly references = new Map<string, string>();
  private readonly given: Record<string, string | undefined>;
  private readonly conflicts = new Map<string, string>();
  private readonly managers: Readonly<Record<ManagerName, SecretManager>>;

  /** `names`: the variables that are secrets. Nothing is read yet. */
  constructor(env: Environment, names: readonly string[], managers: Partial<Record<ManagerName, SecretManager>> = {}) {
    this.managers = { 'aws-secrets': new AwsSecrets(env), 'azure-keyvault': new AzureKeyVault(), ...managers };
    this.given = { ...env };
    for (const name of names) this.sort(name);
  }

  /** Whether any secret is in a file. */
  get hasFiles(): boolean {
    return this.files.size > 0;
  }

  /** Whether a manager is asked for any. */
  get hasReferences(): boolean {
    return this.references.size > 0;
  }

  /** Reads all files, and asks the managers unless `kept` has their answers. Values are never part of a problem. */
  async resolve(kept?: ResolvedSecrets): Promise<ResolvedSecrets> {
    const env = { ...this.given };
    const problems = new Map(this.conflicts);
    const read = async (name: string, value: Promise<string>): Promise<void> => {
      try {
        env[name] = await value;
      } catch (error) {
        if (!(error instanceof UnreadableSecret)) throw error;
        problems.set(name, `${name} cannot be read: ${error.message}`);
      }
    };
    await Promise.all([
      ...[...this.files].map(([name, path]) => read(name, contentOf(name, path))),
      ...[...this.references].map(([name, text]) => read(name, this.ask(name, text, kept))),
    ]);
    return { env, problems: new Map([...problems].toSorted(([one], [other]) => one.localeCompare(other))) };
  }

  /** A blank variable counts as not set, as everywhere. */
  private sort(name: string): void {
    const [value, path] = [this.given[name]?.trim(), this.given[name + SUFFIX]?.trim()];
    delete this.given[name + SUFFIX];
    if (value && path) {
      delete this.given[name];
      this.conflicts.set(name, `${name} and ${name}${SUFFIX} are both set: unset one of them`);
    } else if (path) this.files.set(name, path);
    else if (value && isReference(value)) {
      delete this.given[name];
      this.references.set(name, value);
    }
  }

  private async ask(name: string, text: string, kept: ResolvedSecrets | undefined): Promise<string> {
    const known = kept?.env[name];
    if (known !== undefined) return known;
    const reference = parseReference(text);
    if (!reference) throw new UnreadableSecret('write aws-secrets://name#field or azure-keyvault://vault/name#field');
    const { manager, path, field } = reference;
    const secret = await this.managers[manager].read(path);
    const value = field === undefined ? secret : fieldOf(secret, field);
    if (value === undefined) throw new UnreadableSecret(`the secret is no JSON object with a text in "${field}"`);
    return notEmpty(value);
  }
}

/** Without the line break that editors and `echo` put at the end. */
async function contentOf(name: string, path: string): Promise<string> {
  try {
    const bytes = await readFile(path);
    if (bytes.length > MOST_BYTES)
      throw new UnreadableSecret(`the file of ${name}${SUFFIX} is no secret: it is too large`);
    return notEmpty(bytes.toString('utf8').replace(/\r?\n$/, ''));
  } catch (error) {
    if (error instanceof UnreadableSecret || !(error instanceof Error && 'code' in error)) throw error;
    const reason = REASONS[String(error.code)] ?? String(error.code);
    throw new UnreadableSecret(`the file of ${name}${SUFFIX} ${reason}`, { cause: error });
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EACCES: 'may not be read by this user',
  EISDIR: 'is a folder',
};

function notEmpty(value: string): string {
  if (value.trim() === '') throw new UnreadableSecret('it is empty');
  return value;
}
