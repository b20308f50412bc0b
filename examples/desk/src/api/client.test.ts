import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openApi } from './client';
import { SessionStore } from './session';

const token = (number: number) => `e30.${btoa(JSON.stringify({ sub: 'ingrid', exp: 4e9, number })).replaceAll('=', '')}.x`;
const [first, second] = [token(1), token(2)];

type Answer = (code?: string) => Promise<void>;
const requests: { token: string; answer: Answer }[] = [];
let session: SessionStore;
let api: ReturnType<typeof openApi>;

beforeEach(() => {
  requests.length = 0;
  const kept = new Map<string, string>();
  vi.stubGlobal('sessionStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  });
  // Nothing is subscribed to here.
  vi.stubGlobal('WebSocket', class { static CLOSED = 3; static CLOSING = 2; static CONNECTING = 0; static OPEN = 1 });
  vi.stubGlobal('location', { protocol: 'http:', host: 'desk.example' });
  vi.stubGlobal('fetch', (_: string, { headers }: { headers: Record<string, string> }) => {
    return new Promise((resolve) => {
      const answer: Answer = async (code) => {
        const errors = [{ message: 'no', extensions: { code } }];
        const body = code ? { errors } : { data: { viewer: { subject: 'ingrid' } } };
        const headers = { 'content-type': 'application/graphql-response+json' };
        resolve(new Response(JSON.stringify(body), { status: code ? 401 : 200, headers }));
        await settled();
      };
      requests.push({ token: headers.authorization!.replace('Bearer ', ''), answer });
    });
  });
  session = new SessionStore();
  session.signIn(first);
  api = openApi(session);
});
afterEach(() => {
  api.close();
  vi.unstubAllGlobals();
});

const settled = () => new Promise((done) => setTimeout(done, 20));
const read = () => api.client.query('{ viewer { subject } }', {}).toPromise();
const act = () => api.client.mutation('mutation { acknowledge }', {}).toPromise();

test('a refusal of the token of before says nothing of the next one', async () => {
  const reading = read();
  await settled();
  session.signIn(second);
  await requests[0]!.answer('UNAUTHENTICATED');
  expect((await reading).error?.graphQLErrors[0]?.extensions.code).toBe('UNAUTHENTICATED');
  expect(requests[0]!.token).toBe(first);
  expect(session.get()).toMatchObject({ token: second, spent: false });
});

test('a refusal of the token that one has asks for another', async () => {
  void read();
  await settled();
  await requests[0]!.answer('UNAUTHENTICATED');
  expect(session.get()).toMatchObject({ token: first, spent: true });
});

test('other errors refuse nobody', async () => {
  void read();
  await settled();
  await requests[0]!.answer('ROLE_REQUIRED');
  expect(session.get()?.spent).toBe(false);
});

test('reading waits for the next token, acting does not', async () => {
  session.refuse(first);
  const reading = read();
  const acting = act();
  await settled();
  expect(requests.map((request) => request.token)).toEqual([first]);
  await requests[0]!.answer('UNAUTHENTICATED');
  expect((await acting).error).toBeDefined();
  session.signIn(second);
  await settled();
  expect(requests.map((request) => request.token)).toEqual([first, second]);
  await requests[1]!.answer();
  expect((await reading).data.viewer.subject).toBe('ingrid');
});

test('who has signed out asks for nothing any more, also when somebody else signs in', async () => {
  session.refuse(first);
  void read();
  await settled();
  session.signOut();
  api.close();
  session.signIn(second);
  await settled();
  expect(requests).toEqual([]);
});
