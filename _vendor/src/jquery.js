/**
 * All of jQuery that ipywidgets and anywidget call on a page: `$(element)`, `instanceof $`, `$el[0]`, `$el.empty()`.
 * (Backbone's own uses are replaced by the NativeView of @jupyter-widgets/base.)
 */
export default function $(element) {
  if (!(this instanceof $)) return new $(element);
  this[0] = element;
  this.length = 1;
}

$.prototype.empty = function () {
  this[0].replaceChildren();
  return this;
};
