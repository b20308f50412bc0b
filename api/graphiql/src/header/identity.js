// Who this is: name, roles and time left in one line; scope and permissions one click away.

import { element, list, setText } from './dom.js';

const SOON = 120_000;

export function showIdentity(session, account) {
  const show = () => {
    const { state, viewer, endsAt } = account;
    element('identity').hidden = state === 'out';
    element('sign-out').hidden = state === 'out';
    if (state === 'out') return;
    setText(element('who'), session.claims.sub);
    setText(element('roles'), viewer ? list(viewer.roles) : state === 'refused' ? 'refused' : 'asking …');
    const left = endsAt === undefined ? Infinity : endsAt - Date.now();
    // Counted beside the announced text: a screen reader must not hear every second.
    setText(element('left'), timeLeft(left));
    element('left').dataset.soon = left < SOON;
    if (viewer) fillRights(viewer);
  };
  element('sign-out').addEventListener('click', session.signOut);
  account.onChange(show);
  setInterval(show, 1000);
  show();
}

function fillRights({ subject, agent, roles, permissions, scope, channels, tokenExpiresAt }) {
  const queues = scope.isAll ? 'every queue' : scope.queues.map(({ name }) => name).join(', ');
  const rows = [
    ['Subject', agent ? `${subject} (${agent.name})` : subject],
    ['Roles', list(roles)],
    roles.includes('SUPERVISOR') && ['Queues', queues || 'none'],
    roles.includes('SUPERVISOR') && [
      'Permissions',
      list(permissions.map((one) => one.replace(/^CONVERSATION_/, ''))),
    ],
    roles.includes('CUSTOMER_GATEWAY') && [
      'Channels',
      channels === null ? 'every channel' : list(channels),
    ],
    ['Token ends', new Date(tokenExpiresAt).toLocaleString()],
  ].filter(Boolean);
  const text = JSON.stringify(rows);
  const table = element('rights');
  if (table.dataset.rows === text) return;
  table.dataset.rows = text;
  table.replaceChildren(
    ...rows.flatMap(([name, value]) => {
      const [term, description] = ['dt', 'dd'].map((tag) => document.createElement(tag));
      term.textContent = name;
      description.textContent = value;
      return [term, description];
    }),
  );
}

function timeLeft(milliseconds) {
  if (milliseconds === Infinity) return 'does not end';
  if (milliseconds <= 0) return 'ended';
  const seconds = Math.ceil(milliseconds / 1000);
  const [days, hours, minutes] = [seconds / 86400, (seconds / 3600) % 24, (seconds / 60) % 60].map(Math.floor);
  const two = (number) => String(number).padStart(2, '0');
  if (days > 0) return `${days} d ${hours} h left`;
  if (hours > 0) return `${hours}:${two(minutes)}:${two(seconds % 60)} left`;
  return `${minutes}:${two(seconds % 60)} left`;
}
