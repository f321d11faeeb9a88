"""Bad files, in a table: the bytes, the call, and the sentence in answer, which names file, row and column.

A file is either refused by a FileFault, or read with the sentence among its remarks or among what was left out. For
every file that is read, its rows are counted here anew: header + kept + left out is all of them.
"""

import csv
import gzip
import io
import pickle
import re
import zipfile
from typing import NamedTuple

import numpy as np
import pytest

from rnnlib.data import own


class Bad(NamedTuple):
    what: str
    content: bytes
    call: object
    says: str  # a regular expression for the sentence behind the file's name: where it is, and what it says
    refused: bool = True
    name: str = "a.csv"


def given(reader, **choices):
    return lambda path: reader(path, **choices)


def npz(**arrays):
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def archive(*names):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as zipped:
        for name in names:
            zipped.writestr(name, b"<xml/>")
    return file.getvalue()


def pickled():
    file = io.BytesIO()
    np.savez(file, xs=np.array([{"a": 1}], dtype=object), labels=np.arange(2))
    return file.getvalue()


def days(*cells, head="date,load", first=1):
    """A small good series, a row a day, with these cells behind the dates."""
    rows = [f"2024-03-{first + i:02d},{cell}" for i, cell in enumerate(cells)]
    return "\n".join([head, *rows, ""]).encode()


LONG = "id,t,x,label\n1,0,0.5,a\n1,1,0.7,a\n2,0,0.1,b\n2,1,0.2,b\n"
XS = np.zeros((5, 4, 2))
S, L, A, R, T = own.series, own.labelled, own.arrays, own.read, own.text

