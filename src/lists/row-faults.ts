/** Faults of one row of an import. The codes are stable; no sentence quotes the row. */

export const FAULTS = {
  no_address: 'The row has no address: fill in one of address, to, email, phone',
  invalid_address:
    'This is no address: send an email address such as ana@example.com, or a phone number with its country code, such as +15551234567',
  ambiguous_address:
    'The phone number may be another person’s with a plus in front: give it plus and country code, such as +491713920001',
  rounded_number:
    'The phone number was rounded by a spreadsheet, as in 4.9E+11: format its column as text, and export it again',
  line_too_long: 'The row is longer than 64 KB: shorten it',
  not_utf8: 'The row is not in UTF-8: save the file as UTF-8',
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
