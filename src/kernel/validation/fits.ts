/**
 * Whether an object breaks no rule of its class. class-validator (0.15) looks through the rules of all classes for each object, and
 * prepares an error for each field: it is asked only for the words of an error.
 */
import { getMetadataStorage, ValidationTypes, type MetadataStorage } from 'class-validator';

type Metadata = ReturnType<MetadataStorage['getTargetValidationMetadatas']>[number];
type Rule = (value: unknown, object: object) => boolean;

interface FieldRules {
  readonly name: string;
  /** Whether the others count. */
  readonly conditions: readonly Rule[];
  readonly rules: readonly Rule[];
}

const KNOWN = new WeakMap<object, readonly FieldRules[]>();

/** False for an object whose class has no rules. */
export function fits(object: object): boolean {
  const fields = fieldRulesOf(object.constructor);
  return fields.length > 0 && fields.every((field) => fieldFits(field, object));
}

function fieldFits({ name, conditions, rules }: FieldRules, object: object): boolean {
  const value: unknown = Reflect.get(object, name);
  const keeps = (rule: Rule): boolean => rule(value, object);
  return !conditions.every(keeps) || rules.every(keeps);
}

function fieldRulesOf(type: Function): readonly FieldRules[] {
  const known = KNOWN.get(type);
  if (known) return known;
  const all = getMetadataStorage().getTargetValidationMetadatas(type, '', false, false);
  const fields = [...Map.groupBy(all, ({ propertyName: name }) => name)].map(([name, metadata]) => ({
    name,
    conditions: metadata.filter(isCondition).map(conditionOf),
    rules: metadata.filter((one) => !isCondition(one)).flatMap(rulesOf),
  }));
  KNOWN.set(type, fields);
  return fields;
}

const isCondition = ({ type }: Metadata): boolean => type === ValidationTypes.CONDITIONAL_VALIDATION;

function conditionOf({ constraints }: Metadata): Rule {
  const [holds] = constraints as [(object: object, value: unknown) => boolean];
  return (value, object) => holds(object, value);
}

function rulesOf(metadata: Metadata): Rule[] {
  if (metadata.type === ValidationTypes.NESTED_VALIDATION) return [nestedFits];
  const { type, constraintCls: constraint, constraints, propertyName: property, each, validateIf } = metadata;
  if (type !== ValidationTypes.CUSTOM_VALIDATION || validateIf) return [() => false]; // class-validator knows more
  return getMetadataStorage()
    .getTargetValidatorConstraints(constraint)
    .map(({ instance }) => (value, object) => {
      const given = { value, object, property, constraints, targetName: object.constructor.name };
      const isKept = (one: unknown): boolean => instance.validate(one, given) === true;
      return each && Array.isArray(value) ? value.every(isKept) : isKept(value);
    });
}

const nestedFits = (value: unknown): boolean => {
  if (Array.isArray(value)) return value.every(nestedFits);
  return value === undefined || (value instanceof Object && fits(value));
};
