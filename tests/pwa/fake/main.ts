/** `npm run dev:fake`: the screens on made-up data. Serves no build. */
import { mount } from "svelte";
import Root from "../../../pwa/src/App.svelte";
import { Router } from "../../../pwa/src/state/router.svelte";
import "../../../pwa/src/style/index.css";
import { FakeApp } from "./app";

mount(Root, {
  target: document.getElementById("app")!,
  props: { app: new FakeApp(new Router(window)) },
});
