/** What emails carry: files that are uploaded once, copies, answers to another address, and headers. */
import type { Response } from 'superagent';
import { PurgeFilesSchedule } from '../../src/files/purge-files.schedule.js';
import { act, draft, emptyAudience, whenState } from '../campaigns/campaign.support.js';
import { until } from '../../harness/until.js';
import { email, read, send, sendAll, whenEnded, whenStatus } from '../support/messages.js';
import { newMailbox } from '../support/people.js';
import { allReported, recordOf } from '../support/sandbox.js';
import { newSender, newVenue } from '../support/senders.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { pdf, picture, sha256, upload } from './files.js';

const EMAIL_PROVIDERS = ['ses', 'sendgrid', 'resend'] as const;

let app: TestApp;
let tenant: Tenant;
/** A venue of each provider. */
const venues: Record<string, string> = {};
beforeAll(async () => {
  app = await openTestApp();
  tenant = await app.tenant();
  for (const provider of EMAIL_PROVIDERS) {
    const venueId = await newVenue(app, tenant);
    await newSender(app, tenant, { venueId, channel: 'email', address: `box@${provider}.example`, provider });
    venues[provider] = venueId;
  }
});
afterAll(() => app.close());

const refused = async (input: object): Promise<object> => {
  const { status, body } = await app.as(tenant).post('/api/messages').send(email(input));
  const { code, errors = [] } = body as { code: string; errors?: { path: string }[] };
  return { status, code, field: errors[0]?.path };
};

describe('A file', () => {
  test('is uploaded once: the same content and name is the same file, and another name the same content', async () => {
    const content = pdf();
    const first = await upload(app, tenant, 'ticket.pdf', content);
    expect(first).toMatchObject({
      name: 'ticket.pdf',
      mediaType: 'application/pdf',
      sha256: sha256(content),
      bytes: content.length,
    });
    const other = await upload(app, tenant, 'copy.pdf', content);
    expect(await upload(app, tenant, 'ticket.pdf', content)).toMatchObject({ id: first.id });
    expect(other.id).not.toBe(first.id);
    const stored = await app.database.query(`select from file_content where digest = $1`, [first.sha256]);
    expect(stored).toHaveLength(1);

    const got = await app.as(tenant).get(`/api/files/${first.id}/content`).buffer(true).parse(bytes).expect(200);
    expect(sha256(got.body as Buffer)).toBe(first.sha256);
    expect(got.headers['content-disposition']).toBe("attachment; filename*=UTF-8''ticket.pdf");
    const { body } = await app.as(tenant).get('/api/files').query({ limit: 2 }).expect(200);
    expect((body as { items: object[] }).items).toMatchObject([{ id: other.id }, { id: first.id }]);
  });

  test.each([
    [
      'a program',
      'ticket.pdf',
      Buffer.from('MZ\u0090\u0000\u0003'.padEnd(200, '\u0000'), 'latin1'),
      'file_type_refused',
    ],
    ['a page', 'ticket.txt', Buffer.from('<!doctype html><script>1</script>'), 'file_type_refused'],
    [
      'a drawing with scripts',
      'logo.txt',
      Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"></svg>'),
      'file_type_refused',
    ],
    ['a picture named as a PDF', 'ticket.pdf', picture(), 'file_name_mismatch'],
    ['a text named as a PDF', 'ticket.pdf', Buffer.from('Row 7'), 'file_name_mismatch'],
    ['nothing', 'ticket.pdf', Buffer.alloc(0), 'file_empty'],
    ['more than 20 MiB', 'ticket.pdf', pdf(20 * 1024 * 1024), 'body_too_large'],
    ['what is named with a path', '../ticket.pdf', pdf(), 'invalid_request'],
    ['what is named in two lines', 'a\r\nb.pdf', pdf(), 'invalid_request'],
  ])('is refused that is %s', async (_, name, content, code) => {
    const { body } = await app
      .as(tenant)
      .post('/api/files')
      .query({ name })
      .set('content-type', 'application/pdf')
      .send(content);
    expect(body).toMatchObject({ code });
  });

  test.each([
    ['seats.csv', Buffer.from('row,seat\n7,ä\n'), 'text/csv'],
    ['hours.txt', Buffer.from('Doors at 19:00'), 'text/plain'],
    ['show.ics', Buffer.from('BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n'), 'text/calendar'],
    ['pass.pkpass', zipOf('pass.json'), 'application/vnd.apple.pkpass'],
  ])('named %s is known for what it is', async (name, content, mediaType) => {
    expect(await upload(app, tenant, name, content)).toMatchObject({ mediaType });
  });

  test('of a pass without a pass in it is refused', async () => {
    const { body } = await app
      .as(tenant)
      .post('/api/files?name=a.pkpass')
      .type('application/octet-stream')
      .send(zipOf('run.exe'));
    expect(body).toMatchObject({ code: 'file_type_refused' });
  });
});

