/** Liquid's `blank`, which invisible characters are too. */
import { defaultOperators, Tokenizer, TypeGuards, type Context, type Operators } from 'liquidjs';
import { isBlank } from '../../kernel/plain.js';

/** liquidjs's value of the literal, which it does not export. */
const BLANK = literal('blank');

/** Liquid's operators; but a text is `== blank` if a reader would see nothing of it. */
export const BLANK_OPERATORS: Operators = {
  ...defaultOperators,
  *'=='(left: unknown, right: unknown, context: Context): Generator<unknown, boolean, unknown> {
    return isBlankText(left, right) || Boolean(yield defaultOperators['==']?.(left, right, context));
  },
  *'!='(left: unknown, right: unknown, context: Context): Generator<unknown, boolean, unknown> {
    return !isBlankText(left, right) && Boolean(yield defaultOperators['!=']?.(left, right, context));
  },
};

function isBlankText(left: unknown, right: unknown): boolean {
  const text = left === BLANK ? right : right === BLANK ? left : undefined;
  return typeof text === 'string' && isBlank(text);
}

function literal(name: string): unknown {
  const token = new Tokenizer(name).readValue();
  if (!token || !TypeGuards.isLiteralToken(token)) throw new Error(`liquidjs has no literal ${name}`);
  return token.content;
}
