"""A notebook as the site shows it: stored pictures with their alt texts, folded answers, and links that stay within.

What JupyterLab does by itself, and a site does not: an explorer's picture moves (`frames`), or says which command moves
it; Markdown inside a folded answer is Markdown.
"""

import base64
import html
import json
import re
import struct

from .frames import FRAMES, Frames, called

OPEN = (
    "python3 -m venv .venv &amp;&amp; .venv/bin/pip install -r requirements.txt &amp;&amp; "
    ".venv/bin/jupyter lab --notebook-dir=. notebooks/00_start_here.ipynb"
)
COMMAND = f"in a clone of the repository, <code>{OPEN}</code>"
FILE_LINK = re.compile(r"\[([^\]]+)\]\(\.\./((?:rnnlib|figures|tests)/[^)#\s]+)\)")
PAGE_LINK = re.compile(r"""(?<=href=["'])(\w+)\.ipynb(?:#cell-id=[\w-]+)?(?=["'])""")  # in what a cell shows
DETAILS = re.compile(r"<details>(.*?)</details>", re.DOTALL)
SUMMARY = re.compile(r"\s*<summary>(.*?)</summary>\s*", re.DOTALL)
MATH = re.compile(r"(?<![\\$\d])\$([^$\n]+?)\$(?!\d)")


def page(path, folder, most=FRAMES, root=".."):
    """The notebook at `path`, changed for the site, and the files that it links to, (name below the repository).

    folder : where its pictures go, below `root` as the page sees it."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    linked = set()
    for n, cell in enumerate(notebook["cells"]):
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            linked |= {name for _, name in FILE_LINK.findall(source)}
            cell["source"] = prose(source, path.name if n == 0 else None)
        elif cell["cell_type"] == "code":
            cell["outputs"] = [seen(o, source, path.stem, n, folder, most, root) for o in cell["outputs"]]
    return notebook, linked


def prose(source, download=None):
    """The Markdown of one cell. download : the file's name, on a page's first cell."""
    source = FILE_LINK.sub(r'<a href="../files/\2">\1</a>', source)
    source = DETAILS.sub(folded, source)
    if download:
        title, _, rest = source.partition("\n")
        file = f'<a href="../files/notebooks/{download}" download>download it</a>'
        top = f'<p class="top">This page is a notebook: {file}, or open the whole course: {COMMAND}.</p>'
        source = f"{title}\n\n{top}\n{rest}"
    return source


def folded(match):
    """An answer as HTML around Markdown: blank lines around what is Markdown, formulas of the summary marked."""
    inner = match[1]
    summary = SUMMARY.match(inner)
    head, body = (summary[1], inner[summary.end() :]) if summary else ("", inner)
    head = MATH.sub(lambda m: rf'<span class="math notranslate nohighlight">\({html.escape(m[1])}\)</span>', head)
    return f"<details><summary>{head}</summary>\n\n{body.strip()}\n\n</details>\n"


def seen(output, source, stem, number, folder, most, root):
    """A stored output; a picture becomes an <img> with its alt text, an explorer's one moves or says how it would."""
    data = output.get("data", {})
    if "text/html" in data:
        data["text/html"] = PAGE_LINK.sub(r"\1.html", "".join(data["text/html"]))
    if "image/png" not in data:
        return output
    data.pop("application/vnd.jupyter.widget-view+json", None)
    alt = "".join(data.get("text/plain", ""))
    call = called(source)
    if call and alt.startswith(call[0]):
        frames = Frames(*call, most)
        frames.write(folder)
        shown = frames.html(f"{root}/_static/frames", COMMAND)
    else:
        shown = picture(data["image/png"], alt, f"{stem}-{number}", folder, root)
        if "explore." in source:
            shown += f'<p class="needs-kernel">This one computes under your hand and needs a kernel: {COMMAND}.</p>'
    output["data"] = {"text/html": shown.splitlines(keepends=True), "text/plain": data.get("text/plain", "")}
    output["metadata"] = {}
    return output


def picture(encoded, alt, name, folder, root):
    """A stored picture as a file of its own, and its <img>."""
    content = base64.b64decode("".join(encoded))
    name = f"{name}.png"
    while (folder / name).exists() and (folder / name).read_bytes() != content:
        name = f"{name.removesuffix('.png')}x.png"  # a second picture of the same cell
    (folder / name).write_bytes(content)
    width, height = struct.unpack(">II", content[16:24])
    size = f'width="{width}" height="{height}" loading="lazy"'
    return f'<div class="picture"><img src="{root}/_static/frames/{name}" {size} alt="{html.escape(alt)}"></div>'
