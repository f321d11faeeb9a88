"""What every test and every notebook kernel shares: one thread, quick tests first, no silent skip in CI."""

import os
from collections import defaultdict

import pytest

# Before NumPy is first imported: sums split over several BLAS threads move the last digits.
# The notebooks' kernels inherit this environment.
for library in ("OMP", "OPENBLAS", "MKL"):
    os.environ[f"{library}_NUM_THREADS"] = "1"

# Set by .ci/run. There the browser and PyTorch are installed, so a skipped test is a broken set-up.
NO_SKIPS = os.environ.get("RNNLIB_NO_SKIPS") == "1"

try:
    from hypothesis import settings
except ModuleNotFoundError:  # the tests that draw configurations say so themselves
    pass
else:
    # The same draws for everyone, so that a red test is a fault and not bad luck.
    # `pytest --hypothesis-profile=search` looks further.
    settings.register_profile("course", derandomize=True, deadline=None)
    settings.register_profile("search", derandomize=False, deadline=None, max_examples=500)
    settings.load_profile("course")


def _rank(path):
    """Quick tests, then the notebooks, then the browser (whose event loop would disturb the kernels')."""
    return 1 if path.suffix == ".ipynb" else 2 if path.name == "test_browser.py" else 0


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: _rank(item.path))


def _fail_if_skipped(report):
    if NO_SKIPS and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.longrepr = f"nothing may be skipped here (RNNLIB_NO_SKIPS=1): {reason}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport():
    return _fail_if_skipped((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report():
    return _fail_if_skipped((yield))


def pytest_terminal_summary(terminalreporter):
    seconds = defaultdict(float)
    for reports in terminalreporter.stats.values():
        for report in reports:
            path = getattr(report, "nodeid", "").partition("::")[0]
            if path.endswith(".ipynb"):
                seconds[path] += getattr(report, "duration", 0.0)
    if seconds:
        terminalreporter.section("seconds per notebook, kernel start included")
        for path, spent in sorted(seconds.items()):
            terminalreporter.line(f"{spent:6.1f}  {path}")
