// The choice among a demo's sample users. It is not there anywhere else.

import { element } from './dom.js';

export function showSwitch(session, people) {
  const choice = element('person');
  const { all } = people;
  element('people').hidden = all.length === 0;
  const subject = session.token === null ? '' : session.claims.sub;
  const options = all.map(({ subject: value, what }) => option(value, `${value} – ${what}`, value === subject));
  if (options.every(({ selected }) => !selected)) {
    options.unshift(option('', subject ? `${subject} – a pasted token` : 'Choose a sample user', true));
  }
  choice.replaceChildren(...options);
  choice.addEventListener('change', () => people.become(choice.value));
}

function option(value, text, selected) {
  return Object.assign(document.createElement('option'), { value, textContent: text, selected });
}