describe('A link to a file', () => {
  const linked = async (id: string, more: object = {}): Promise<{ url: string; expiresAt: string }> =>
    (await app.as(tenant).post(`/api/files/${id}/link`).send(more).expect(201)).body as {
      url: string;
      expiresAt: string;
    };
  const opened = async (url: string): Promise<{ status: number; headers: Headers; body: Buffer }> => {
    const answer = await fetch(url);
    return { status: answer.status, headers: answer.headers, body: Buffer.from(await answer.arrayBuffer()) };
  };

  test('gives a pass as a phone opens it, and anything else as a download', async () => {
    const [pass, map] = [zipOf('pass.json'), pdf()];
    const ids = [await upload(app, tenant, 'Änne.pkpass', pass), await upload(app, tenant, 'map.pdf', map)];
    const [first, second] = [await linked(ids[0]?.id ?? ''), await linked(ids[1]?.id ?? '')];
    const days = (Date.parse(first.expiresAt) - Date.now()) / 86_400_000;
    expect(days).toBeCloseTo(90, 0);
    const shown = await opened(first.url);
    expect([shown.status, shown.headers.get('content-type'), shown.body.equals(pass)]).toEqual([
      200,
      'application/vnd.apple.pkpass',
      true,
    ]);
    expect(shown.headers.get('content-disposition')).toBe("inline; filename*=UTF-8''%C3%84nne.pkpass");
    expect(shown.headers.get('cache-control')).toBe('private, no-store');
    const got = await opened(second.url);
    expect(got.headers.get('content-disposition')).toBe("attachment; filename*=UTF-8''map.pdf");
    expect(sha256(got.body)).toBe(sha256(map));
  });

  test('leads to nothing when it has ended, is changed, or its file was deleted; until then the file is kept', async () => {
    const { id } = await upload(app, tenant, 'plan.pdf', pdf());
    const expiresAt = new Date(Date.now() + 2_000).toISOString();
    const [brief, long] = [await linked(id, { expiresAt }), await linked(id)];
    await app.database.query(`update file set uploaded_at = '2020-01-01', used_at = null where id = $1`, [id]);
    await app.nest.get(PurgeFilesSchedule).purge();
    expect((await opened(long.url)).status).toBe(200);
    expect(
      (
        await until(async () => {
          const answer = await opened(brief.url);
          return answer.status !== 200 && answer;
        })
      ).status,
    ).toBe(410);
    expect((await opened(`${long.url.slice(0, -9)}AAAAAAAA${long.url.slice(-1)}`)).status).toBe(404);
    await app.database.query(`update file set linked_until = now() where id = $1`, [id]);
    await app.nest.get(PurgeFilesSchedule).purge();
    expect((await opened(long.url)).status).toBe(404);
    const other = await app.tenant();
    await app.as(other).post(`/api/files/${id}/link`).send({}).expect(404);
    const late = { expiresAt: new Date(Date.now() + 500 * 86_400_000).toISOString() };
    const { id: kept } = await upload(app, tenant, 'kept.pdf', pdf());
    const { body } = await app.as(tenant).post(`/api/files/${kept}/link`).send(late).expect(400);
    expect(body).toMatchObject({ code: 'link_too_long', errors: [{ path: 'expiresAt' }] });
  });
});

