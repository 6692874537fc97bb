/** A template is its key; its content is in its versions, which never change. */
import { defineEntity, p } from '@mikro-orm/core';
import type { AttachmentRef } from '../files/index.js';
import type { Category } from '../tenants/index.js';
import type { PinnedPart } from './parts/part-store.js';
import type { SpeechOptions } from './speech.js';
import type { Brand } from './branding/branding.fields.js';
import type { TemplateChannel } from './template-source.js';
import type { OwnTexts, TranslationBody } from './templates.dto.js';

const TemplateSchema = defineEntity({
  name: 'Template',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    tenantId: p.uuid(),
    key: p.text(),
    channel: p.text().$type<TemplateChannel>(),
    category: p.text().$type<Category>(),
    currentVersion: p.integer().default(1),
    createdAt: p.datetime().defaultRaw('now()'),
    updatedAt: p
      .datetime()
      .defaultRaw('now()')
      .onUpdate(() => new Date()),
  },
});

export class Template extends TemplateSchema.class {}
TemplateSchema.setClass(Template);

const TemplateVersionSchema = defineEntity({
  name: 'TemplateVersion',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    templateId: p.uuid(),
    tenantId: p.uuid(),
    version: p.integer(),
    subject: p.text().nullable(),
    html: p.text().nullable(),
    text: p.text().nullable(),
    body: p.text().nullable(),
    mediaUrls: p.array().$type<string[]>().nullable(),
    contentSid: p.text().nullable(),
    contentVariables: p.json<Record<string, string>>().nullable(),
    speech: p.json<SpeechOptions>().nullable(),
    fallback: p.array().$type<string[]>().nullable(),
    language: p.text().nullable(),
    translations: p.json<TranslationBody[]>().nullable(),
    brand: p.json<Brand>().nullable(),
    layout: p.text().nullable(),
    parts: p.json<readonly PinnedPart[]>().nullable(),
    source: p.json<OwnTexts>().nullable(),
    restoredFrom: p.integer().nullable(),
    attachments: p.json<AttachmentRef[]>().nullable(),
    createdAt: p.datetime().defaultRaw('now()'),
    createdBy: p.text(),
  },
});

export class TemplateVersion extends TemplateVersionSchema.class {}
TemplateVersionSchema.setClass(TemplateVersion);
