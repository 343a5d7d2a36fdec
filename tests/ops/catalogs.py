"""A reviewer with a file, and the command line in this process with catalogs of its own."""

from click.testing import CliRunner
from openpyxl import load_workbook

from ops.commands.locales import locales
from ops.reviewing.sheet import COLUMNS

AMINA = "Amina H., native speaker"
PLACE = {name: number for number, name in enumerate(COLUMNS, 1)}


class Desk:
    """Runs `waypost locales` on the catalogs below `root`."""

    def __init__(self, root):
        self.root = root

    def says(self, command, *words, code=0, typed=""):
        words = [command, "--catalogs", str(self.root), *map(str, words)]
        done = CliRunner().invoke(locales, words, input=typed)
        assert done.exit_code == code, done.output
        assert done.exception is None or isinstance(done.exception, SystemExit)
        return done.output

    def catalog(self, language):
        return (self.root / language / "contact.po").read_text("utf-8")

    def exports(self, file, language="fr", *more):
        self.says("export", language, file, *more)
        return Sheet(file) if file.suffix == ".xlsx" else file

    def imports(self, file, *more, **how):
        file = file.path if isinstance(file, Sheet) else file
        return self.says("import", file, "--by", AMINA, *more, **how)


class Sheet:
    """The workbook as somebody has it open."""

    def __init__(self, path):
        self.path = path
        self.book = load_workbook(path)
        self.sheet = self.book.worksheets[0]

    def row(self, message_id):
        return next(row[0].row for row in self.sheet.iter_rows() if row[0].value == message_id)

    def cell(self, message_id, column):
        return self.sheet.cell(self.row(message_id), PLACE[column])

    def writes(self, message_id, column="translation", words="ok"):
        self.cell(message_id, column).value = words
        self.book.save(self.path)
        return self

    def approves(self, *ids):
        for message_id in ids:
            self.writes(message_id, "verdict", "ok")
        return self

    def ids(self):
        return [row[0].value for row in self.sheet.iter_rows(min_row=2)]
