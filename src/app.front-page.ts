/** The page at `/`: where everything is. Static, without scripts; the same links as JSON. */
import { createHash } from 'node:crypto';
import { VERSION } from './kernel/index.js';

export interface Link {
  readonly href: string;
  readonly title: string;
  readonly about: string;
}

const PUBLIC: readonly Link[] = [
  { href: '/docs', title: 'API documentation', about: 'every route, with examples of each request and error' },
  { href: '/docs-json', title: 'OpenAPI', about: 'the same for machines' },
  { href: '/health/ready', title: 'Health', about: 'whether the service and what it needs are well' },
  { href: '/metrics', title: 'Metrics', about: 'for Prometheus' },
];
const SANDBOX: Link = {
  href: '/sandbox/messages',
  title: 'Sandbox',
  about: 'what the simulated providers took: nothing leaves this machine',
};
/** They need a key, which a link cannot carry. */
const OPERATORS: readonly Link[] = [
  { href: '/api/desk', title: 'The operator’s desk', about: 'what is stuck, and why' },
  { href: '/api/lanes', title: 'Lanes', about: 'the queues of senders, and whether their providers answer' },
  { href: '/api/audit', title: 'Audit log', about: 'who decided what' },
];

export interface FrontPage {
  readonly name: 'Callboard';
  readonly version: string;
  readonly links: readonly Link[];
  /** Routes that need an operator's key. */
  readonly operators: readonly Link[];
}

/** The links of a deployment. */
export const frontPage = (hasSandbox: boolean): FrontPage => ({
  name: 'Callboard',
  version: VERSION,
  links: hasSandbox ? [...PUBLIC, SANDBOX] : PUBLIC,
  operators: OPERATORS,
});

const STYLE = `
:root { color-scheme: light dark; font: 1.05rem/1.6 system-ui, sans-serif; }
body { max-width: 44rem; margin: 3rem auto; padding: 0 1.25rem; }
h1 { margin-bottom: 0; }
h2 { margin-top: 2.5rem; font-size: 1.1rem; }
li { margin: 0.4rem 0; }
`;

/** Nothing is loaded, run, framed or posted; the one style is named by its hash. */
export const SECURITY_POLICY = [
  `default-src 'none'`,
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  `base-uri 'none'`,
  `form-action 'none'`,
  `frame-ancestors 'none'`,
].join('; ');

/** The page as HTML. All of it is our own text, so nothing is escaped. */
export const asHtml = ({ name, version, links, operators }: FrontPage): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${name}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${name}</h1>
<p>The message desk of a multi-tenant event platform, version ${version}.</p>
<nav aria-label="Pages">
<ul>
${links.map(({ href, title, about }) => `<li><a href="${href}">${title}</a>: ${about}</li>`).join('\n')}
</ul>
</nav>
<section aria-labelledby="operators">
<h2 id="operators">For operators</h2>
<p>These need a key, as <code>Authorization: Bearer &lt;key&gt;</code>.</p>
<ul>
${operators.map(({ href, title, about }) => `<li><code>GET ${href}</code> ${title}: ${about}</li>`).join('\n')}
</ul>
</section>
</main>
</body>
</html>
`;

/** Whether an Accept header prefers JSON to HTML: by quality, then by the more specific range (RFC 9110, 12.5.1). */
export function prefersJson(accept: string): boolean {
  const [json, html] = [preference(accept, 'application/json'), preference(accept, 'text/html')];
  return json.quality > html.quality || (json.quality === html.quality && json.precision > html.precision);
}

function preference(accept: string, type: string): { quality: number; precision: number } {
  const ranges = [type, `${type.split('/', 1).join('')}/*`, '*/*'];
  const given = accept.split(',').map((text) => {
    const [range = '', ...parameters] = text
      .toLowerCase()
      .trim()
      .split(/\s*;\s*/);
    const quality = Number(/^q=(.*)$/.exec(parameters.find((one) => one.startsWith('q=')) ?? 'q=1')?.[1]);
    return {
      quality: Number.isNaN(quality) ? 0 : quality,
      precision: -ranges.indexOf(range),
      isKnown: ranges.includes(range),
    };
  });
  const [best] = given.filter(({ isKnown }) => isKnown).toSorted((one, other) => other.precision - one.precision);
  return best ?? { quality: 0, precision: -ranges.length };
}
