"""python -m rnnlib.bench: our stack, timed beside PyTorch's in one run.

Every row is timed in rounds: ours, the bare matrix products, PyTorch's, and again. Machines drift, so what counts is
the ratio within a round; the table gives the median over rounds. Without PyTorch the ratio columns stay empty. All is
float32, with D = H. Four kinds of row are of the recurrent cells, two of their neighbours:

"forward and backward" gives the gradient of every parameter and of the inputs. "products" beside it is the time of
the matrix products alone, which no implementation can do without: per layer xs W_xh, T times h W_hh, and backwards T
times dz W_hhᵀ and the three products over all steps.

"training step" is the whole of it: forward, read-out to 10 classes at every step, cross-entropy, backward, clipping by
the global norm, Adam. Ours is `rnnlib.train` on a `Model`; PyTorch's is nn.RNN, nn.LSTM or nn.GRU with nn.Linear,
CrossEntropyLoss, clip_grad_norm_ and optim.Adam as they come. Weights, inputs and targets are the same, and every
step clips. PyTorch has a second bias per gate to update, and need not compute the gradient of the inputs.

"forward alone" keeps nothing for a way back (`keep=False`, `inference_mode`); "one step at a time" makes 50 steps,
each a call of its own, as sampling text, streaming speech and every decoder do. The weights are made ready once.

"neighbours" are forward and backward of attention (nn.MultiheadAttention, two heads, causal, without its map), of a
causal convolution of 5 steps (nn.Conv1d, padded on the left) and of a Transformer of two blocks
(nn.TransformerEncoder, norm_first, behind nn.Linear and the same positions), with equal weights. "linear recurrence" is
a minGRU of growing length: ours by a scan over time, PyTorch's by a loop over the steps, for it has no other; and ours
by a plain loop in the scan's place. `--only neighbours` measures these two alone.

Ratios depend on the kernels that the libraries pick for the processor, so each thread setting is measured twice. "own"
is the machine as it is. "avx2" limits both sides alike to AVX2, which is what a processor without AVX-512 has: for
us OpenBLAS or MKL and NumPy's own loops, for PyTorch ATen, MKL and oneDNN; to limit one side alone would compare
processors, not programs. The report names what ran. Where the machine's own kernels are AVX2's, or none can be chosen
(arm64, Apple's Accelerate), "avx2" is left out and the report says why. MKL does not tell whether it obeyed.

With --more, in the first setting: growth is the exponent p of time ~ T^p and time ~ L^p, fitted over T = 50 ... 800
and L = 1 ... 8; memory is by how much the peak of a fresh process grows in one forward and backward, ours and
PyTorch's; options are timed against the plain stack.
"""
