import datetime as dt
import io
import zipfile

from audits.formats import archive

DAY = dt.date(2026, 11, 22)


def test_the_same_files_make_the_same_bytes() -> None:
    files = {"ก.csv": b"1", "b/c.txt": b"2"}
    assert archive.zipped(files, DAY) == archive.zipped(dict(files), DAY)


def test_names_content_and_day_come_back() -> None:
    with zipfile.ZipFile(io.BytesIO(archive.zipped({"ก.csv": b"1", "b/c.txt": b"2"}, DAY))) as opened:
        assert opened.namelist() == ["ก.csv", "b/c.txt"]
        assert opened.read("b/c.txt") == b"2"
        assert {entry.date_time for entry in opened.infolist()} == {(2026, 11, 22, 0, 0, 0)}
        assert opened.testzip() is None
