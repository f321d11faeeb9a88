"""python -m rnnlib.bench: forward and backward of a stack, timed beside PyTorch in one run.

Every row is timed in rounds: ours, PyTorch's, the bare matrix products, and again. Machines drift, so what counts is
the ratio within a round; the table gives the median over rounds. Forward and backward give the gradient of every
parameter and of the inputs, in float32, with D = H. Without PyTorch the ratio columns stay empty.

"products" is the time of the matrix products alone, which no implementation can do without: per layer
xs W_xh, T times h W_hh, and backwards T times dz W_hhᵀ and the three products over all steps.

With --more: growth is the exponent p of time ~ T^p and time ~ L^p, fitted over T = 50 ... 800 and L = 1 ... 8;
memory is by how much the peak of a fresh process grows in one step of training, ours and PyTorch's; options are
timed against the plain stack.
"""
