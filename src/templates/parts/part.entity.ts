/** A layout or partial is its key; its content is in its versions, which never change. */
import { defineEntity, p } from '@mikro-orm/core';

export const PART_KINDS = ['layout', 'partial'] as const;
export type PartKind = (typeof PART_KINDS)[number];

const TemplatePartSchema = defineEntity({
  name: 'TemplatePart',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    tenantId: p.uuid(),
    key: p.text(),
    kind: p.text().$type<PartKind>(),
    currentVersion: p.integer().default(1),
    createdAt: p.datetime().defaultRaw('now()'),
    updatedAt: p
      .datetime()
      .defaultRaw('now()')
      .onUpdate(() => new Date()),
  },
});

export class TemplatePart extends TemplatePartSchema.class {}
TemplatePartSchema.setClass(TemplatePart);

const TemplatePartVersionSchema = defineEntity({
  name: 'TemplatePartVersion',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    partId: p.uuid(),
    tenantId: p.uuid(),
    version: p.integer(),
    html: p.text().nullable(),
    mjml: p.text().nullable(),
    text: p.text().nullable(),
    createdAt: p.datetime().defaultRaw('now()'),
    createdBy: p.text(),
  },
});

export class TemplatePartVersion extends TemplatePartVersionSchema.class {}
TemplatePartVersionSchema.setClass(TemplatePartVersion);
