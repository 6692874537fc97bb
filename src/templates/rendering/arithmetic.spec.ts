import fc from 'fast-check';
import { compile } from './compile.js';
import { render, type TemplateData } from './render.js';
import { TemplateRenderError } from '../template.errors.js';

const text = (body: string, data: TemplateData = {}) => {
  const rendered = render(compile({ channel: 'sms', body }), data);
  return rendered.kind === 'text' ? rendered.body : undefined;
};

describe('Arithmetic in a template', () => {
  test.each([
    ['1.15 | times: 100', '115'],
    ['1.15 | times: 100 | floor', '115'],
    ['0.1 | plus: 0.2', '0.3'],
    ['0.3 | minus: 0.1', '0.2'],
    ['84.05 | times: 1000000 | money: "EUR"', '€84.05'],
    ['5.5 | modulo: 0.25', '0'],
    ['tenths | sum', '0.3'],
    ['tenths | sum | times: 10', '3'],
    ['1.005 | round: 2', '1.01'],
    ['10 | divided_by: 4', '2.5'],
    ['10 | divided_by: 4, true', '2'],
    ['10 | divided_by: 5', '2'],
    ['9007199254740991 | plus: 0', '9007199254740991'],
    ['"12" | plus: "3"', '15'],
    ['"x" | plus: 1', '1'],
    ['prices | sum: "amount"', '3.3'],
  ])('%s is %s', (expression, expected) => {
    const prices = [{ amount: 1.1 }, { amount: 2.2 }];
    expect(text(`{{ ${expression} }}`, { tenths: [0.1, 0.2], prices })).toBe(expected);
  });

  test('leaves numbers of the data as they are', () => {
    expect(text('{{ n }} {{ n | abs }} {{ n | at_least: 0 }}', { n: 48.13715491234568 })).toBe(
      Array(3).fill('48.13715491234568').join(' '),
    );
  });

  test.each([
    ['100 | divided_by: n', 'divided_by needs a number other than zero'],
    ['100 | modulo: n', 'modulo needs a number other than zero'],
    ['0 | divided_by: n', 'divided_by needs a number other than zero'],
    ['100 | divided_by: "0"', 'divided_by needs a number other than zero'],
    ['100 | divided_by: "two"', 'divided_by needs a number other than zero'],
    ['100 | divided_by: n, true', 'divided_by needs a number other than zero'],
    ['100 | divided_by: n | default: 5', 'divided_by needs a number other than zero'],
    ['big | times: big', 'the result is larger than any number that can be shown'],
    ['big | plus: big', 'the result is larger than any number that can be shown'],
    ['bigs | sum', 'the result is larger than any number that can be shown'],
    ['endless', 'the result is larger than any number that can be shown'],
    ['endless | abs', 'the result is larger than any number that can be shown'],
  ])('%s is refused', (expression, reason) => {
    const big = 1.7e308;
    const data = { n: 0, big, bigs: [big, big], endless: JSON.parse('1e999') as unknown };
    const rendering = () => text(`{{ ${expression} }}`, data);
    expect(rendering).toThrow(TemplateRenderError);
    expect(rendering).toThrow(expect.objectContaining({ message: `body, line 1, column 1: ${reason}` }));
  });

  test('prints a finite decimal number, or is refused', () => {
    const number = fc.oneof(fc.double({ noNaN: true }), fc.integer(), fc.constantFrom(0, -0, 0.1, 1.15, 100));
    const filter = fc.constantFrom('plus', 'minus', 'times', 'divided_by', 'modulo');
    fc.assert(
      fc.property(number, fc.array(fc.tuple(filter, number), { minLength: 1, maxLength: 4 }), (first, steps) => {
        const data = { first, numbers: steps.map(([, operand]) => operand) };
        const chain = steps.map(([name], at) => `| ${name}: numbers[${at}]`).join(' ');
        try {
          expect(text(`{{ first ${chain} }}`, data)).toMatch(/^-?\d+(\.\d+)?(e[-+]\d+)?$/);
        } catch (error) {
          if (!(error instanceof TemplateRenderError)) throw error;
        }
      }),
    );
  });
});