describe('A file that nobody refers to', () => {
  const LAST_MONTH = "date_trunc('month', now() at time zone 'utc') at time zone 'utc' - interval '1 second'";
  const whenUploaded = (ids: readonly string[], used: string): Promise<object[]> =>
    app.database.query(`update file set uploaded_at = '2020-01-01', used_at = ${used} where id = any($1)`, [ids]);
  const kept = async (id: string): Promise<boolean> => (await app.as(tenant).get(`/api/files/${id}`)).status === 200;

  test('is deleted after 30 days, its content with its last name', async () => {
    const content = pdf();
    const [one, other] = [await upload(app, tenant, 'a.pdf', content), await upload(app, tenant, 'b.pdf', content)];
    const contents = (): Promise<object[]> =>
      app.database.query(`select from file_content where digest = $1`, [one.sha256]);
    await whenUploaded([one.id], 'null');
    await app.nest.get(PurgeFilesSchedule).purge();
    expect([await kept(one.id), await kept(other.id), (await contents()).length]).toEqual([false, true, 1]);
    await whenUploaded([other.id], 'null');
    await app.nest.get(PurgeFilesSchedule).purge();
    expect([await kept(other.id), (await contents()).length]).toEqual([false, 0]);
  });

  test('is kept while there are messages of the month in which one carried it', async () => {
    const used = await upload(app, tenant, 'used.pdf', pdf());
    await whenUploaded([used.id], LAST_MONTH);
    await app.nest.get(PurgeFilesSchedule).purge();
    expect(await kept(used.id)).toBe(true);
    await whenUploaded([used.id], "'2020-01-15'"); // of that month the ledger has nothing
    await app.nest.get(PurgeFilesSchedule).purge();
    expect(await kept(used.id)).toBe(false);
  });
});

describe.each(EMAIL_PROVIDERS)('An email through %s', (provider) => {
  test('carries its files byte for byte, and its pictures within the HTML', async () => {
    const [ticket, logo] = [pdf(150_000), picture()];
    const files = [
      await upload(app, tenant, 'Ticket für Änne.pdf', ticket),
      await upload(app, tenant, 'logo.png', logo),
    ];
    const to = newMailbox();
    const id = await send(
      app,
      tenant,
      email({
        to,
        venueId: venues[provider],
        content: { subject: 'Your ticket', html: '<img src="cid:logo"><p>See you</p>' },
        attachments: [{ id: files[0]?.id }, { id: files[1]?.id, contentId: 'logo' }],
      }),
    );
    await whenStatus(app, tenant, id, 'delivered');
    const [taken, ...more] = await recordOf(app, to);
    expect(more).toEqual([]);
    expect(taken).toMatchObject({
      provider,
      messageId: id,
      attachments: [
        { name: 'Ticket für Änne.pdf', mediaType: 'application/pdf', bytes: ticket.length, sha256: sha256(ticket) },
        { name: 'logo.png', mediaType: 'image/png', sha256: sha256(logo), contentId: 'logo' },
      ],
    });
    expect(taken?.attachments?.[0]).not.toHaveProperty('contentId');
  });

  test('is one of many of which each carries its own, and nobody gets another’s', async () => {
    const own = await Promise.all([1, 2, 3].map((row) => upload(app, tenant, `row-${row}.pdf`, pdf())));
    const people = [...own, undefined, undefined].map((file) => ({ to: newMailbox(), file }));
    const ids = await sendAll(
      app,
      tenant,
      people.map(({ to, file }) =>
        email({ to, venueId: venues[provider], ...(file && { attachments: [{ id: file.id }] }) }),
      ),
    );
    for (const id of ids) await whenStatus(app, tenant, id, 'delivered');
    for (const { to, file } of people) {
      const taken = await recordOf(app, to);
      expect(taken.map(({ attachments }) => attachments?.map((one) => one.sha256))).toEqual([file && [file.sha256]]);
    }
  });

  test('has copies, an address for answers and headers, and only what happens to the recipient counts', async () => {
    const [to, parent, archive] = [newMailbox(), newMailbox(), newMailbox()];
    const id = await send(
      app,
      tenant,
      email({
        to,
        venueId: venues[provider],
        replyTo: 'Box@Venue.example',
        cc: [parent, to.toUpperCase()],
        bcc: [archive, parent],
        headers: [
          { name: 'X-Order-Kind', value: 'season' },
          { name: 'References', value: '<1@venue.example>' },
        ],
      }),
    );
    await whenStatus(app, tenant, id, 'delivered');
    await until(() => allReported(app));
    const taken = [...(await recordOf(app, to)), ...(await recordOf(app, parent)), ...(await recordOf(app, archive))];
    expect(taken).toHaveLength(3);
    for (const one of taken) {
      expect(one).toMatchObject({
        messageId: id,
        replyTo: 'box@venue.example',
        cc: [parent],
        bcc: [archive],
        headers: { 'X-Order-Kind': 'season', References: '<1@venue.example>' },
      });
    }
    const { status, events } = await read(app, tenant, id);
    expect([status, events.filter(({ kind }) => kind === 'delivered').length]).toEqual(['delivered', 1]);
  });

  test('is refused at once with more than it carries', async () => {
    const big = await Promise.all([1, 2].map((one) => upload(app, tenant, `big-${one}.pdf`, pdf(15 * 1024 * 1024))));
    const attachments = big.map(({ id }) => ({ id }));
    expect(await refused({ venueId: venues[provider], attachments })).toEqual({
      status: 422,
      code: 'attachments_too_large',
      field: 'attachments',
    });
    const before = await app.database.query(`select from message where tenant_id = $1 and mail is not null`, [
      tenant.id,
    ]);
    expect(before.length).toBeGreaterThan(0);
  });
});

