/**
 * The modules of @jupyter-widgets/controls with the controls that the book's explorers use. One that another explorer
 * needs is a line here; without it the page says which class is missing.
 */
export * from '../node_modules/@jupyter-widgets/controls/lib/widget_link';
export * from '../node_modules/@jupyter-widgets/controls/lib/widget_bool';
export * from '../node_modules/@jupyter-widgets/controls/lib/widget_box';
export * from '../node_modules/@jupyter-widgets/controls/lib/widget_int';
export * from '../node_modules/@jupyter-widgets/controls/lib/widget_float';
export * from '../node_modules/@jupyter-widgets/controls/lib/widget_selection';
export * from '../node_modules/@jupyter-widgets/controls/lib/widget_string';
export * from '../node_modules/@jupyter-widgets/controls/lib/widget_description';

import { BaseIntSliderView } from '../node_modules/@jupyter-widgets/controls/lib/widget_int';

// To mark a value that is too long for its place, each slider would have the browser lay out the page anew after every
// step. In this book every value has its place (tests/browser/test_stage.py).
BaseIntSliderView.prototype.readout_overflow = () => false;
