"""`waypost rehearse`: plays written dialogues and prints the transcript."""

import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy.orm import Session, sessionmaker

from hotline import lines
from hotline.conversation import Conversation
from hotline.keyring import KeyRing
from hotline.vault import Vault
from locales import languages
from ops import database, embedded
from ops.rehearsal import DialogueWrong, Rehearsal, read_dialogue
from triage import load_flow

SPEAKERS = {"contact": "they ", "line": "we   ", "caseworker": "desk ", "": "     "}


@click.command()
@click.argument("dialogues", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--language", type=click.Choice(languages()), help="Play in this language.")
@click.option("--quiet", is_flag=True, help="Print only what left the script.")
def rehearse(dialogues: tuple[Path, ...], language: str | None, *, quiet: bool) -> None:
    """Play DIALOGUES (TOML) through the real engine on a throwaway database."""
    failed = 0
    vault = Vault(KeyRing.new())
    with _throwaway() as sessions:
        for number, path in enumerate(dialogues):
            try:
                failed += _play(sessions, vault, path, number, language, quiet=quiet)
            except DialogueWrong as wrong:
                raise click.ClickException(f"{path.name}: {wrong}") from None
    if failed:
        raise click.ClickException(f"{failed} turns left the script")
    click.echo(f"{len(dialogues)} dialogues went as written.")


def _play(
    sessions: sessionmaker[Session],
    vault: Vault,
    path: Path,
    number: int,
    language: str | None,
    *,
    quiet: bool,
) -> int:
    dialogue = read_dialogue(path)
    spoken = language or str(dialogue.get("language", "en"))
    with sessions() as session:
        line = lines.first(session)
    assert line is not None
    conversation = Conversation(vault, load_flow(), line.id, line.languages)
    rehearsal = Rehearsal(sessions, conversation, spoken, f"+1202555{1000 + number}")
    if not quiet:
        click.echo(f"\n== {dialogue.get('title', path.stem)} ({spoken})")
    failed = 0
    for said in rehearsal.play(dialogue["turn"]):
        if said.problem:
            failed += 1
            click.echo(f"  ✗ {path.name}: {said.problem}", err=True)
        elif not quiet:
            indent = "\n" + " " * 7
            click.echo(f"  {SPEAKERS[said.speaker]}{said.text.replace(chr(10), indent)}")
    return failed


@contextmanager
def _throwaway() -> Generator[sessionmaker[Session], None, None]:
    home = Path(tempfile.mkdtemp(prefix="waypost-rehearsal-"))
    home.chmod(0o755)  # as root the database runs as a system user, which has to get in
    server = embedded.start(home, ["fsync=off"])
    engine = database.make_engine(server.url())
    try:
        database.upgrade(engine)
        with database.make_sessions(engine).begin() as session:
            lines.make_demonstration(session, languages("contact"))
        yield database.make_sessions(engine)
    finally:
        engine.dispose()
        server.stop()
        shutil.rmtree(home, ignore_errors=True)
