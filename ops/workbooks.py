"""Workbooks that people send us, before they are opened: what unpacks to far too much is refused."""

from pathlib import Path
from zipfile import BadZipFile, ZipFile


def weigh(path: Path, most_bytes: int, refused: type[Exception], of_what: str) -> None:
    """Raises `refused`, with one line, for a file that is no workbook or far too large for `of_what`."""
    try:
        with ZipFile(path) as packed:
            size = sum(part.file_size for part in packed.infolist())
    except OSError as error:
        raise refused(f"{path.name}: cannot be read: {error.strerror}") from error
    except BadZipFile as error:
        raise refused(f"{path.name}: is no .xlsx workbook; save it as one") from error
    if size > most_bytes:
        raise refused(f"{path.name}: is far too large for {of_what}")
