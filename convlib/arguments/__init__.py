"""What arguments may be: checks, paddings, and the numbers of a convolution."""
