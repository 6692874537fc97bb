/** What a tenant's templates say of it: one flat set of variables. */
import { applyDecorators } from '@nestjs/common';
import { ValidateBy } from 'class-validator';
import { JsonObject } from '../../kernel/index.js';

export type Brand = Readonly<Record<string, string | number | boolean>>;

/** A regular expression, also of PostgreSQL: whether a text may read the branding. */
export const BRAND_USE = String.raw`(^|[^\w.])brand\s*[.[]`;

const VARIABLES = 100;
const NAME = /^[a-z]\w{0,63}$/i;
const LONGEST = 2_000;

/** The variables, required. */
export const BrandVariables = (): PropertyDecorator =>
  applyDecorators(
    JsonObject({
      description: `What \`{{ brand.name }}\` stands for in templates: at most ${VARIABLES} texts, numbers and booleans`,
      example: { name: 'Riverside Festivals', logoUrl: 'https://img.example/logo.png', color: '#0b7a75' },
    }),
    ValidateBy(
      { name: 'brandVariables', validator: { validate: isBrand } },
      {
        message: `$property must hold at most ${VARIABLES} texts of at most ${LONGEST} characters, numbers or booleans, by names of letters, digits and _`,
      },
    ),
  );

function isBrand(variables: unknown): boolean {
  const entries = Object.entries(variables ?? {});
  const isOne = ([name, value]: [string, unknown]): boolean =>
    NAME.test(name) &&
    (typeof value === 'string' ? value.length <= LONGEST : ['number', 'boolean'].includes(typeof value));
  return entries.length <= VARIABLES && entries.every(isOne);
}
