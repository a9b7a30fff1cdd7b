"""The book's colours in still pictures; `widgets/shared/colours.css` has the explorers'."""

INPUT, KERNEL, OUTPUT, PADDING = "#0072B2", "#D55E00", "#009E73", "#888888"
