"""Phones: what people write from them, what they press, and what they hear."""

from dataclasses import dataclass, field

from tests.canary.line import Line, until
from tests.fakes.telegram import message, person


@dataclass
class Phone:
    """A phone that texts the line."""

    line: Line
    number: str

    def heard(self) -> list[str]:
        return self.line.twilio.to(self.number)

    def sends(self, text: str, **fields: str) -> None:
        """Texts, and does not wait for an answer."""
        assert self.line.hears(self.number, text, **fields) == 204

    def writes(self, text: str, **fields: str) -> str:
        """Texts, and reads what is answered."""
        before = len(self.heard())
        self.sends(text, **fields)
        return self.hears_more_than(before)

    def hears_more_than(self, before: int) -> str:
        until(lambda: len(self.heard()) > before, f"no answer after {self.heard()[-1:]}")
        return self.heard()[-1]

    def picks(self, label: str) -> str:
        """Answers with the number of an option."""
        return self.writes(_number_of(label, self.heard()[-1]))

    def gets_to_the_menu(self, first: str, language: str = "English", yes: str = "Yes") -> None:
        self.writes(first)
        self.writes(language)
        self.picks(yes)

    def asks_for_a_person(self) -> int:
        """Gives the number of the case."""
        before = self.line.counts("SELECT coalesce(max(id), 0) FROM cases")
        self.writes("0")
        case = self.line.counts("SELECT max(id) FROM cases")
        assert case > before
        return case


@dataclass
class Chat:
    """A chat on Telegram, with all that Telegram tells about who writes."""

    line: Line
    id: int
    profile: dict[str, str] = field(default_factory=dict)

    def heard(self) -> list[str]:
        return self.line.telegram.to(self.id)

    def sends(self, text: str = "", /, **more: object) -> int:
        return self.line.is_told(message=self._message(text, **more))

    def writes(self, text: str = "", /, **more: object) -> str:
        before = len(self.heard())
        assert self.sends(text, **more) == 204
        return self.hears_more_than(before)

    def edits(self, text: str) -> str:
        before = len(self.heard())
        assert self.line.is_told(edited_message=self._message(text, edit_date=1_772_442_700)) == 204
        return self.hears_more_than(before)

    def presses(self, label: str) -> str:
        """A button of the last message."""
        last = next(m for m in reversed(self.line.telegram.messages) if m.chat == self.id)
        data = [data for shown, data in last.buttons if shown.endswith(f" {label}")]
        assert data, f"{label!r} is no button of {last.shown!r}"
        before = len(self.heard())
        assert self.presses_anything(data[0]) == 200
        return self.hears_more_than(before)

    def presses_anything(self, data: str, **more: object) -> int:
        query = {"id": "12", "from": self._person(), "chat_instance": "1", "data": data}
        return self.line.is_told(callback_query=query | {"message": self._message("")} | more)

    def hears_more_than(self, before: int) -> str:
        until(lambda: len(self.heard()) > before, f"no answer after {self.heard()[-1:]}")
        return self.heard()[-1]

    def _message(self, text: str, **more: object) -> dict[str, object]:
        chat = {"id": self.id, "type": "private", **self.profile}
        return message(self.id, text, **({"chat": chat, "from": self._person()} | more))

    def _person(self) -> dict[str, object]:
        return person(self.id) | self.profile


def _number_of(label: str, shown: str) -> str:
    for line in shown.splitlines():
        number, _, option = line.partition(" ")
        if number.isdigit() and option == label:
            return number
    raise AssertionError(f"{label!r} cannot be picked from {shown!r}")
