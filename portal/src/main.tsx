import { render } from 'preact';
import { App } from './app';
import { chosen, speak } from './words';
import './look.css';

const remembered = localStorage.getItem('language');
const root = document.getElementById('root');
void speak(remembered ?? chosen(navigator.languages)).then(() => root && render(<App />, root));
if ('serviceWorker' in navigator) void navigator.serviceWorker.register('sw.js').catch(() => undefined);