BAD = [
    # the file as a whole
    Bad("an empty file", b"", S, r"expected some rows, got an empty file of 0 bytes"),
    Bad("nothing but blank rows", b"\n\n\n", S, r"expected some rows, got only empty ones"),
    Bad("only a header", b"date,load\n", S, r"row 1: expected rows below the header, got only the header"),
    Bad("a picture", b"\x89PNG\r\n\x1a\n\0\0", R, r"expected text, got a PNG picture"),
    Bad("gzip", gzip.compress(b"a,b\n1,2\n"), R, r"expected text, got a gzip archive; unpack it first"),
    Bad("Excel", archive("xl/workbook.xml"), R, r".* got an Excel workbook; .* export the sheet as CSV"),
    Bad("old Excel", b"\xd0\xcf\x11\xe0" + bytes(60), R, r".* got an old Excel .* save it as CSV"),
    Bad("OpenDocument", archive("content.xml"), R, r".* got an OpenDocument file; .* save the sheet as CSV"),
    Bad("a web page", b"<!DOCTYPE html><html>", S, r"row 1: .* got a web page \(HTML\); the download"),
    Bad("binary", bytes(range(1, 32)) * 9, R, r"expected text, got a binary file", name="a.dat"),
    Bad("a NUL byte", b"t,x\n1,2\n2,\0\n", S, r"row 3: expected text, got a NUL byte at byte 11"),
    Bad("too large", days(1, 2), given(S, most_bytes=9), r"expected at most most_bytes = 9 bytes, got 36"),
    Bad("JSON", b'[{"a": 1, "b": 2}]', S, r"row 1: expected a table, got JSON"),
    Bad(".arff", b"% made\n@relation x\n@data\n1,2\n", S, r"row 1: expected a table, got an \.arff"),
    Bad("FASTA", b">one\nACGT\n>two\nAC\n", R, r"row 1: expected a table, got FASTA; .* a column label"),
    # encodings
    Bad("cp1252", "date,Kälte\n2024-01-01,1\n".encode("cp1252"), S,
        r"row 1: the byte 0xE4 is not UTF-8; in cp1252 it is 'ä'", False),
    Bad("no known encoding", b"date,x\x81\n2024-01-01,1\n", S, r"row 1: .* the byte 0x81, which is neither"),
    Bad("two encodings", "date,ä\n2024-01-01,ß\n".encode() + b"2024-01-02,\xe4\n", S,
        r"row 3: expected UTF-8 as in the rest of the file, got the byte 0xE4"),
    Bad("another encoding than asked", b"date,\xe4\n2024-01-01,1\n", given(S, encoding="utf-8"),
        r"row 1: expected characters in utf-8, got the byte 0xE4"),
    Bad("UTF-16 without a mark", days(1, 2).decode().encode("utf-16-le"), S,
        r"expected a byte order mark, .* encoding='utf-16-le' decides"),
    Bad("spoilt by two encodings", days("cafÃ©,1", "thé,2", head="date,what,x"), S,
        r"row 2: 'Ã©' looks like UTF-8 that was", False),
    # rows and columns
    Bad("a ragged row", days("1,2", "1", "3,4", head="date,x,y"), S,
        r"row 3: expected 3 cells as in the header, got 2 \(the last is '1'\); skip=\[3\]"),
    Bad("a row too long", days("1", "1,2", "3"), S, r"row 3: expected 2 cells as in the header, got 3"),
    Bad("a quote never closed", b'id,label,sequence\n1,a,"AC\n2,b,GT\n', L,
        r"row 2: .* a quote opened in this row is never closed"),
    Bad("a quote inside quotes", b'label,sequence\na,"A"C"\nb,GT\n', L, r"row 2: .* is written twice"),
    Bad("no column of that name", days(1, 2), given(S, columns="lood"),
        r"row 1: expected a column 'lood' for columns, got .*; did you mean 'load'\?"),
    Bad("no column of that number", days(1, 2), given(S, columns=3), r"expected a column 1 to 2 for columns"),
    Bad("one name twice, asked for", days("1,2", "3,4", head="date,x,x"), given(S, columns="x"),
        r"row 1: expected one column 'x' for columns, got several; columns=2 or 3 decides"),
    Bad("one name twice", days("1,2", "3,4", head="date,x,x"), S,
        r"row 1: the header has 'x' more than once", False),
    Bad("the header again", days(1, 2) + days(3, 4, first=3), S, r"row 4: the header comes again", False),
    Bad("a row of sums", days(1, 2) + b"Total,3\n", S, r"row 4: the last row holds 'Total': it sums up", False),
    Bad("a delimiter at the end of a row", days("1;", "2;", "3").replace(b",", b";"), S,
        r"trailing delimiter: an empty cell at the end of 2 rows", False),
    Bad("two delimiters", b"a|b;c\n1|2;3\n4|5;6\n", S, r"row 1: expected one delimiter, got rows that .* cut"),
    Bad("header or row?", b"ACGT,exon\nCCGT,intron\n", L,
        r"row 1: expected to tell a header from a row, .* header=True or header=False decides"),
    Bad("a row to skip that is none", days(1, 2), given(S, skip=[9]), r".* got 9; the file has 3 rows"),
    Bad("years for names", b"date,2019,2020\n2024-01-01,1,2\n", S,
        r"row 1: expected to tell a header from a row, got 'date'"),
    Bad("lines above the header", b"Station 7\ndate,x\n2024-01-01,1\n2024-01-02,2\n2024-01-03,4\n", S,
        r"row 1: expected 2 cells as in most rows, got 1, 'Station 7'; skip=\[1\]"),
    Bad("blanks between columns", b" 1.0  2.0\n 3.0  4.5\n", S, r"row 1: .* got blanks; delimiter=' ' decides"),
    Bad("one number or two", b"1,5\n2,5\n", S, r"row 1: .* '1,5', which is one number or two; delimiter=',' or"),
    Bad("an index without a name", b",x\n0,1\n1,5\n2,4\n", S,
        r"column 'column 1': .* counts the rows, as an index", False),
    Bad("a column of words", days("sun,1", "rain,4", head="date,sky,x"), S,
        r"row 2, column 'sky': the column holds words, such as 'sun', and was not taken", False),
    # numbers
    Bad("a unit behind a number", days(1, "12 kW"), S,
        r"row 3, column 'load': expected a number, got '12 kW'; a unit or a currency belongs into the header"),
    Bad("two decimal signs", b"date;x\n2024-01-01;1,5\n2024-01-02;1.25\n", S,
        r"row 3, column 'x': expected one decimal sign in the file, got '1\.25' here and '1,5' in row 2"),
    Bad("1.234 alone", days("1.234", "2.345"), S,
        r"row 2, column 'load': expected one reading, got '1\.234', which is 1\.234 or 1234; decimal="),
    Bad("a number too large", days(1, "1e999"), S, r"row 3, column 'load': expected a number below 1\.8e308"),
    Bad("infinity", days(1, 2, "inf"), S, r"row 4, column 'load': .* got 'inf'; infinity is not"),
    Bad("a spreadsheet's error", days(1, 2, "#DIV/0!"), S, r"row 4, column 'load': .* a spreadsheet's error"),
    Bad("percent here and there", days("5%", "6"), S, r"row 3, column 'load': expected a percent sign"),
    Bad("percent throughout", days("5 %", "6 %"), S, r"row 2, column 'load': .* 12 % is kept as 12", False),
    Bad("words alone", days("sun", "rain"), S, r"row 2, column 'load': expected a column of numbers, got 'sun'"),
    Bad("gaps", days(1, "NA", "", 4, "-", 6), S, r"row 3, column 'load': 3 gaps, in the rows 3-4, 6", False),
    Bad("-999 for a gap", days(1, 2, -999, 4, -999), S, r"row 4, column 'load': -999 comes 2 times", False),
    Bad("an outlier", days(1, 2, 3, 2, 400, 1), S, r"row 6, column 'load': 400 is 398 MAD from", False),
    Bad("a stuck sensor", days(1, 2, 3, *[4] * 12), S,
        r"row 5, column 'load': 4 comes 12 times in a row, up to row 16, to the end: a stuck sensor\?", False),
    Bad("a constant column", days(5, 5, 5), S, r"column 'load': the column is constant, 5", False),
    Bad("a counter", days(5, 6, 7, 8), S, r"column 'load': the column runs on as a counter, by 1", False),
    # times
    Bad("3/4 or 4/3", b"date,x\n03/04/2024,1.5\n03/05/2024,2\n", S,
        r"row 2, column 'date': .* got '03/04/2024'; day_first=True or day_first=False decides"),
    Bad("day first, then month first", b"date,x\n13/04/2024,1\n04/14/2024,2\n", S,
        r"row 3, column 'date': expected one order of day and month, .* '13/04/2024' in row 2"),
    Bad("two forms of date", b"date,x\n2024-01-01,1\n2024-01-02,2\n03.01.2024,3\n", S,
        r"row 4, column 'date': expected one form of date in the column, .* '2024-01-01' in row 2"),
    Bad("the 30th of February", b"date,x\n2024-02-29,1\n2024-02-30,2\n", S,
        r"row 3, column 'date': expected a date of the calendar, got '2024-02-30'"),
    Bad("years of two digits", b"date,x\n01/02/24,1\n02/02/24,2\n", S,
        r"row 2, column 'date': expected a year of four digits, got '01/02/24'; date_format="),
    Bad("a row without its date", b"date,x\n2024-01-01,1\n,2\n2024-01-03,3\n", S,
        r"row 3, column 'date': expected a date or a time, got an empty cell"),
    Bad("two columns of dates", b"from,to,x\n2024-01-01,2024-01-02,1\n2024-01-02,2024-01-03,2\n", S,
        r"expected one column of dates, got 'from', 'to'; time= decides"),
    Bad("times backwards", b"date,x\n2024-01-03,1\n2024-01-02,5\n2024-01-01,3\n", S,
        r"row 3, column 'date': the times run backwards; the rows were sorted by time", False),
    Bad("one time before the last", b"date,x\n2024-01-01,1\n2024-01-03,5\n2024-01-02,3\n", S,
        r"row 4, column 'date': the time is before that of the row above; the rows were sorted", False),
    Bad("a time twice", b"date,x\n2024-01-01,1\n2024-01-02,5\n2024-01-02,3\n2024-01-03,4\n", S,
        r"row 4, column 'date': the time 2024-01-02 comes again, as in row 3, with other numbers; both", False),
    Bad("several series in one table",
        b"town,date,x\nA,2024-01-01,1\nB,2024-01-01,5\nA,2024-01-02,1\nB,2024-01-02,7\n", S,
        r"row 2, column 'town': expected one series, got one for each of 'A', 'B'; where=\{'town': 'A'\} takes one"),
    Bad("a day missing", b"date,x\n2024-01-01,1\n2024-01-02,5\n2024-01-05,3\n2024-01-06,9\n", S,
        r"row 3, column 'date': 2 steps are missing after 2024-01-02; put in as gaps", False),
    Bad("summer time", b"time,x\n2024-03-31 00:00,1\n2024-03-31 01:00,5\n2024-03-31 03:00,3\n"
        b"2024-03-31 04:00,2\n", S,
        r"row 3, column 'time': 1 step is missing after 2024-03-31T01:00:00 \(as when clocks go", False),
    Bad("winter time", b"time,x\n2024-10-27 01:00,1\n2024-10-27 02:00,5\n2024-10-27 02:00,3\n2024-10-27 03:00,2\n", S,
        r"row 4, column 'time': the time 2024-10-27T02:00:00 comes again, .* \(as when clocks go back", False),
    Bad("irregular times", b"date,x\n2024-01-01,1\n2024-01-03,5\n2024-01-06,3\n2024-01-07,3\n", S,
        r"row 3, column 'date': the times are irregular", False),
    # labelled sequences
    Bad("no label column", b"seq,kind of\nACGT,1\nAC,2\nACC,2\n", L, r"expected a column for label, got 'seq'"),
    Bad("two label columns", b"seq,label,class\nACGT,1,2\n", L, r".* got 'label', 'class'; label= decides"),
    Bad("an unknown letter", b"sequence,label\nACGT,a\nACNT,b\n", given(L, alphabet="ACGT"),
        r"row 3, column 'sequence': expected only the letters A C G T, got 'N' at position 3; skip=\[3\]"),
    Bad("a sequence of no step", b"sequence,label\nACGT,a\n,b\nAC,b\n", L,
        r"row 3, column 'sequence': expected a sequence of at least one step, got an empty cell"),
    Bad("no label", b"sequence,label\nACGT,a\nGT,\nAC,b\n", L,
        r"row 3, column 'label': expected a label, got an empty cell"),
    Bad("NA for a label", b"sequence,label\nACGT,a\nGT,NA\nAC,a\n", L,
        r"row 3, column 'label': the label 'NA' comes once: a class", False),
    Bad("no label, left out", b"sequence,label\nACGT,a\nGT,\nAC,b\n", given(L, bad_rows="leave out"),
        r"row 3, column 'label': expected a label, got an empty cell", False),
    Bad("a number for a label", b"sequence,label\nACGT,0.37\nGT,1.52\nAC,2.2\n", L,
        r"row 2, column 'label': expected classes, got the number '0\.37', one of 3 different ones"),
    Bad("one class", b"sequence,label\nACGT,a\nGT,a\n", L,
        r"column 'label': expected at least two classes, got 'a' in every row"),
    Bad("a class of one", b"sequence,label\nACGT,a\nGT,b\nAC,a\n", L,
        r"row 3: the class 'b' has this one example", False),
    Bad("a class in two writings", b"sequence,label\nACGT,a\nGT,A\nAC,b\n", L,
        r"The classes 'A' and 'a' differ in their writing alone", False),
    Bad("letters or words?", b"text,label\nto be,a\nor not,b\n", L,
        r"row 2, column 'text': .* got 'to be'; read_as='letters' or read_as='words' decides"),
    Bad("letters or numbers?", b"sequence,label\n0110,a\n10,b\n", L,
        r"row 2, column 'sequence': .* got '0110'; read_as='letters' or read_as='numbers' decides"),
    Bad("a word among numbers", b"sequence,label\n1 2 3,a\n4 x,b\n", L,
        r"row 3, column 'sequence': expected a number, got 'x'"),
    Bad("twins", b"sequence,label\nACGT,a\nGT,b\nACGT,b\nA,a\n", L,
        r"row 4: the sequence is that of row 2, with another label", False),
    Bad("one id, two labels", LONG.replace("1,1,0.7,a", "1,1,0.7,b").encode(), L,
        r"row 3, column 'label': expected 'a' as in row 2 of the same sequence, got 'b'"),
    Bad("no id", LONG.replace("2,1,0.2", ",1,0.2").encode(), L,
        r"row 5, column 'id': expected the id of a sequence, got an empty cell"),
    Bad("a gap in a labelled sequence", LONG.replace("0.7", "").encode(), L,
        r"row 3, column 'x': expected a number, got an empty cell; a labelled sequence may have no gap"),
    Bad("a gap, its sequence left out", (LONG + "3,0,0.4,b\n").replace("0.2,b", ",b").encode(),
        given(L, bad_rows="leave out"), r"row 4, column 'x': row 5 of its sequence: expected a number", False),
    Bad("times not in order within an id", LONG.replace("1,0,0.5", "1,2,0.5").encode(), L,
        r"row 3, column 't': sequence '1': the time is before that of row 2; its rows were sorted", False),
    Bad("a time twice within an id", LONG.replace("2,1,0.2", "2,0,0.2").encode(), L,
        r"row 5, column 't': sequence '2': the time 0 comes again, as in row 4; both are kept", False),
    Bad("an id that comes back", (LONG + "1,2,0.9,a\n").encode(), L,
        r"row 6, column 'id': sequence '1' comes back after another", False),
    Bad("of no clear kind", b"who,what\nx,1\ny,2\n", R,
        r"expected to tell its kind, got a table with the columns 'who', 'what'; kind='labelled'"),
    Bad("a table that calls itself a text", days(1, 2), R, r"expected to tell its kind, .* kind='text'", name="a.txt"),
    # arrays
    Bad("pickled objects", pickled(), A, r"array 'xs': .* got Python objects, which only pickle could", name="a.npz"),
    Bad("a pickle", pickle.dumps([1, 2]), A, r"expected an \.npz, got a file that begins with b'\\x80", name="a.npz"),
    Bad("a cut-off .npz", npz(xs=XS)[:200], A, r"expected an \.npz, got one that is damaged or cut off", name="a.npz"),
    Bad("no labels", npz(xs=XS), A,
        r"array 'labels': expected labels \(4,\) beside xs \(5, 4, 2\), got none", name="a.npz"),
    Bad("no xs", npz(x=XS), A, r"expected an array 'xs' \(with 'labels'\) or .* got 'x'", name="a.npz"),
    Bad("two axes", npz(xs=XS[0], labels=[0, 1]), A, r"array 'xs': expected the axes \(T, N, D\)", name="a.npz"),
    Bad("sequences first", npz(xs=XS, labels=[0, 1, 0, 1, 1]), A,
        r"array 'labels': .* np\.swapaxes\(xs, 0, 1\)", name="a.npz"),
    Bad("words for numbers", npz(xs=XS.astype(str), labels=[0, 1, 0, 1]), A,
        r"array 'xs': .* dtype <U32", name="a.npz"),
    Bad("NaN in xs", npz(xs=XS * np.nan, labels=[0, 1, 0, 1]), A,
        r"array 'xs': .* got nan at \[0, 0, 0\]", name="a.npz"),
    Bad("a length too large", npz(xs=XS, labels=[0, 1, 0, 1], lengths=[5, 5, 6, 5]), A,
        r"array 'lengths': expected whole numbers 1\.\.5, got 6 at \[2\]", name="a.npz"),
    Bad("a length of 0", npz(xs=XS, labels=[0, 1, 0, 1], lengths=[5, 0, 5, 5]), A,
        r"array 'lengths': expected whole numbers 1\.\.5, got 0 at \[1\]", name="a.npz"),
    Bad("a negative label", npz(xs=XS, labels=[0, -1, 0, 1]), A, r"array 'labels': .* got -1 at \[1\]", name="a.npz"),
    # texts
    Bad("an unknown character", "one\ntwo é\n".encode(), given(T, alphabet="enotw \n"),
        r"row 2: expected only characters of the alphabet, got 'é' \(U\+00E9, LATIN SMALL LETTER E WITH ACUTE\)",
        name="a.txt"),
    Bad("dropped", "one\ntwo éé\n".encode(), given(T, alphabet="enotw \n", unknown="drop"),
        r"row 2: 'é' \(U\+00E9, .*\) 2 times: dropped, for it is not in the alphabet", False, "a.txt"),
    Bad("replaced", "one\ntwo é\n".encode(), given(T, alphabet="?enotw \n", unknown="replace"),
        r"row 2: 'é' \(U\+00E9, .*\): replaced by '\?'", False, "a.txt"),
    Bad("blanks alone", b" \n \n", T, r"expected some characters, got 4 blanks alone", name="a.txt"),
    Bad("a text that repeats itself", b"".join(b"The %d. line is another.\n" % i for i in range(400)) * 2, T,
        r"row 401: from here on [\d,]+ characters come in blocks that stood in the text before", False, "a.txt"),
]  # fmt: skip


