import type { Config } from '../config.ts';
import { SAMPLE } from './seed.ts';

/** The question of the README, with fewer fields: it has to fit a terminal. */
export const SAMPLE_QUERY = `mutation {
  verify(
    input: {
      caseId: "${SAMPLE.transport.caseId}"
      subjectId: "${SAMPLE.transport.subjectId}"
      idempotencyKey: "my-first-question"
    }
  ) {
    verification {
      verdict {
        code
        requirements {
          label
          belief
        }
      }
    }
    userErrors {
      message
    }
  }
}`;

/** What a person has to know to begin. */
export function bannerOf(given: {
  url: string;
  tokens: Readonly<Record<string, string>>;
  config: Config;
}): string {
  const { url, tokens, config } = given;
  return `
  Hecha 核查: a demo. Its sources are simulated, its secrets are known: never use it for real people.

  GraphQL   ${url}/graphql
  GraphiQL  ${url}/graphiql#token=${tokens['COUNTER'] ?? ''}
            (with the token of role COUNTER)
  Console   ${url}/console

  Tokens    ${config.dataFolder}/demo-tokens.json, one for each role:
            ${Object.keys(tokens).join(', ')}
  Sources   ${config.dataFolder}/sandbox.json, each with a control URL that makes it fail

  Paste this into GraphiQL:

${SAMPLE_QUERY.replaceAll(/^/gm, '    ')}

  It answers: {"data":{"verify":{"verification":{"verdict":{"code":"CONFIRMED", …
`;
}
