import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './ui/App';
import { renewInDemo, signInToDemo } from './api/demo';
import { signInProvider } from './api/provider';
import { SessionStore } from './api/session';
import { TextProvider } from './text';
import './styles/page.css';
import './styles/sign-in.css';
import './styles/list.css';
import './styles/panel.css';
import './styles/message.css';
import './styles/team.css';
import './styles/today.css';
import './styles/audit.css';
import 'uplot/dist/uPlot.min.css';

const session = new SessionStore();
renewInDemo(session);
void signInToDemo(session);
const provider = signInProvider(session);
const came = provider?.begin();

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <TextProvider>
      <App session={session} provider={provider} came={came} />
    </TextProvider>
  </StrictMode>,
);
