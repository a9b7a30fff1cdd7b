/** The parts of Bootstrap's script that the theme's pages use: tooltips, and the menu of downloads. */
import Dropdown from 'bootstrap/js/src/dropdown.js';
import Tooltip from 'bootstrap/js/src/tooltip.js';

globalThis.bootstrap = { Dropdown, Tooltip };
