"""What every test and every notebook kernel shares: one thread, the longest file first, no silent skip in CI."""

import os
from collections import defaultdict

import pytest

# Before NumPy is first imported: sums split over several BLAS threads move the last digits.
# The notebooks' kernels inherit this environment.
for library in ("OMP", "OPENBLAS", "MKL"):
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")

# What a test's own processes print is UTF-8, where the machine's code page would be another too (Windows).
os.environ["PYTHONIOENCODING"] = "utf-8"

# Nobody's progress is read or written by a test or by a notebook that one runs.
os.environ["RNNLIB_PROGRESS"] = "off"

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
    """The browser first: it takes longest, in one worker, and the other does the rest beside it. It judges what a
    picture shows and not how soon, so that company does no harm. Then the tests, and last the notebooks, one after the
    other in whichever worker is free."""
    return 1 if path.suffix == ".ipynb" else -1 if path.name == "test_browser.py" else 0


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


@pytest.fixture
def say(record_property):
    """say(text): what a test measured, shown in the summary whichever worker it ran on."""
    return lambda text: record_property("said", text)


def pytest_terminal_summary(terminalreporter, config):
    seconds, said, longest = defaultdict(float), [], (0.0, "")
    for reports in terminalreporter.stats.values():
        for report in reports:
            path = getattr(report, "nodeid", "").partition("::")[0]
            if path.endswith(".ipynb"):
                seconds[path] += getattr(report, "duration", 0.0)
            if getattr(report, "when", "") == "call":
                if path.endswith(".ipynb"):
                    longest = max(longest, (report.duration, report.nodeid))
                said += [text for name, text in report.user_properties if name == "said"]
    if said:
        terminalreporter.section("what the tests measured")
        for text in said:
            terminalreporter.line(text)
    if seconds:
        terminalreporter.section("seconds per notebook, kernel start included")
        for path, spent in sorted(seconds.items()):
            terminalreporter.line(f"{spent:6.1f}  {path}")
        limit = config.getoption("nbval_cell_timeout")
        terminalreporter.line(f"longest cell: {longest[0]:.1f} s of the {limit:.0f} that it may take, {longest[1]}")
