"""An HTTP server on 127.0.0.1 in a thread of its own, with its own event loop."""

import asyncio
import contextlib
import threading
from typing import Self

import aiohttp
from aiohttp import web
from yarl import URL


class Loopback:
    """`answer` is all a fake has to write; `session` is for the calls a provider makes to us."""

    def __init__(self, port: int = 0) -> None:
        self.port = port
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve, name=type(self).__name__, daemon=True)
        self._ready = threading.Event()
        self._failure: OSError | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        raise NotImplementedError

    def start(self) -> Self:
        self._thread.start()
        self._ready.wait()
        if self._failure is not None:
            raise self._failure
        return self

    def stop(self) -> None:
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def call_us(self, url: str, *, data: object = None, headers: dict[str, str]) -> None:
        """Make a webhook call soon; from inside the server's loop. Whether we answer is our affair."""

        async def call() -> None:
            with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                # As it stands: a signature covers each character of it.
                exactly = URL(url, encoded=True)
                async with self.session.post(exactly, data=data, headers=headers) as answer:
                    await answer.read()

        task = asyncio.create_task(call())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def soon(self, call: object, *values: object) -> None:
        """Run `call` in the server's loop."""
        self._loop.call_soon_threadsafe(call, *values)  # type: ignore[arg-type]

    def _serve(self) -> None:
        try:
            self._loop.run_until_complete(self._main())
        finally:
            self._ready.set()
            self._loop.close()

    async def _main(self) -> None:
        self._stopping = asyncio.Event()
        # No router, no access log: the fakes also serve the benchmarks.
        runner = web.ServerRunner(web.Server(self.answer, access_log=None), shutdown_timeout=0.1)
        await runner.setup()
        try:
            site = web.TCPSite(runner, "127.0.0.1", self.port)
            await site.start()
            self.port = runner.addresses[0][1]
            timeout = aiohttp.ClientTimeout(total=15)
            async with aiohttp.ClientSession(timeout=timeout, trust_env=False) as self.session:
                self._ready.set()
                await self._stopping.wait()
        except OSError as failure:
            self._failure = failure
        finally:
            await runner.cleanup()


def vanish(request: web.BaseRequest) -> web.StreamResponse:
    """Break the connection off without a word."""
    if request.transport is not None:
        request.transport.abort()
    raise asyncio.CancelledError
