"""Which kernels compute: those that each library picks for this processor, or AVX2's because they are asked for.

A kernel is chosen when a library is loaded, from its environment, so a choice needs a process of its own. These are
documented by OpenBLAS (dynamic dispatch), oneMKL (instruction set dispatch), PyTorch (ATen's CPU capability), oneDNN
(CPU dispatcher control; PyTorch's LSTM runs on it) and NumPy (CPU dispatcher, runtime features).
"""

import json
import os
import platform
import re
import subprocess
import sys

import numpy as np

OWN, AVX2 = "own", "avx2"
CHOICES = (OWN, AVX2)
LIMITS = {
    "OPENBLAS_CORETYPE": "Haswell",
    "MKL_ENABLE_INSTRUCTIONS": "AVX2",
    "ATEN_CPU_CAPABILITY": "avx2",
    "ONEDNN_MAX_CPU_ISA": "AVX2",
}


def dispatched():
    """NumPy's CPU features beyond its baseline that this process uses, the highest last."""
    return np.show_config("dicts").get("SIMD Extensions", {}).get("found", [])


def beyond_avx2(features):
    return [f for f in features if f == "X86_V4" or f.startswith("AVX512")]


def ran():
    """{"blas", "architecture", "dispatch", "pytorch", "pytorch_libraries"} of this process, None for what is unknown.

    architecture is the family of processors that OpenBLAS's kernels are for; pytorch is ATen's capability.
    """
    blas, architecture = np.show_config("dicts").get("Build Dependencies", {}).get("blas", {}).get("name"), None
    try:
        from threadpoolctl import threadpool_info
    except ImportError:  # NumPy alone is enough for the rest
        loaded = []
    else:  # asked before torch is loaded, which may bring a BLAS of its own
        loaded = [library for library in threadpool_info() if library["user_api"] == "blas"]
    if loaded:
        blas, architecture = f"{loaded[0]['internal_api']} {loaded[0]['version']}", loaded[0].get("architecture")
    features = dispatched() or np.show_config("dicts").get("SIMD Extensions", {}).get("baseline", [])
    told = {"blas": blas, "architecture": architecture, "dispatch": features[-1] if features else None}
    try:
        import torch
    except ImportError:
        return told | {"pytorch": None, "pytorch_libraries": None}
    built = torch.__config__.show()
    versions = {"MKL": r"Math Kernel Library Version ([\d.]+)", "oneDNN": r"MKL-DNN v([\d.]+)"}
    found = [f"{name} {m[1]}" for name, pattern in versions.items() if (m := re.search(pattern, built))]
    capability = torch.backends.cpu.get_cpu_capability()
    return told | {"pytorch": capability, "pytorch_libraries": ", ".join(found) or None}


def in_words(told):
    """What `ran` found, as half a sentence."""
    blas = told["blas"] or "an unknown BLAS"
    words = f"NumPy on {blas}" + (f" for {told['architecture']}" if told["architecture"] else "")
    words += f", its own loops up to {told['dispatch']}" if told["dispatch"] else ""
    if told["pytorch"]:
        words += f"; PyTorch {told['pytorch']}"
        words += f" with {told['pytorch_libraries']}" if told["pytorch_libraries"] else ""
    return words


def limited():
    """The environment that holds both sides to AVX2. NumPy complains of features that it does not have or use."""
    disabled = os.environ.get("NPY_DISABLE_CPU_FEATURES", "").split() + beyond_avx2(dispatched())
    return LIMITS | {"NPY_DISABLE_CPU_FEATURES": " ".join(disabled)}


def not_held(told):
    """Why kernels that were to be AVX2's are not, or None if they are. MKL does not tell its own."""
    if told["architecture"] != "Haswell" and not (told["blas"] or "").startswith("mkl"):
        return f"NumPy's BLAS, {told['blas']} for {told['architecture']}, did not take AVX2 kernels"
    if beyond_avx2([told["dispatch"] or ""]):
        return f"NumPy kept {told['dispatch']}"
    if told["pytorch"] not in (None, "AVX2"):
        return f"PyTorch kept {told['pytorch']}"
    return None


def why_not_avx2():
    """Why AVX2's kernels cannot be measured beside the machine's own, or None if they can: tried, not guessed."""
    if platform.machine().lower() not in ("x86_64", "amd64"):
        return f"AVX2 is of x86-64, and this is {platform.machine()}"
    if not beyond_avx2(dispatched()):
        return "NumPy uses nothing beyond AVX2 here, so these are the machine's own"
    code = "import json; from rnnlib.bench import kernels; print(json.dumps(kernels.ran()))"
    done = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | limited(), stdout=subprocess.PIPE, encoding="utf-8", check=False
    )
    return not_held(json.loads(done.stdout)) if done.returncode == 0 else "NumPy or PyTorch refused to be limited"
