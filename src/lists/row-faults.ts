/** Faults of one row of an import. The codes are stable; no sentence quotes the row. */

export const FAULTS = {
  no_address: 'The row has no address: fill in its email address or phone number',
  invalid_address:
    'This is no address: send an email address such as ana@example.com, or a phone number with its country code, such as +15551234567',
  ambiguous_address:
    'The phone number may be another person’s with a plus in front: give it plus and country code, such as +491713920001',
  rounded_number:
    'The phone number was rounded by a spreadsheet, as in 4.9E+11: format its column as text, and export it again',
  unclear_consent: 'The row says neither yes nor no: write opted_in or opted_out, or leave it empty',
  no_consent: 'The row does not say what was decided: write opted_in or opted_out',
  no_consent_time:
    'The row says yes and not since when: give the time of the decision, so that it overturns no newer opt-out',
  no_source: 'The row does not say where it was decided',
  no_reason: 'The row does not say why the address is not to be written to',
  unclear_reason:
    'The row does not say why in a word that we know: write hard_bounce, complaint, invalid_address, soft_bounce or manual. Who unsubscribed belongs in a list of consent',
  unclear_channel: 'The row names no channel of ours: write email, sms, whatsapp or voice',
  unclear_time: 'This is no time that we can read: write one such as 2026-11-21T18:00:00Z',
  ambiguous_time: 'The date can be read two ways: write it as 2026-11-21, or say dateOrder=day-first or month-first',
  time_in_future: 'The time of the decision is in the future',
  evidence_too_large: 'The evidence is larger than 4,096 bytes of JSON',
  line_too_long: 'The row is longer than 64 KB: shorten it',
  not_utf8:
    'The row is not in the encoding of the list: save the file as UTF-8, or name its encoding, as in Content-Type: text/csv; charset=windows-1252',
  column_count: 'The row has not as many columns as the first line: check for stray separators and quotes',
  bad_quotes: 'A quote stands in the middle of a value: put the whole value in quotes, and double the quotes within it',
  unclosed_quote: 'A quote is opened here and not closed: close it, or double it if it is part of the value',
  malformed_json: 'The row is no well-formed JSON',
  not_an_object: 'The row is no JSON object: send one such as {"email": "ana@example.com"}',
  invalid_attributes: 'The attributes are no JSON object, or hold the name __proto__',
  attributes_too_deep: 'The attributes are nested more than 8 levels deep',
  attributes_too_large: 'The attributes are larger than 16 KB of JSON',
  bad_characters: 'The attributes hold a NUL character or broken Unicode',
  list_not_closed: 'The body ends within its list: it may have been cut off',
} as const;
export type FaultCode = keyof typeof FAULTS;
export const FAULT_CODES = Object.keys(FAULTS) as FaultCode[];
