"""Sphinx makes the site of the notebooks, the frames and the reference."""

import importlib
import importlib.util
import json
import shutil
import tempfile
from pathlib import Path

from . import reference
from .frames import FRAMES
from .pages import OPEN, page

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
MATHJAX = ("tex-chtml.js", "output/chtml/fonts", "input/tex/extensions")
MOST = 60_000_000  # bytes of the whole site


def settings():
    return {
        "project": "Deep RNN Lab",
        "author": "The Deep RNN Lab authors",
        "copyright": "The Deep RNN Lab authors, MIT licence",
        "release": importlib.import_module("rnnlib").__version__,
        "language": "en",
        "extensions": ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.mathjax"],
        "nb_execution_mode": "off",
        "myst_enable_extensions": ["dollarmath", "amsmath"],
        "myst_heading_anchors": 3,
        "myst_heading_slug_func": slug,
        "myst_number_code_blocks": [],
        "mathjax_path": "mathjax/tex-chtml.js",
        "html_theme": "furo",
        "html_title": "Deep RNN Lab",
        "html_favicon": "_static/lattice.svg",
        "html_static_path": ["_static"],
        "html_css_files": ["course.css"],
        "html_js_files": [["moving.js", {"defer": "defer"}]],
        "html_extra_path": ["extra"],
        "html_show_sphinx": False,
        "html_copy_source": False,
        "html_show_sourcelink": False,
        "autodoc_member_order": "bysource",
        "autodoc_typehints": "none",
        "exclude_patterns": ["extra"],
        "suppress_warnings": ["mystnb.unknown_mime_type", "myst.header", "config.cache"],
        "source_suffix": {".rst": "restructuredtext", ".md": "myst-nb", ".ipynb": "myst-nb"},
    }


def slug(title):
    """The anchor of a heading as JupyterLab makes it, so that a page's links work in both."""
    return title.replace(" ", "-")


def build(to, most=FRAMES, quiet=True):
    """The whole site into the folder `to`, which must not exist or hold an older site.  most : frames of one explorer.

    Raises ValueError where `to` is something else, or the site weighs more than MOST."""
    from sphinx.application import Sphinx

    to = Path(to).resolve()
    if to.exists() and not (to / ".buildinfo").exists() and (not to.is_dir() or any(to.iterdir())):
        raise ValueError(f"to: expected a new folder or an older site, got {to}")
    with tempfile.TemporaryDirectory() as work:
        source, made = Path(work) / "source", Path(work) / "site"
        sources(source, most)
        app = Sphinx(source, None, made, Path(work) / "kept", "html", settings(), warningiserror=True,
                     **({"status": None} if quiet else {}))  # fmt: skip
        app.connect("autodoc-process-docstring", reference.process)
        app.build()
        if app.statuscode:
            raise ValueError("Sphinx warns: every warning is an error here")
        weight = sum(f.stat().st_size for f in made.rglob("*") if f.is_file())
        if weight > MOST:
            raise ValueError(f"the site weighs {weight / 1e6:.0f} MB, more than {MOST / 1e6:.0f}")
        if to.exists():
            shutil.rmtree(to)
        shutil.copytree(made, to)
    return weight


def sources(folder, most):
    """Everything that Sphinx reads."""
    static, notebooks = folder / "_static", folder / "notebooks"
    for made in (static / "frames", notebooks, folder / "extra" / "files"):
        made.mkdir(parents=True)
    files, stems = set(), []
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        notebook, linked = page(path, static / "frames", most)
        text = json.dumps(notebook, ensure_ascii=False)
        (notebooks / path.name).write_text(text, encoding="utf-8", newline="\n")
        files |= linked | {f"notebooks/{path.name}"}
        title = "".join(notebook["cells"][0]["source"]).partition("\n")[0].removeprefix("# ")
        stems.append(f"{path.stem.partition('_')[0]} · {title} <notebooks/{path.stem}>")
    teachers = (
        (ROOT / "notebooks" / "teachers.md").read_text(encoding="utf-8").replace("](../README.md", "](../index.md")
    )
    (notebooks / "teachers.md").write_text(teachers, encoding="utf-8", newline="\n")
    for name in files:
        target = folder / "extra" / "files" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, target)
    (folder / "extra" / ".nojekyll").touch()  # else GitHub's pages leave out folders that begin with _
    shutil.copytree(HERE / "static", static, dirs_exist_ok=True)
    for name in ("gradient_flow.png", "depth_grows.gif", "verdicts.png"):
        shutil.copy(ROOT / "figures" / name, static)
    mathjax(static / "mathjax")
    reference.write(folder / "reference")
    (folder / "index.md").write_text(index(stems), encoding="utf-8", newline="\n")


def mathjax(folder):
    """MathJax from its package: what formulas in TeX need, and no speech in twenty languages."""
    spec = importlib.util.find_spec("sphinx-mathjax-offline")
    if spec is None:
        raise ModuleNotFoundError("sphinx-mathjax-offline: pip install -e '.[site]'")
    package = Path(spec.submodule_search_locations[0]) / "static" / "mathjax"
    for name in MATHJAX:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if (package / name).is_dir() else shutil.copy)(package / name, folder / name)


def index(stems):
    """The first page: README's own first words and pictures, and the way in."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    title, intro, picture = [p for p in readme.split("\n\n") if not p.startswith("[![")][:3]
    command = OPEN.replace("&amp;", "&")
    pages = "\n".join([*stems, "notebooks/teachers"])
    return f"""{title}

{intro}

{picture.replace("(figures/", "(_static/")}

**To look:** the pages on the left, with their pictures and numbers as they were computed. Pictures with two sliders
move here, too. **To do:** the notebooks themselves, in which every slider moves and your own answers are checked. In a
clone of the repository, with Python 3.11 or newer:

```
{command}
```

[Start here](notebooks/00_start_here.ipynb), or look a name up in the [reference](reference/index.rst).

```{{toctree}}
:caption: The course
:hidden:

{pages}
```

```{{toctree}}
:caption: The library
:hidden:

reference/index
```
"""