describe('A template with files', () => {
  const publish = (key: string, attachments: object[], more: object = {}): Promise<{ status: number; body: unknown }> =>
    app
      .as(tenant)
      .post('/api/templates')
      .send({
        key,
        channel: 'email',
        category: 'transactional',
        subject: 'Hi',
        html: '<img src="cid:logo">',
        attachments,
        ...more,
      });

  test('has every email of a campaign carry them, and a message its own too', async () => {
    const [logo, terms, ticket] = [
      await upload(app, tenant, 'logo.png', picture()),
      await upload(app, tenant, 'terms.pdf', pdf()),
      await upload(app, tenant, 'ticket.pdf', pdf()),
    ];
    const attachments = [{ id: logo.id, contentId: 'logo' }, { id: terms.id }];
    expect(await publish('with-files', attachments)).toMatchObject({ status: 201, body: { attachments } });

    const people = [newMailbox(), newMailbox(), newMailbox()];
    const audienceId = await emptyAudience(app, tenant);
    await app
      .as(tenant)
      .post(`/api/audiences/${audienceId}/contacts`)
      .send({ contacts: people.map((address) => ({ address })) })
      .expect(200);
    const { id: campaignId } = await draft(app, tenant, { channel: 'email', templateKey: 'with-files', audienceId });
    await act(app, tenant, campaignId, 'launch');
    await whenState(app, tenant, campaignId, 'SENT');
    const own = newMailbox();
    const id = await send(app, tenant, {
      channel: 'email',
      to: own,
      template: { key: 'with-files' },
      attachments: [{ id: ticket.id }],
    });
    await whenStatus(app, tenant, id, 'delivered');
    const carried = async (to: string): Promise<(string | undefined)[]> =>
      (await recordOf(app, to)).flatMap((one) => one.attachments?.map(({ sha256: sum }) => sum));
    for (const to of people) expect(await carried(to)).toEqual([logo.sha256, terms.sha256]);
    expect(await carried(own)).toEqual([logo.sha256, terms.sha256, ticket.sha256]);

    const { body } = await app.as(tenant).get(`/api/messages/${id}/content`).expect(200);
    expect(body).toMatchObject({
      mail: {
        attachments: [
          { name: 'logo.png', contentId: 'logo' },
          { name: 'terms.pdf' },
          { name: 'ticket.pdf', contentId: null },
        ],
        replyTo: null,
        calendar: null,
      },
    });
    expect(
      await refused({ content: undefined, template: { key: 'with-files' }, attachments: [attachments[0]] }),
    ).toMatchObject({
      code: 'content_id_taken',
      field: 'attachments[0].contentId',
    });
    await app.database.query(`update file set uploaded_at = '2020-01-01', used_at = '2020-01-15' where id = $1`, [
      terms.id,
    ]);
    await app.nest.get(PurgeFilesSchedule).purge();
    await app.as(tenant).get(`/api/files/${terms.id}`).expect(200);
  });

  test('and a campaign adds files of its own, which are kept while it may still send them', async () => {
    const [logo, flyer] = [
      await upload(app, tenant, 'logo.png', picture()),
      await upload(app, tenant, 'flyer.pdf', pdf(40_000)),
    ];
    await publish('with-logo', [{ id: logo.id, contentId: 'logo' }]);
    const audienceId = await emptyAudience(app, tenant);
    const people = [newMailbox(), newMailbox()];
    const contacts = people.map((address) => ({ address }));
    await app.as(tenant).post(`/api/audiences/${audienceId}/contacts`).send({ contacts }).expect(200);
    const attachments = [{ id: flyer.id }];
    const plan = { channel: 'email', templateKey: 'with-logo', audienceId, attachments };
    const made = await draft(app, tenant, plan);
    expect(made).toMatchObject({ attachments });
    await app.database.query(`update file set uploaded_at = '2020-01-01', used_at = '2020-01-15' where id = $1`, [
      flyer.id,
    ]);
    await app.nest.get(PurgeFilesSchedule).purge();
    const test = newMailbox();
    await app
      .as(tenant)
      .post(`/api/campaigns/${made.id}/test`)
      .send({ to: [test] })
      .expect(202);
    await act(app, tenant, made.id, 'launch');
    await whenState(app, tenant, made.id, 'SENT');
    await until(async () => (await recordOf(app, test)).length > 0);
    for (const to of [...people, test]) {
      const [mail, ...more] = await recordOf(app, to);
      expect([mail?.attachments?.map(({ sha256: sum }) => sum), more]).toEqual([[logo.sha256, flyer.sha256], []]);
    }

    const other = await draft(app, tenant, plan);
    const { body } = await app.as(tenant).patch(`/api/campaigns/${other.id}`).send({ attachments: [] }).expect(200);
    expect(body).toMatchObject({ attachments: [] });
    const unknown = [{ id: '0199f3a0-7c1e-7b3a-9d1c-2f4b6a8c0e12' }];
    const big = await Promise.all([1, 2].map((one) => upload(app, tenant, `${one}.pdf`, pdf(15 * 1024 * 1024))));
    for (const [more, code, path] of [
      [{ attachments: unknown }, 'file_not_found', 'attachments[0].id'],
      [{ attachments: [{ id: flyer.id, contentId: 'logo' }] }, 'content_id_taken', 'attachments[0].contentId'],
      [{ attachments: big.map(({ id }) => ({ id })) }, 'attachments_too_large', 'attachments'],
    ] as const) {
      const answer = await app.as(tenant).patch(`/api/campaigns/${other.id}`).send(more);
      expect(answer.body).toMatchObject({ code, errors: [{ path }] });
    }
  });

  test.each([
    ['on another channel', { channel: 'sms', subject: undefined, html: undefined, body: 'Hi' }, 'invalid_template'],
    ['that there are not', { attachments: [{ id: '0199f3a0-7c1e-7b3a-9d1c-2f4b6a8c0e12' }] }, 'file_not_found'],
  ])('%s is refused', async (_, more, code) => {
    const { id } = await upload(app, tenant, 'a.pdf', pdf());
    expect(await publish('refused', [{ id }], more)).toMatchObject({ body: { code } });
  });
});

