import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './ui/App';
import { SessionStore } from './api/session';
import { TextProvider } from './text';
import './styles/page.css';
import './styles/list.css';
import './styles/panel.css';
import './styles/message.css';

const session = new SessionStore();

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <TextProvider>
      <App session={session} />
    </TextProvider>
  </StrictMode>,
);
