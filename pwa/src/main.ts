/** Wires everything, and nothing else does. */
import { mount } from 'svelte';
import Root from './App.svelte';
import { App } from './state/app.svelte';
import { Router } from './state/router.svelte';
import './style/index.css';

const app = new App(new Router(window), localStorage, navigator.languages);
mount(Root, { target: document.getElementById('app')!, props: { app } });