describe('An email with a copy whose mailbox is gone', () => {
  test.each([['ses', 'bounce@simulator.amazonses.com']])(
    'through %s is delivered, and its recipient written to again',
    async (provider, copy) => {
      const to = newMailbox();
      const input = email({ to, cc: [copy], venueId: venues[provider] });
      const id = await send(app, tenant, input);
      await whenStatus(app, tenant, id, 'delivered');
      await until(() => allReported(app));
      expect(await whenEnded(app, tenant, id)).toMatchObject({ status: 'delivered' });
      await whenStatus(app, tenant, await send(app, tenant, email({ to, venueId: venues[provider] })), 'delivered');
    },
  );
});

describe('What an email may not have is refused before anything is stored', () => {
  test.each([
    [
      'a file that there is not',
      { attachments: [{ id: '0199f3a0-7c1e-7b3a-9d1c-2f4b6a8c0e12' }] },
      'file_not_found',
      'attachments[0].id',
    ],
    ['an address for answers that is none', { replyTo: 'box office' }, 'invalid_address', 'replyTo'],
    ['two addresses in one', { cc: ['a@b.example, c@d.example'] }, 'invalid_address', 'cc[0]'],
    ['an address with a header in it', { bcc: ['a@b.example\r\nX-Evil: 1'] }, 'invalid_address', 'bcc[0]'],
    [
      'a header of the service’s own',
      { headers: [{ name: 'List-Unsubscribe', value: '<https://a.example>' }] },
      'header_refused',
      'headers[0].name',
    ],
    [
      'a header that is an order to a provider',
      { headers: [{ name: 'X-SES-Configuration-Set', value: 'mine' }] },
      'header_refused',
      'headers[0].name',
    ],
    [
      'a header with another in its name',
      { headers: [{ name: 'X-A: 1\r\nBcc', value: 'x' }] },
      'header_refused',
      'headers[0].name',
    ],
    [
      'a header with another in its value',
      { headers: [{ name: 'X-A', value: '1\r\nBcc: x@y.example' }] },
      'invalid_request',
      'headers[0].value',
    ],
    [
      'a header twice',
      {
        headers: [
          { name: 'X-A', value: '1' },
          { name: 'x-a', value: '2' },
        ],
      },
      'header_refused',
      'headers[1].name',
    ],
    ['copies of marketing', { category: 'marketing', cc: ['a@b.example'] }, 'copies_refused', 'cc'],
  ])('%s', async (_, more, code, field) => {
    expect(await refused(more)).toMatchObject({ code, field });
  });

  test('a file of another tenant', async () => {
    const { id } = await upload(app, await app.tenant(), 'ticket.pdf', pdf());
    expect(await refused({ attachments: [{ id }] })).toMatchObject({ code: 'file_not_found', status: 404 });
  });

  test('a PDF within the HTML, and a picture’s name given twice', async () => {
    const [file, logo] = [await upload(app, tenant, 'a.pdf', pdf()), await upload(app, tenant, 'a.png', picture())];
    expect(await refused({ attachments: [{ id: file.id, contentId: 'a' }] })).toMatchObject({
      code: 'picture_required',
    });
    const twice = [logo, logo].map(({ id }) => ({ id, contentId: 'a' }));
    expect(await refused({ attachments: twice })).toMatchObject({
      code: 'content_id_taken',
      field: 'attachments[1].contentId',
    });
  });

  test('anything of it on another channel', async () => {
    expect(
      await refused({ channel: 'sms', to: '+4915112345678', content: { body: 'Hi' }, replyTo: 'a@b.example' }),
    ).toEqual({
      status: 400,
      code: 'mail_only',
      field: 'replyTo',
    });
  });
});

/** An archive of one empty entry. */
function zipOf(entry: string): Buffer {
  const name = Buffer.from(entry);
  const facts = Buffer.alloc(26);
  facts.writeUInt16LE(20, 0);
  facts.writeUInt16LE(name.length, 22);
  const local = Buffer.concat([Buffer.from('PK\u0003\u0004', 'latin1'), facts, name]);
  const central = Buffer.concat([
    Buffer.from('PK\u0001\u0002', 'latin1'),
    Buffer.from([20, 0]),
    facts,
    Buffer.alloc(14),
    name,
  ]);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(1, 4);
  end.writeUInt16LE(1, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(local.length, 12);
  return Buffer.concat([local, central, Buffer.from('PK\u0005\u0006', 'latin1'), end]);
}

function bytes(response: Response, done: (error: Error | null, body: Buffer) => void): void {
  const chunks: Buffer[] = [];
  const stream = response as unknown as NodeJS.ReadableStream;
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  stream.on('end', () => done(null, Buffer.concat(chunks)));
}
