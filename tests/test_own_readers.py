"""What the readers of own files find in good ones, however they are written."""

import csv
import hashlib
import io
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_own import BAD, nothing_is_lost

from rnnlib.data import Alphabet, Sequences, own, padded_batches, text_batches

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "notebooks" / "own"


@pytest.fixture
def file(tmp_path):
    """Write a file, give back its path."""

    def write(content, name="a.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def told(found):
    return [str(remark) for remark in found.remarks]


# --- however a table is written, the same numbers come back

NUMBERS = st.floats(-1e6, 1e6, allow_nan=False).map(lambda x: round(x, 4)) | st.integers(-(10**6), 10**6).map(float)


@st.composite
def tables(draw):
    """(numbers (T, D), bytes, delimiter, decimal sign) in a drawn dialect."""
    T, D = draw(st.integers(2, 12)), draw(st.integers(1, 4))
    cells = draw(st.lists(st.lists(NUMBERS | st.none(), min_size=D, max_size=D), min_size=T, max_size=T))
    xs = np.array([[np.nan if x is None else x for x in row] for row in cells])
    xs[0] = np.nan_to_num(xs[0], nan=0.5)  # a column without any number is another story
    xs[1] = np.nan_to_num(xs[1], nan=1.5)
    delimiter, decimal = draw(st.sampled_from(",;\t|")), draw(st.sampled_from(".,"))
    minus, gap = draw(st.sampled_from("-−")), draw(st.sampled_from(["", "NA", "nan", "-"]))
    blank = draw(st.sampled_from(["", "\u00a0", "\u202f", " "]))

    def cell(x):
        if np.isnan(x):
            return gap
        whole = f"{abs(x):,.4f}" if abs(x) != round(abs(x)) else f"{abs(x):,.0f}"
        whole = whole.replace(",", blank).replace(".", decimal)
        return (minus if x < 0 else "") + whole

    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
    out = io.StringIO(newline="")
    quoting = draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
    end = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    writer = csv.writer(out, delimiter=delimiter, quoting=quoting, lineterminator=end)
    writer.writerow(["date", *(f"Größe {d}{end}in kW" if d == 1 else f"x{d}" for d in range(D))])
    for t, row in enumerate(xs):
        writer.writerow([f"2024-01-{t + 1:02d}", *map(cell, row)])
    empty_last = draw(st.sampled_from(["", end, end + end]))
    return xs, (out.getvalue() + empty_last).encode(encoding), delimiter, decimal


@settings(deadline=None, max_examples=100)
@given(tables())
def test_however_it_is_written_the_same_numbers_come_back(tmp_path_factory, drawn):
    """With nothing said, the numbers are right or a FileFault names the argument that decides: never other numbers."""
    xs, content, delimiter, decimal = drawn
    path = tmp_path_factory.getbasetemp() / "drawn.csv"
    path.write_bytes(content)
    found = own.series(path, delimiter=delimiter, decimal=decimal)
    np.testing.assert_array_equal(found.data, xs)
    assert found.kept == len(xs) and found.total - found.kept == len(found.left_out)
    try:
        np.testing.assert_array_equal(own.series(path).data, xs)
    except own.FileFault as fault:
        assert re.search(r"(delimiter|decimal)=.* decides", str(fault))


SPOILT = [*',;|.-%"\n\t\r', "NA", "Total", "1e999", "-999", "1,5", "2024-01-01", "label", "\u00a0", "²", "\0", "ÿ"]


@settings(deadline=None, max_examples=150)
@given(st.sampled_from(range(len(BAD))), st.lists(st.tuples(st.floats(0, 1), st.sampled_from(SPOILT)), max_size=3))
def test_a_spoilt_file_is_refused_or_read_with_nothing_lost(tmp_path_factory, which, edits):
    bad = BAD[which]
    content = bad.content
    for where, what in edits:
        at = int(where * len(content))
        content = content[:at] + what.encode("cp1252" if what == "ÿ" else "utf-8") + content[at:]
    path = tmp_path_factory.getbasetemp() / f"spoilt_{bad.name}"
    path.write_bytes(content)
    for reader in (own.read, own.series, own.labelled, own.text, own.arrays, bad.call):
        try:
            found = reader(path)
        except own.FileFault as fault:
            assert str(fault).startswith(path.name) and "\n" not in str(fault)
        else:
            assert len(str(found).splitlines()) <= 15
            nothing_is_lost(found, content)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends(file, encoding, end):
    found = own.series(file(f"date;Wärme{end}2024-01-01;1,5{end}2024-01-02;2{end}{end}".encode(encoding)))
    assert found.names == ("Wärme",) and found.data.tolist() == [[1.5], [2.0]]
    assert encoding.removesuffix("-sig") in found.choices["encoding"]
    assert found.choices["line ends"] == {"\n": "LF", "\r\n": "CRLF", "\r": "CR"}[end]
    assert [remark.row for remark in found.left_out] == [4]


@pytest.mark.parametrize(
    "cell, number",
    [
        ("1234.5", 1234.5),
        ("−12.5", -12.5),
        ("1\u00a0234.5", 1234.5),
        ("1\u202f234\u202f567.5", 1234567.5),
        ("1'234.5", 1234.5),
        ('"1,234.5"', 1234.5),
        ('"1,234,567"', 1234567.0),
        ("1.5e-3", 0.0015),
        (".5", 0.5),
        ("+7.", 7.0),
        ("12.5 %", 12.5),
    ],
)
def test_numbers_as_people_write_them(file, cell, number):
    rows = f"date,x\n2024-01-01,{cell}\n2024-01-02,{'0.25 %' if '%' in cell else 0.25}\n"
    assert own.series(file(rows)).data[:, 0].tolist() == [number, 0.25]


@pytest.mark.parametrize(
    "cells, first",
    [
        (["2024-02-01", "2024-02-02"], "2024-02-01"),
        (["2024/2/1", "2024/2/2"], "2024-02-01"),
        (["2024-02-01T13:30:00Z", "2024-02-01T14:30:00Z"], "2024-02-01T13:30:00"),
        (["2024-02-01 13:30:00+02:00", "2024-02-01 14:30:00+02:00"], "2024-02-01T11:30:00"),
        (["01.02.2024", "02.02.2024"], "2024-02-01"),
        (["13/2/2024", "14/2/2024"], "2024-02-13"),
        (["2/13/2024 1:00 PM", "2/13/2024 2:00 PM"], "2024-02-13T13:00:00"),
        (["1-Feb-2024", "2-Feb-2024"], "2024-02-01"),
        (["Feb 1 2024", "February 2 2024"], "2024-02-01"),
        (["2024-02", "2024-03"], "2024-02-01"),
        (["2024-02-01 24:00", "2024-02-02 01:00"], "2024-02-02T00:00:00"),
    ],
)
def test_dates_as_people_write_them(file, cells, first):
    found = own.series(file(f"when,x\n{cells[0]},1\n{cells[1]},5\n"))
    assert str(found.times[0]) == first and found.times[0] < found.times[1]


def test_the_argument_that_decides_does(file):
    path = file("date,x\n03/04/2024,1.234\n03/05/2024,2.345\n")
    day = own.series(path, day_first=True, decimal=".")
    month = own.series(path, day_first=False, decimal=",")
    assert [str(t) for t in day.times[[0, -1]]] == ["2024-04-03", "2024-05-03"]
    assert [str(t) for t in month.times[[0, -1]]] == ["2024-03-04", "2024-03-05"]
    assert day.data[0, 0] == 1.234 and month.data[0, 0] == 1234
    short = own.series(file("date,x\n01/02/24,1\n02/02/24,2\n"), date_format="%d/%m/%y")
    assert str(short.times[1]) == "2024-02-02"


@pytest.mark.parametrize(
    "choice",
    [
        {"day_first": "False"},
        {"header": "True"},
        {"skip": "[3]"},
        {"date_format": 3},
        {"decimal": ";"},
        {"delimiter": "::"},
        {"encoding": "utf-9"},
        {"bad_rows": "drop"},
        {"order": "up"},
        {"where": "town"},
        {"gaps": "-999"},
        {"most_bytes": 0},
        {"columns": [2, 2]},
    ],
    ids=str,
)
def test_a_choice_of_another_kind_is_refused_by_its_name(file, choice):
    (name,) = choice
    with pytest.raises((ValueError, TypeError), match=f"^{name}: expected"):
        own.series(file("date,x\n03/04/2024,1\n03/05/2024,2\n"), **choice)


def test_a_date_and_a_clock_in_two_columns(file):
    found = own.series(file("Date;Time;kW\n16/12/2006;17:24:00;4,216\n16/12/2006;17:25:00;?\n"), decimal=",")
    assert [str(t) for t in found.times] == ["2006-12-16T17:24:00", "2006-12-16T17:25:00"]
    assert found.data[0, 0] == 4.216 and np.isnan(found.data[1, 0])


def test_rows_without_a_readable_time_or_number_are_left_out_as_asked(file):
    rows = ["date,x", "1/31/2024,1", "soon,2", "2/1/2024,3", "2/2/2024,x", "2/13/2024,5", "13/13/2024,6"]
    found = own.series(file("\n".join(rows)), bad_rows="leave out")
    assert [r for r in found.rows if r] == [2, 4, 6] and [r.row for r in found.left_out] == [3, 5, 7]
    assert [str(t) for t in found.times[[0, -1]]] == ["2024-01-31", "2024-02-13"]


def test_missing_days_are_gaps_and_the_rows_stay_those_of_the_file(file):
    found = own.series(file("date,x\n2024-01-01,1\n2024-01-02,2\n2024-01-05,3.5\n2024-01-06,4\n"))
    assert found.rows.tolist() == [2, 3, 0, 0, 4, 5]
    assert np.isnan(found.data[:, 0]).tolist() == [False, False, True, True, False, False]
    assert (np.diff(found.times) == np.timedelta64(1, "D")).all()
    assert own.series(file("date,x\n2024-01-01,1\n2024-01-03,2\n2024-01-04,3\n"), fill_steps=False).rows.size == 3


def test_one_series_of_several(file):
    rows = ["town,date,x", "A,2024-01-01,1", "B,2024-01-01,5", "A,2024-01-02,2", "B,2024-01-02,7"]
    found = own.series(file("\n".join(rows)), where={"town": "B"})
    assert found.data[:, 0].tolist() == [5, 7] and [r.row for r in found.left_out] == [2, 4]
    with pytest.raises(own.FileFault, match="column 'town': expected a row with 'C', got 'A', 'B'"):
        own.series(file("\n".join(rows)), where={"town": "C"})


def test_months_are_steps_though_they_differ_in_days(file):
    found = own.series(file("month,x\n" + "".join(f"2023-{m:02d}-01,{m * m}\n" for m in (1, 2, 3, 5, 6, 7))))
    assert found.choices["step"] == "1 month" and found.rows.tolist() == [2, 3, 4, 0, 5, 6, 7]
    assert str(found.times[3]) == "2023-04-01"


def test_times_with_fractions_are_counted_in_their_smallest_step(file):
    found = own.series(file("t,x\n0.1,1\n0.3,5\n0.5,2\n0.9,4\n1.1,4.5\n"))
    assert found.rows.tolist() == [2, 3, 4, 0, 5, 6] and found.times[3] == pytest.approx(0.7)
    odd = own.series(file("t,x\n0.1,1\n0.3,5\n0.61,2\n0.9,4\n"))
    assert len(odd.rows) == 4 and "irregular" in told(odd)[0]


def test_last_days_of_months_are_months_too(file):
    found = own.series(file("date,x\n2023-01-31,1\n2023-02-28,3\n2023-03-31,6\n2023-05-31,2\n2023-06-30,9\n"))
    assert found.rows.tolist() == [2, 3, 4, 0, 5, 6] and str(found.times[3]) == "2023-04-30"


def test_a_long_outage_is_named_and_not_put_in(file):
    found = own.series(file("date,x\n2023-01-01,1\n2023-01-02,3\n2023-01-03,6\n2023-05-31,2\n2023-06-01,9\n"))
    assert len(found.rows) == 5 and "147 steps are missing after 2023-01-03; not put in" in told(found)[0]


def test_rows_out_of_order_are_sorted_or_kept_as_asked(file):
    path = file("date,x\n2024-01-03,3\n2024-01-01,1\n2024-01-02,2.5\n")
    assert own.series(path).data[:, 0].tolist() == [1, 2.5, 3]
    assert own.series(path).rows.tolist() == [3, 4, 2]
    assert own.series(path, order="file").data[:, 0].tolist() == [3, 1, 2.5]


def test_years_are_times_by_their_name(file):
    found = own.series(file("YEAR,SUNACTIVITY\n1700,5\n1701,11\n1702,16\n"))
    assert found.names == ("SUNACTIVITY",) and found.times.tolist() == [1700, 1701, 1702]


def test_without_times_rows_are_steps(file):
    found = own.series(file("1.5\n2.5\n\n3\n"))
    assert found.times is None and found.data[:, 0].tolist() == [1.5, 2.5, 3] and found.rows.tolist() == [1, 2, 4]


def test_gaps_of_ones_own(file):
    found = own.series(file("date,x\n2024-01-01,1\n2024-01-02,-999\n2024-01-03,k.A.\n"), gaps=["-999", "k.A."])
    assert np.isnan(found.data[:, 0]).tolist() == [False, True, True]


def test_excel_says_its_delimiter_and_quotes_hold_newlines(file):
    found = own.series(file('sep=;\r\ndate;"x\r\nin kW"\r\n2024-01-01;1,5\r\n2024-01-02;2\r\n'))
    assert found.names == ("x in kW",) and found.rows.tolist() == [3, 4] and found.left_out[0].row == 1


def test_a_row_to_skip_is_named(file):
    found = own.series(file("exported by the meter\ndate,x\n2024-01-01,1\n2024-01-02,4\n"), skip=[1])
    assert found.rows.tolist() == [3, 4] and [r.row for r in found.left_out] == [1]


# --- labelled sequences


def test_letters_numbers_and_words_in_a_cell(file):
    letters = own.labelled(file("sequence,label\nGATTACA,gene\nAC,other\n"))
    assert letters.symbols == tuple("ACGT") and letters.names == ("gene", "other")
    assert letters.data.xs.shape == (7, 2, 4) and letters.data.lengths.tolist() == [7, 2]
    assert "".join(letters.symbols[k] for k in letters.data.xs[:, 0].argmax(1)) == "GATTACA"
    assert not letters.data.xs[2:, 1].any()
    numbers = own.labelled(file("sequence;label;patient\n1,5 2 3;a;p1\n4 5;b;p2\n"))
    assert numbers.data.xs[:, :, 0].T.tolist() == [[1.5, 2, 3], [4, 5, 0]] and numbers.symbols == ()
    assert numbers.groups.tolist() == [0, 1] and numbers.group_names == ("p1", "p2")
    words = own.labelled(file("text,label\nto be,a\nor not to be,b\n"), read_as="words")
    assert words.symbols == ("be", "not", "or", "to") and words.data.lengths.tolist() == [2, 4]
    listed = own.labelled(file('values,class\n"[1, 2, 3]",0\n"[4, 5]",1\n'))
    assert listed.data.xs[:, 1, 0].tolist() == [4, 5, 0]


def test_one_row_a_step(file):
    rows = ["id,t,u,v,label,speaker", "7,1,3,0.5,b,x", "7,0,1,2,b,x", "9,0,5,6,a,y", "9,1,7,8,a,y", "9,2,9,9,a,y"]
    found = own.labelled(file("\n".join(rows)))
    assert found.features == ("u", "v") and found.names == ("a", "b") and found.group_names == ("x", "y")
    assert found.data.xs[:, 0].tolist() == [[1, 2], [3, 0.5], [0, 0]]  # sorted by t, padded
    assert found.data.labels.tolist() == [1, 0] and found.data.lengths.tolist() == [2, 3]
    assert found.rows.tolist() == [2, 4] and found.kept == 5


def test_columns_that_are_an_id_together(file):
    rows = ["subject,visit,x,label", "1,1,0.5,a", "1,1,2,a", "1,2,3,b", "2,1,4,b"]
    found = own.labelled(file("\n".join(rows)), id=["subject", "visit"])
    assert found.features == ("x",) and found.data.lengths.tolist() == [2, 1, 1]
    assert found.group_names == ("1", "2") and found.groups.tolist() == [0, 0, 1]


def test_what_would_not_fit_is_refused_before_the_memory_is_taken(file):
    words = " ".join(f"w{i}" for i in range(12_000))
    path = file(f"text,label\n{words},a\nw1 w2,b\nw1,b\n")
    with pytest.raises(own.FileFault, match="row 2: expected at most 134,217,728 numbers, got 12,000 steps × 3 seq"):
        own.labelled(path, read_as="words")


def test_x_and_y_are_no_label(file):
    with pytest.raises(own.FileFault, match="expected a column for label, got 'id', 'x', 'y', 'digit'"):
        own.labelled(file("id,x,y,digit\n1,2,3,4\n1,3,3,4\n2,1,0,7\n"))


def test_a_form_asks_for_the_columns(file):
    assert own.columns(file("id;sequence;label\n1;AC;a\n2;GT;b\n")) == ("id", "sequence", "label")


def test_what_is_not_used_is_said(file):
    assert own.labelled(file("id,sequence,label\n1,AC,a\n2,GT,b\n")).choices["not used"] == "'id'"


def test_a_column_a_step(file):
    found = own.labelled(file("label,t0,t1,t2\na,1,2,3\nb,4,5,\n"), sequence=["t0", "t1", "t2"])
    assert found.data.xs[:, :, 0].T.tolist() == [[1, 2, 3], [4, 5, 0]] and found.data.lengths.tolist() == [3, 2]
    bare = own.labelled(file("1,0.5,0.25,7\n2,4,5,6\n"), label=1, sequence=range(2, 5))
    assert bare.data.xs[:, 0, 0].tolist() == [0.5, 0.25, 7] and bare.names == ("1", "2")


def test_columns_by_number_where_there_is_no_header(file):
    found = own.labelled(file("ACGT,x\nAC,y\nAA,x\n"), sequence=1, label=2)
    assert found.rows.tolist() == [1, 2, 3] and found.names == ("x", "y")


def test_a_sequence_goes_whole_where_one_of_its_rows_is_bad(file):
    rows = ["id,x,label", "1,1,a", "1,,a", "2,1,b", "2,2,b", "3,3,a"]
    found = own.labelled(file("\n".join(rows)), bad_rows="leave out")
    assert found.rows.tolist() == [4, 6] and [remark.row for remark in found.left_out] == [2, 3]


def test_leaks_ids_and_counters_are_remarked(file):
    rng = np.random.default_rng(0)
    rows = ["id,case_no,clock,code,x,label"]
    for i in range(12):
        for t in range(4):
            rows.append(f"{i},{900 + 7 * i},{t},{i % 2 * 5 + 1},{rng.normal():.5f},{'ab'[i % 2]}")
    found = own.labelled(file("\n".join(rows)))
    assert found.features == ("case_no", "clock", "code", "x")
    assert any("'case_no'" in line and "an id?" in line for line in told(found))
    assert any("'clock'" in line and "counter" in line for line in told(found))
    assert any("'code'" in line and "give the label away" in line for line in told(found))
    assert not any("'x'" in line for line in told(found))


def test_lengths_and_classes_are_remarked(file):
    rows = [f"{'A' * (50 if i == 3 else 2)}{'C' * (i % 2)},{'rare' if i == 5 else 'often'}" for i in range(60)]
    lines = told(own.labelled(file("sequence,label\n" + "\n".join(rows))))
    assert any(line.startswith("Row 5:") and "very long" in line for line in lines)
    assert any("'often' has 59 examples, 'rare' has 1" in line for line in lines)


def test_duplicates_across_a_split(file):
    found = own.labelled(file("sequence,label\nAC,a\nGT,b\nAC,a\nTT,b\nGT,b\n"))
    remarks = own.duplicates_across(found, {"train": [0, 1], "validate": [3], "test": [2, 4]})
    assert [remark.row for remark in remarks] == [4, 6]
    assert "'test' is also in 'train', in row 2" in remarks[0].sentence
    assert own.duplicates_across(found, {"train": [0, 2], "test": [1, 4, 3]}) == []


# --- texts, arrays, the choice, the command


def test_a_text_reads_the_same_from_every_system(file):
    for end in ("\n", "\r\n", "\r"):
        found = own.text(file(f"one{end}two{end}".encode("utf-8-sig"), "a.txt"))
        assert found.data == "one\ntwo\n" and found.total == found.kept == 8


def test_unknown_characters_three_ways(file):
    path, alphabet = file("naïve café\n", "a.txt"), "acefnv ?\n"
    with pytest.raises(own.FileFault, match=r"row 1: .*'ï'.* at character 3, one of 2 unknown ones"):
        own.text(path, alphabet=alphabet)
    dropped = own.text(path, alphabet=alphabet, unknown="drop")
    assert dropped.data == "nave caf\n" and dropped.total - dropped.kept == 2
    assert own.text(path, alphabet=Alphabet(alphabet), unknown="replace").data == "na?ve caf?\n"
    with pytest.raises(ValueError, match="replacement: expected a character of the alphabet"):
        own.text(path, alphabet="acefnv", unknown="replace")


def test_arrays_of_both_kinds(tmp_path):
    rng = np.random.default_rng(1)
    xs = rng.normal(size=(5, 4, 2))
    np.savez(tmp_path / "a.npz", xs=xs, labels=["u", "v", "u", "v"], lengths=[5, 3, 5, 5], groups=[1, 1, 2, 2])
    found = own.read(tmp_path / "a.npz")
    assert found.kind == "labelled" and found.names == ("u", "v") and found.groups.tolist() == [0, 0, 1, 1]
    assert not found.data.xs[3:, 1].any() and "2 · 2" not in str(found)
    assert found.choices["padding"].startswith("4 numbers")
    np.savez(tmp_path / "b.npz", series=xs[:, 0], names=["p", "q"], times=np.arange(5))
    assert own.read(tmp_path / "b.npz").names == ("p", "q")


def test_the_reader_is_chosen_by_what_the_file_is(file):
    for content, name, kind in (
        ("Once upon a time.\n", "a.txt", "text"),
        ("date,x\n2024-01-01,1\n2024-01-02,4\n", "a.csv", "series"),
        ("sequence\tlabel\nAC\ta\nGT\tb\n", "a.tsv", "labelled"),
    ):
        found = own.read(file(content, name))
        assert found.kind == kind and found.choices["reader"].startswith(kind)


def test_what_was_found_goes_into_the_library(file):
    found = own.labelled(EXAMPLES / "names.csv")
    assert isinstance(found.data, Sequences)
    xs, labels, lengths = next(padded_batches(found.data, 32))
    assert xs.shape[1:] == (32, len(found.symbols)) and len(labels) == len(lengths) == 32
    text = own.text(EXAMPLES / "wonderland.txt").data
    alphabet = Alphabet(text)
    assert next(text_batches(alphabet.encode(text), len(alphabet), T=8, B=2))[0].shape == (8, 2, len(alphabet))


def test_the_three_examples_are_those_of_their_readme():
    readme = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    table = re.findall(r"\| `([\w.-]+)` \| ([\d,]+) \| `(\w{64})` \|", readme)
    assert {name for name, _, _ in table} == {"names.csv", "seattle-weather.csv", "wonderland.txt"}
    for name, size, checksum in table:
        content = (EXAMPLES / name).read_bytes()
        assert (f"{len(content):,}", hashlib.sha256(content).hexdigest()) == (size, checksum)
    kinds = {name: own.read(EXAMPLES / name) for name, _, _ in table}
    weather, names, text = kinds["seattle-weather.csv"], kinds["names.csv"], kinds["wonderland.txt"]
    assert weather.data.shape == (1461, 4) and not np.isnan(weather.data).any()
    assert [str(t) for t in weather.times[[0, -1]]] == ["2012-01-01", "2015-12-31"]
    assert np.bincount(names.data.labels).tolist() == [382] * 5 and len(names.group_names) == 382
    assert (len(text.data), text.data.count("\n"), len(set(text.data))) == (144_430, 3_339, 71) and text.data.isascii()
    where = {}
    for i, label in enumerate(names.data.labels):
        key = names.data.xs[:, i].tobytes(), int(names.data.lengths[i])
        where.setdefault(key, []).append(int(label))
    shared = sum(len(labels) for labels in where.values() if len(set(labels)) > 1)
    best = sum(np.bincount(labels).max() for labels in where.values())
    assert (shared, best) == (701, 1444) and "701 rows" in readme and "(1,444 of 1,910)" in readme


def test_the_command_prints_what_was_found(file):
    command = [sys.executable, "-m", "rnnlib.data.own"]
    done = subprocess.run([*command, str(EXAMPLES / "names.csv")], capture_output=True, cwd=ROOT, timeout=60)
    assert done.returncode == 0 and b"1,910 labelled sequences" in done.stdout
    bad = subprocess.run([*command, str(file("date,load\n"))], capture_output=True, cwd=ROOT, timeout=60)
    assert bad.returncode == 1 and b"a.csv, row 1: expected rows below the header" in bad.stderr
