/**
 * The widgets of a static page, alive without a kernel.
 *
 * A page written by myst-nb holds one script with the state of all its widgets
 * (application/vnd.jupyter.widget-state+json) and, at each place where a widget is shown, one script with the id of
 * its model (application/vnd.jupyter.widget-view+json). This file makes the models and puts their views in place.
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

  /** Show a model where `script` stands. */
  async display(script) {
    const model = await this.get_model(JSON.parse(script.textContent).model_id);
    const view = await this.create_view(model);
    // Not html-manager's class widget-subarea: the theme would put that on a light ground in dark mode.
    const host = document.createElement('div');
    host.className = 'page-widget';
    script.replaceWith(host);
    base.JupyterLuminoWidget.attach(view.luminoWidget, host);
  }
}

/** Tell the page, which then keeps its still pictures (_ext/scripts/places.js), and the console. */
function fail(target, error) {
  target.dispatchEvent(new CustomEvent('widgets-failed', { bubbles: true }));
  console.error(error);
}

async function start() {
  const states = document.querySelectorAll(`script[type="${STATE}"]`);
  if (!states.length) return;
  const manager = new PageManager();
  for (const script of states) await manager.set_state(JSON.parse(script.textContent));
  for (const script of document.querySelectorAll(`script[type="${VIEW}"]`)) {
    await manager.display(script).catch((error) => fail(script, error));
  }
}

const begin = () => start().catch((error) => fail(document, error));
if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', begin);
else begin();
