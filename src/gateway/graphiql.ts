import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import type { FastifyInstance } from 'fastify';

const require = createRequire(import.meta.url);

/** A file of an installed package, wherever it is installed. */
function fileOf(packageName: string, ...path: readonly string[]): string {
  return join(dirname(require.resolve(`${packageName}/package.json`)), ...path);
}

const SCRIPT = 'text/javascript; charset=utf-8';

/** Everything the page loads, and nothing else of the packages is served. */
const FILES = [
  { name: 'react.js', type: SCRIPT, of: ['react', 'umd', 'react.production.min.js'] },
  { name: 'react-dom.js', type: SCRIPT, of: ['react-dom', 'umd', 'react-dom.production.min.js'] },
  { name: 'graphiql.js', type: SCRIPT, of: ['graphiql', 'graphiql.min.js'] },
  { name: 'graphiql.css', type: 'text/css; charset=utf-8', of: ['graphiql', 'graphiql.min.css'] },
] as const;

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>Hecha GraphiQL</title>
    <link rel="stylesheet" href="/graphiql/graphiql.css" />
    <link rel="stylesheet" href="/graphiql/page.css" />
  </head>
  <body>
    <div id="graphiql">Loading…</div>
    <script src="/graphiql/react.js"></script>
    <script src="/graphiql/react-dom.js"></script>
    <script src="/graphiql/graphiql.js"></script>
    <script src="/graphiql/page.js"></script>
  </body>
</html>
`;

const STYLE = `html, body, #graphiql { height: 100%; margin: 0; }
`;

/** A token behind the address's # never leaves the browser; it is read and taken out of sight. */
const START = `'use strict';
const token = new URLSearchParams(location.hash.slice(1)).get('token') ?? '<token>';
history.replaceState(null, '', location.pathname);
const hint = \`# Every request needs a token: put one into the tab "Headers" below, then press the
# button "Re-fetch GraphQL schema" at the lower left.
query Me {
  schemaVersion
  me {
    account
    agencyCode
    roles
  }
}
\`;
const page = React.createElement(GraphiQL, {
  fetcher: GraphiQL.createFetcher({ url: '/graphql' }),
  defaultQuery: hint,
  defaultHeaders: JSON.stringify({ authorization: 'Bearer ' + token }, null, 2),
  defaultEditorToolsVisibility: 'headers',
  isHeadersEditorEnabled: true,
  shouldPersistHeaders: false,
});
ReactDOM.createRoot(document.getElementById('graphiql')).render(page);
`;

/** Scripts and styles of this origin alone; pictures and fonts also from within the style sheet. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The GraphiQL page at /graphiql, made of installed files: it needs no other host. */
export function serveGraphiql(app: FastifyInstance): void {
  const serve = (url: string, type: string, read: () => string | Promise<Buffer>) => {
    app.get(url, async (_request, reply) =>
      reply
        .header('content-type', type)
        .header('content-security-policy', POLICY)
        .send(await read()),
    );
  };
  serve('/graphiql', 'text/html; charset=utf-8', () => PAGE);
  serve('/graphiql/page.css', 'text/css; charset=utf-8', () => STYLE);
  serve('/graphiql/page.js', SCRIPT, () => START);
  for (const { name, type, of } of FILES) {
    const [packageName, ...path] = of;
    serve(`/graphiql/${name}`, type, () => readFile(fileOf(packageName, ...path)));
  }
}
