/** Which files are taken, and what a file is: told by its content, never by its name alone. */
import { isUtf8 } from 'node:buffer';
import { fileTypeFromBuffer } from 'file-type';
import type { FileFacts } from './file-facts.js';
import { FileNameMismatch, FileTypeRefused } from './files.errors.js';

/** Endings of names, by media type. None of them runs anything when it is opened. */
const ENDINGS: Readonly<Record<string, readonly string[]>> = {
  'application/pdf': ['.pdf'],
  'image/png': ['.png'],
  'image/jpeg': ['.jpg', '.jpeg'],
  'image/gif': ['.gif'],
  'image/webp': ['.webp'],
  'text/calendar': ['.ics'],
  'text/csv': ['.csv'],
  'text/plain': ['.txt'],
  'application/vnd.apple.pkpass': ['.pkpass'],
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': ['.docx'],
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': ['.xlsx'],
};

/** What phones send besides; it is kept, and not taken as an upload. */
const FROM_PHONES: Readonly<Record<string, readonly string[]>> = {
  'image/bmp': ['.bmp'],
  'image/heic': ['.heic'],
  'image/heif': ['.heif'],
  'image/tiff': ['.tif'],
  'audio/aac': ['.aac'],
  'audio/amr': ['.amr'],
  'audio/mp4': ['.m4a'],
  'audio/mpeg': ['.mp3'],
  'audio/ogg': ['.ogg'],
  'audio/x-m4a': ['.m4a'],
  'video/3gpp': ['.3gp'],
  'video/3gpp2': ['.3g2'],
  'video/mp4': ['.mp4'],
  'video/quicktime': ['.mov'],
  'text/vcard': ['.vcf'],
};

/** Texts have nothing that tells them apart but their names. */
const TEXTS = ['text/csv', 'text/plain'];
const ZIP = 'application/zip';
/** The one file that every pass has (Apple, "Creating the source for a pass"). */
const PASS = 'pass.json';

export const MEDIA_TYPES = Object.keys(ENDINGS);
/** Those of all files that there are. */
export const KEPT_TYPES = [...MEDIA_TYPES, ...Object.keys(FROM_PHONES)];

/** Pictures that every mail program shows within a text. */
export const isPicture = (mediaType: string): boolean => mediaType.startsWith('image/');

/** The media type of a file. Raises FileTypeRefused, or FileNameMismatch where the name says another. */
export async function mediaTypeOf(name: string, content: Buffer): Promise<string> {
  const mediaType = await typeOf(name, content);
  const endings = ENDINGS[mediaType ?? ''];
  if (mediaType === undefined || !endings) throw new FileTypeRefused(Object.values(ENDINGS).flat());
  if (!endings.some((ending) => name.toLowerCase().endsWith(ending))) throw new FileNameMismatch(mediaType, endings);
  return mediaType;
}

/** The media type of what somebody sent, and a name that says as much; undefined for what is not kept. */
export async function receivedTypeOf(content: Buffer): Promise<Pick<FileFacts, 'mediaType' | 'name'> | undefined> {
  const mediaType = (await typeOf('', content))?.split(';', 1)[0] ?? ''; // the type of a voice message says its codec too
  const [ending] = ENDINGS[mediaType] ?? FROM_PHONES[mediaType] ?? [];
  return ending === undefined ? undefined : { mediaType, name: stemOf(mediaType) + ending };
}

function stemOf(mediaType: string): string {
  if (isPicture(mediaType)) return 'picture';
  if (mediaType === 'text/vcard') return 'contact';
  return /^(?:audio|video)(?=\/)/.exec(mediaType)?.[0] ?? 'document';
}

async function typeOf(name: string, content: Buffer): Promise<string | undefined> {
  const found = await fileTypeFromBuffer(content);
  if (found?.mime === ZIP) return namesPass(content) ? 'application/vnd.apple.pkpass' : undefined;
  if (found) return found.mime;
  if (!isText(content)) return undefined;
  return TEXTS.find((type) => ENDINGS[type]?.some((ending) => name.toLowerCase().endsWith(ending))) ?? 'text/plain';
}

/** UTF-8 without control characters but tabs and line ends; a page is no text. */
const isText = (content: Buffer): boolean =>
  isUtf8(content) &&
  !content.some((byte) => byte < 32 && byte !== 9 && byte !== 10 && byte !== 13) &&
  !/^\s*<(!doctype|html|svg|\?xml|script)/i.test(content.subarray(0, 1_000).toString('utf8'));

/** Whether an archive's directory, at its end, has an entry of this name: signature, 42 bytes of facts, the name (ZIP, 4.3.12). */
function namesPass(archive: Buffer): boolean {
  const entry = Buffer.from('PK\u0001\u0002', 'latin1');
  for (let at = archive.indexOf(entry); at >= 0; at = archive.indexOf(entry, at + 1)) {
    if (at + 46 > archive.length) return false;
    const length = archive.readUInt16LE(at + 28);
    if (archive.subarray(at + 46, at + 46 + length).toString('utf8') === PASS) return true;
  }
  return false;
}
