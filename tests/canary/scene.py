"""What every act plays with."""

from dataclasses import dataclass

from tests.canary.line import Line
from tests.canary.people import Canaries
from tests.canary.phones import Chat, Phone
from tests.canary.staff import Staff


@dataclass
class Scene:
    line: Line
    canaries: Canaries
    caseworker: Staff
    officer: Staff
    supervisor: Staff

    def phone(self, whose: str) -> Phone:
        return Phone(self.line, self.canaries.phone(f"the number of {whose}"))

    def chat(self, whose: str) -> Chat:
        """With the names and the user name that Telegram sends along."""
        profile = {
            "first_name": self.canaries.name(f"the first name of {whose}", "accented"),
            "last_name": self.canaries.name(f"the last name of {whose}", "cyrillic"),
            "username": self.canaries.word(f"the user name of {whose}"),
        }
        return Chat(self.line, self.canaries.chat(f"the chat of {whose}"), profile)

    def word(self, where: str, script: str = "latin") -> str:
        return self.canaries.word(where, script)

    def sentence(self, where: str, script: str = "latin") -> str:
        return self.canaries.sentence(where, script)
