// What a page should know of its connection.

/** Why there is no connection at the moment; it comes back by itself. */
export type Cut =
  /** The browser says that there is no network. */
  | 'offline'
  /** Nobody answers, or the connection broke. */
  | 'network'
  /** The server stops or restarts. */
  | 'restart'
  /** The token ended or was refused, and the next one is waited for. */
  | 'token'
  /** This page read too slowly. */
  | 'slow'
  /** The person has as many connections as they may. */
  | 'tooMany';

/** Why there will be none any more. */
export type End =
  /** `close()` was called. */
  | 'CLOSED'
  /** The token source says that there is no token any more. */
  | 'SIGNED_OUT'
  /** The server refuses the token, and the source has no other. */
  | 'TOKEN_REFUSED'
  /** Server and client do not understand each other: a fault of one of them. */
  | 'PROTOCOL';

export type ConnectionState =
  | { readonly status: 'connecting' }
  | { readonly status: 'live'; readonly since: number }
  /** `since`: when it was cut off, in milliseconds since 1970; `attempts` since then. */
  | { readonly status: 'cutOff'; readonly since: number; readonly why: Cut; readonly attempts: number }
  | { readonly status: 'ended'; readonly reason: End; readonly message: string };

/** What a WebSocket's close code means (docs/connections.md); undefined where nothing will mend it. */
export function cutBy(code: number | undefined): Cut | undefined {
  switch (code) {
    case 1012:
      return 'restart';
    case 4401:
    case 4403:
      return 'token';
    case 4410:
      return 'slow';
    case 4411:
      return 'tooMany';
    case 1002:
    case 1007:
    case 1009:
    case 4004:
    case 4400:
    case 4406:
    case 4409:
    case 4429:
      return undefined;
    default:
      return 'network';
  }
}
