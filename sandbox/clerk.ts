import { isObject, textAt } from './wire.ts';

/** The hub's GraphQL endpoint, and the token of the assisting agency there. */
export interface HubAddress {
  readonly url: string;
  readonly token: string;
}

/** One answer of the clerk, to one question. */
export interface ClerkAnswer {
  readonly question: string;
  readonly outcome: string;
  readonly note: string | null;
}

const REPLY = `mutation Reply($input: ReplyToAssistanceInput!) {
  replyToAssistance(input: $input) {
    request { id state }
    userErrors { code field message }
  }
}`;

const TIMEOUT_MS = 10_000;

/** Sends the reply to the hub. Null when the hub took it; otherwise why it did not. */
export async function sendReply(
  hub: HubAddress,
  reply: {
    readonly requestId: string;
    readonly answers: readonly ClerkAnswer[];
    readonly answererName: string;
    readonly asOf: string;
  },
): Promise<string | null> {
  try {
    const response = await fetch(hub.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        authorization: `Bearer ${hub.token}`,
      },
      body: JSON.stringify({ query: REPLY, variables: { input: reply } }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return judgeAnswer(response.status, await response.json());
  } catch (error) {
    // The hub may be down, slow, or not a GraphQL server: the clerk notes it and goes on.
    return error instanceof Error ? error.message : String(error);
  }
}

function judgeAnswer(status: number, json: unknown): string | null {
  const errors = isObject(json) ? json['errors'] : undefined;
  if (Array.isArray(errors) && errors.length > 0) return `errors: ${textAt(errors[0], 'message')}`;
  const data = isObject(json) ? json['data'] : undefined;
  const payload = isObject(data) ? data['replyToAssistance'] : undefined;
  const userErrors = isObject(payload) ? payload['userErrors'] : undefined;
  if (!Array.isArray(userErrors)) return `HTTP ${status} without an answer`;
  return userErrors.length === 0 ? null : `userErrors: ${textAt(userErrors[0], 'code')}`;
}
