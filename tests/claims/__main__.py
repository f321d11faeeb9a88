"""python -m tests.claims: write README.md, the table of all claims."""

from . import HERE, table

(HERE / "README.md").write_text(table(), encoding="utf-8")
print(f"{HERE / 'README.md'} written")
