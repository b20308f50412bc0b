// An identity provider of the test's own: oidc-provider, whose pages take any name.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

export const CLIENT = 'regie-desk';
export const AUDIENCE = 'https://regie.example/graphql';

/** At `port`, for a desk at `deskUrl`; whose tokens last so many seconds. */
export async function provider(port, deskUrl, seconds) {
  const issuer = `http://127.0.0.1:${port}`;
  const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
  const asked = { tokens: 0, revocations: 0 };
  let refuses = false;
  const idp = new Provider(issuer, {
    clients: [
      {
        client_id: CLIENT,
        token_endpoint_auth_method: 'none',
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        redirect_uris: [`${deskUrl}/`],
        post_logout_redirect_uris: [`${deskUrl}/`],
        id_token_signed_response_alg: 'ES256',
      },
    ],
    jwks: { keys: [{ ...key, kid: 'one', use: 'sig', alg: 'ES256' }] },
    cookies: { keys: [randomBytes(16).toString('hex')] },
    pkce: { required: () => true },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    extraTokenClaims: () => ({ roles: ['SUPERVISOR'], queues: '*', permissions: ['conversation:monitor'] }),
    clientBasedCORS: (_, origin) => origin === deskUrl,
    issueRefreshToken: () => true,
    features: {
      revocation: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: () => ({
          scope: '',
          audience: AUDIENCE,
          accessTokenTTL: seconds,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'ES256' } },
        }),
      },
    },
    ttl: { Session: 3600, Grant: 3600, IdToken: 3600, Interaction: 3600, RefreshToken: 3600 },
  });
  idp.use(async (ctx, next) => {
    if (ctx.path === '/token' && ctx.method === 'POST') {
      asked.tokens += 1;
      if (refuses) {
        ctx.set('access-control-allow-origin', deskUrl);
        ctx.status = 400;
        ctx.body = { error: 'invalid_grant' };
        return;
      }
    }
    if (ctx.path === '/token/revocation' && ctx.method === 'POST') asked.revocations += 1;
    await next();
  });
  const server = createServer(idp.callback()).listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    issuer,
    asked,
    /** Gives no more tokens, as where somebody was shut out. */
    refuse: (is) => (refuses = is),
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close').catch(() => {});
    },
  };
}
