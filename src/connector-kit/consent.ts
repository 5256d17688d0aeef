import type { CallContext } from './connector.ts';

/** What a holder of licenses is asked to consent to. */
export interface ConsentRequest {
  /** What the holder's device showed and the counter scanned (亮证二维码). A secret of the moment. */
  readonly shown: string;
  /** License types (证照类型代码) that shall be read. */
  readonly typeCodes: readonly string[];
}

/** How far a holder has come: has not decided, has consented, or will not. */
export type ConsentAnswer = 'WAITING' | 'GRANTED' | 'REFUSED';

/** The consent of holders (持证人授权), where a source gives licenses away only with it. */
export interface ConsentDesk {
  /** License types in one request, at most. */
  readonly typesMax: number;
  /** How long a holder has to decide, milliseconds. */
  readonly patienceMs: number;
  /**
   * Puts the request before the holder. What is begun twice is two requests.
   *
   * @returns the source's name for it, which `license.byConsent` is asked with.
   * @throws {HubError} a `SOURCE_…` fault; SOURCE_UNSUPPORTED, reason `NOT_SHOWN`, for a text that
   * no device shows now.
   */
  begin(request: ConsentRequest, call: CallContext): Promise<string>;
  /** What became of it. @throws {HubError} a `SOURCE_…` fault, which says nothing of the holder. */
  answerOf(reference: string, call: CallContext): Promise<ConsentAnswer>;
}
