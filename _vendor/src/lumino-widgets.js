/** The part of @lumino/widgets that ipywidgets uses, without its dock panels, tabs, menus and command palette. */
export { Title } from '../node_modules/@lumino/widgets/src/title';
export { Widget } from '../node_modules/@lumino/widgets/src/widget';
export { Layout } from '../node_modules/@lumino/widgets/src/layout';
export { PanelLayout } from '../node_modules/@lumino/widgets/src/panellayout';
export { Panel } from '../node_modules/@lumino/widgets/src/panel';
