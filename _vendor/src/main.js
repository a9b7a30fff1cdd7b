/**
 * The widgets of a static page, alive without a kernel.
 *
 * A page written by myst-nb holds one script with the state of all its widgets
 * (application/vnd.jupyter.widget-state+json) and, at each place where a widget is shown, one script with the id of
 * its model (application/vnd.jupyter.widget-view+json); in the book's pages a view's own state stands right before it. This file makes the models and puts their views in place.
 * Everything it needs is in the bundle; it asks the network for nothing.
 */
import * as base from '@jupyter-widgets/base';
import { ManagerBase } from '@jupyter-widgets/base-manager';
import anywidget from 'anywidget';
import controls from './accessible.js';

const STATE = 'application/vnd.jupyter.widget-state+json';
const VIEW = 'application/vnd.jupyter.widget-view+json';

const MODULES = {
  '@jupyter-widgets/base': base,
  '@jupyter-widgets/controls': controls,
  anywidget: anywidget(base),
};

/** A widget manager with no kernel behind it: the models live in the page and nowhere else. */
class PageManager extends ManagerBase {
  async loadClass(className, moduleName, moduleVersion) {
    const found = MODULES[moduleName]?.[className];
    if (!found) throw new Error(`${className} of ${moduleName} ${moduleVersion} is not in _vendor/widgets.js`);
    return found;
  }

  async _get_comm_info() {
    return {};
  }

  async _create_comm() {
    throw new Error('a static page has no kernel to talk to');
  }

  /** Descriptions are shown as plain text, also those that ask for HTML: nothing to sanitize, nothing to slip by. */
  inline_sanitize(source) {
    const span = document.createElement('span');
    span.textContent = source;
    return span.innerHTML;
  }

  /** Show a model where `script` stands; return what it is in. */
  async display(script) {
    const model = await this.get_model(JSON.parse(script.textContent).model_id);
    const view = await this.create_view(model);
    // Not html-manager's class widget-subarea: the theme would put that on a light ground in dark mode.
    const host = document.createElement('div');
    host.className = 'page-widget';
    script.replaceWith(host);
    base.JupyterLuminoWidget.attach(view.luminoWidget, host);
    return host;
  }
}

/** Tell the page, which then keeps its still pictures (_ext/scripts/places.js), and the console. */
function fail(target, error) {
  target.dispatchEvent(new CustomEvent('widgets-failed', { bubbles: true }));
  console.error(error);
}

/** Large data of models is in files of the site, by their names (_ext/lean_explorers.py). */
function withData({ state, ...rest }) {
  for (const buffer of Object.values(state).flatMap(({ buffers = [] }) => buffers)) {
    if (!buffer.file) continue;
    buffer.data = globalThis.convlibData?.[buffer.file];
    if (buffer.data === undefined) throw new Error(`${buffer.file} is missing`);
  }
  return { ...rest, state };
}

/**
 * The state of one view stands before it, that of a whole page anywhere. What the page has already is not made again.
 */
async function read(manager, script) {
  const { state, ...rest } = JSON.parse(script.textContent);
  const fresh = Object.fromEntries(Object.entries(state).filter(([id]) => !manager.has_model(id)));
  await manager.set_state(withData({ ...rest, state: fresh }));
}

/**
 * Shows the first view at once, even while the page is still read. The others follow when it has taken its place: one by
 * one when the browser is idle, and what comes near the reader goes first.
 */
class Page {
  manager = new PageManager();
  waiting = new Set();
  known = new WeakSet();
  shared = Promise.resolve();
  first = Promise.resolve();
  near = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) if (isIntersecting) this.first.then(() => this.show(target.viewScript));
  }, { rootMargin: '100% 0px' });

  look() {
    for (const script of document.querySelectorAll(`script[type="${STATE}"]`)) {
      if (this.known.has(script) || script.nextElementSibling?.type === VIEW) continue;
      this.known.add(script);
      this.shared = this.shared.then(() => read(this.manager, script)).catch((error) => fail(document, error));
    }
    for (const script of document.querySelectorAll(`script[type="${VIEW}"]`)) {
      if (this.known.has(script)) continue;
      this.known.add(script);
      this.waiting.add(script);
      const place = script.parentElement;
      place.viewScript = script;
      if (place.matches('.explorer-place')) this.near.observe(place);
    }
  }

  async show(script) {
    if (!this.waiting.delete(script)) return;
    const place = script.parentElement;
    this.near.unobserve(place);
    await this.shared;
    try {
      const own = script.previousElementSibling;
      if (own?.type === STATE && !this.known.has(own)) await read(this.manager, own);
      const host = await this.manager.display(script);
      host.dispatchEvent(new CustomEvent('explorer-shown', { bubbles: true }));
    } catch (error) {
      fail(place, error);
    }
  }

  showNext = async () => {
    const [next] = this.waiting;
    if (!next) return;
    const place = next.parentElement;
    await this.show(next);
    await settled(place);
    whenIdle(this.showNext);
  };
}

// In ms: a page that is out of sight draws nothing, so that nothing takes its place.
const LONGEST = 1000;

// Resolves when what was shown has taken its place, or is known to stay a picture (_ext/scripts/places.js).
const settled = (place) => new Promise((done) => {
  if (!place.matches('.explorer-place:not(.stays)') || !place.querySelector(':scope > .kept-place')) return done();
  place.addEventListener('explorer-settled', done, { once: true });
  setTimeout(done, LONGEST);
});

// A page that is drawn all the time is never idle.
const whenIdle = (call) => (globalThis.requestIdleCallback ? requestIdleCallback(call, { timeout: 200 }) : setTimeout(call, 30));

function start() {
  const page = new Page();
  page.look();
  page.first = page.showNext();
  if (document.readyState !== 'loading') return;
  addEventListener('DOMContentLoaded', async () => {
    page.look();
    await page.first;
    page.showNext();
  });
}

start();