def answer(bad, folder):
    """(the sentences, whole, and what was read or None)"""
    path = folder / bad.name
    path.write_bytes(bad.content)
    try:
        found = bad.call(path)
    except own.FileFault as fault:
        return [str(fault)], None
    told = [str(own.FileFault(found.path, r.sentence, r.row, r.column)) for r in (*found.remarks, *found.left_out)]
    return told + [f"{found.path}: {key}: {words}" for key, words in found.choices.items()], found


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: bad.what)
def test_a_bad_file_is_answered_by_a_sentence_that_names_the_place(bad, tmp_path):
    told, found = answer(bad, tmp_path)
    assert any(re.match(rf"{re.escape(bad.name)}(, |: ){bad.says}", sentence) for sentence in told), told
    assert (found is None) == bad.refused
    if found is not None:
        nothing_is_lost(found, bad.content)
        assert len(str(found).splitlines()) <= 15


def nothing_is_lost(found, content, encoding="utf-8"):
    """Rows (or characters), counted without the reader."""
    out = sum(remark.count for remark in found.left_out)
    assert found.kept + out == found.total
    if found.path.endswith(".npz"):
        return
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        text = content.decode("cp1252")
    if found.kind == "text":
        assert found.kept == len(found.data)
        assert found.total == len(text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n"))
        return
    signs = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|", "none": "\x1f"}
    sign = signs.get(found.choices["delimiter"].split()[0], " ")
    rows = len(list(csv.reader(io.StringIO(text, newline=""), delimiter=sign)))
    assert found.total + found.choices["header"].startswith("row") == rows
    if found.kind == "series":
        taken = found.rows[found.rows > 0].tolist()
        assert found.kept == len(taken) == len(set(taken))
        assert len(found.data) == len(found.rows)
    else:
        steps = found.choices["shape"] == "one row a time step"
        assert found.kept == (found.data.lengths.sum() if steps else len(found.rows))
        taken = found.rows.tolist()
    assert not {remark.row for remark in found.left_out} & set(taken)


def test_there_are_many():
    assert len({bad.what for bad in BAD}) == len(BAD) >= 45


def test_a_file_that_is_not_there(tmp_path):
    (tmp_path / "power.csv").write_bytes(b"x\n1\n")
    with pytest.raises(own.FileFault, match=r"powre\.csv: expected a file .*; did you mean 'power\.csv'\?"):
        own.read(tmp_path / "powre.csv")


def test_a_folder(tmp_path):
    with pytest.raises(own.FileFault, match="expected a file, got a folder"):
        own.series(tmp_path)


def test_a_file_that_may_not_be_read(tmp_path, monkeypatch):
    (tmp_path / "power.csv").write_bytes(b"x\n1\n")

    def refuse(path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.read_bytes", refuse)
    with pytest.raises(own.FileFault, match=r"power\.csv: expected a file that may be read"):
        own.read(tmp_path / "power.csv")
