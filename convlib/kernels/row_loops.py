"""Convolution a row at a time: what the pages run on photographs.

WebAssembly has vectors of four float32 numbers, and LLVM uses them where an innermost loop walks
along contiguous rows. So the loop over a row of outputs is the innermost one here, unlike in the
plain kernel. Sums are taken in a different order, and not in blocks, because photographs have
three channels; so results agree to float32 rounding.
`benchmarks/` holds a script that measures both in a browser.
"""

from numba import njit


@njit(cache=True, nogil=True)
def conv2d_fast(x, weight, bias, stride_h, stride_w, dilation_h, dilation_w, groups, out):
    """Do what `plain_loops.conv2d_direct` does, by the faster of the two ways below."""
    plain = stride_w == 1 and dilation_h == 1 and dilation_w == 1
    if plain and weight.shape[2] == 3 and weight.shape[3] == 3:
        conv2d_rows_3x3(x, weight, bias, stride_h, groups, out)
    else:
        conv2d_rows(x, weight, bias, stride_h, stride_w, dilation_h, dilation_w, groups, out)


@njit(cache=True, nogil=True)
def conv2d_rows(x, weight, bias, stride_h, stride_w, dilation_h, dilation_w, groups, out):
    """Add each kernel entry times a row of the input to a row of the output."""
    samples, out_channels, oh, ow = out.shape
    _, group_in, kh, kw = weight.shape
    group_out = out_channels // groups
    for n in range(samples):
        for c2 in range(out_channels):
            first = c2 // group_out * group_in
            for i in range(oh):
                sums = out[n, c2, i]
                sums[:] = bias[c2]
                for c1 in range(group_in):
                    for u in range(kh):
                        row = x[n, first + c1, stride_h * i + dilation_h * u]
                        for v in range(kw):
                            factor = weight[c2, c1, u, v]
                            cells = row[dilation_w * v :]
                            if stride_w == 1:  # the loop that vectorises
                                for j in range(ow):
                                    sums[j] += factor * cells[j]
                            else:
                                for j in range(ow):
                                    sums[j] += factor * cells[stride_w * j]


@njit(cache=True, nogil=True)
def conv2d_rows_3x3(x, weight, bias, stride_h, groups, out):
    """Add all nine entries at once: a row of sums is loaded and stored once, not nine times."""
    samples, out_channels, oh, ow = out.shape
    group_in = weight.shape[1]
    group_out = out_channels // groups
    for n in range(samples):
        for c2 in range(out_channels):
            first = c2 // group_out * group_in
            for i in range(oh):
                sums = out[n, c2, i]
                sums[:] = bias[c2]
                for c1 in range(group_in):
                    w = weight[c2, c1]
                    w00, w01, w02 = w[0, 0], w[0, 1], w[0, 2]
                    w10, w11, w12 = w[1, 0], w[1, 1], w[1, 2]
                    w20, w21, w22 = w[2, 0], w[2, 1], w[2, 2]
                    row0 = x[n, first + c1, stride_h * i]
                    row1 = x[n, first + c1, stride_h * i + 1]
                    row2 = x[n, first + c1, stride_h * i + 2]
                    for j in range(ow):
                        sums[j] += (
                            (w00 * row0[j] + w01 * row0[j + 1] + w02 * row0[j + 2])
                            + (w10 * row1[j] + w11 * row1[j + 1] + w12 * row1[j + 2])
                            + (w20 * row2[j] + w21 * row2[j + 1] + w22 * row2[j + 2])
                        )
