"""Your own sequences: one small reader for each kind of file, which says what it found.

    own.text(path)        characters                                   kind "text"
    own.labelled(path)    a CSV of labelled sequences                   kind "labelled"
    own.series(path)      a CSV of numbers over time, gaps as NaN       kind "series"
    own.arrays(path)      an .npz of either                             kind "labelled" or "series"
    own.read(path)        the one of them that fits
    own.columns(path)     the names of a table's columns, for a form

Each returns a Found, and print(found) tells what is in the file.  No reader guesses in silence: what was detected is
in found.choices with its reason, and where two readings are possible a FileFault names the argument that decides.  No
row gets lost: it is in the data, or in found.left_out with why.   The command: python -m rnnlib.data.own FILE
"""

from .arrays import arrays
from .choose import read
from .found import FileFault, Found, Remark
from .labelled import labelled
from .series import series
from .suspicions import duplicates_across
from .table import columns
from .text import text

__all__ = [
    "FileFault",
    "Found",
    "Remark",
    "arrays",
    "columns",
    "duplicates_across",
    "labelled",
    "read",
    "series",
    "text",
]
