"""Fifty caseworkers at their desks, as light as they can be: connections, no browsers.

Each has the list and two of their cases open, each with a stream of its own, and asks what changed whenever
one rings, as the pages' scripts do.
"""

import asyncio
import contextlib
import random
import re
import time

import aiohttp

TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')
STAMP = re.compile(r'data-stamp="([^"]+)"')
LED_TO = re.compile(r"/desk/cases/(\d+)$")
# Between what one caseworker does: all together three things a second.
ACTS_EVERY_SECONDS = 16
OPEN_CASES = 2
# The list's script asks no more often.
PAUSE_SECONDS = 0.4


class Watch:
    """When things happened, and when somebody saw them."""

    def __init__(self):
        self.pages = []
        self.seen = []
        self.born = {}
        self.said = {}

    def has_page(self, begun):
        self.pages.append(time.perf_counter() - begun)

    def sees_case(self, case):
        if case in self.born:
            self.seen.append(time.perf_counter() - self.born[case])

    def sees_words(self, case):
        if case in self.said:
            self.seen.append(max(0.0, time.perf_counter() - self.said.pop(case)))


class Caseworker:
    def __init__(self, client, base, cookie, watch):
        self.client, self.base, self.watch = client, base, watch
        self.cookies = [cookie]
        self.token, self.stamp = "", ""
        self.last_case = 0
        self.cases = {}
        self.listening = []

    async def starts(self):
        page = await self.opens("/desk")
        self.token = TOKEN.search(page)[1]
        self.listening.append(asyncio.create_task(self.listens("/desk/events", self.looks)))
        for _ in range(OPEN_CASES):
            await self.takes_next()
        for case in self.cases:
            await self.opens_case(case)
            self.listening.append(
                asyncio.create_task(
                    self.listens(f"/desk/cases/{case}/events", lambda case=case: self.reads(case))
                )
            )

    async def works(self, until):
        await asyncio.sleep(random.uniform(0, ACTS_EVERY_SECONDS))
        while time.monotonic() < until:
            await random.choice([self.comes_back, self.opens_one, self.takes_next, self.replies])()
            await asyncio.sleep(random.uniform(0.5, 1.5) * ACTS_EVERY_SECONDS)

    def leaves(self):
        for task in self.listening:
            task.cancel()

    # ---- acts

    async def comes_back(self):
        await self.opens("/desk")

    async def opens_one(self):
        await self.opens_case(random.choice(list(self.cases)))

    async def takes_next(self):
        begun = time.perf_counter()
        led_to = LED_TO.search(await self.posts("/desk/next"))
        if led_to:
            self.cases[int(led_to[1])] = 0
        # Or back to the list, when they have as many as they should.
        await self.opens(f"/desk/cases/{led_to[1]}" if led_to else "/desk", begun)

    async def replies(self):
        case = random.choice(list(self.cases))
        begun = time.perf_counter()
        await self.posts(f"/desk/cases/{case}/reply", text="I am here. Are you safe now?")
        self.watch.has_page(begun)

    async def opens_case(self, case):
        await self.opens(f"/desk/cases/{case}")
        self.cases[case] = 0
        await self.reads(case)

    # ---- what the scripts of the pages ask for

    async def looks(self):
        told = await self.asks(f"/desk/list?since={self.stamp}")
        self.stamp = told["stamp"]
        for group in told.get("groups", ()):
            for case in group["cases"]:
                if case > self.last_case:
                    self.last_case = case
                    self.watch.sees_case(case)
        await asyncio.sleep(PAUSE_SECONDS)

    async def reads(self, case):
        told = await self.asks(f"/desk/cases/{case}/data?after={self.cases.get(case, 0)}")
        if told["messages"]:
            self.cases[case] = told["messages"][-1]["id"]
        if any(message["author"] == "contact" for message in told["messages"]):
            self.watch.sees_words(case)

    async def listens(self, path, changed):
        """Like `live` with `oneAtATime`: what rings meanwhile is looked at once, afterwards."""
        rung = asyncio.Event()

        async def look():
            while True:
                await rung.wait()
                rung.clear()
                await changed()

        looking = asyncio.create_task(look())
        try:
            while True:
                with contextlib.suppress(aiohttp.ClientPayloadError):
                    async with self.client.get(
                        self.base + path, headers=self.headers("text/event-stream"), timeout=None
                    ) as answer:
                        assert answer.status == 200, answer.status
                        async for line in answer.content:
                            if line.startswith(b"event"):
                                rung.set()
        finally:
            looking.cancel()

    # ---- a browser

    async def opens(self, path, begun=None):
        begun = begun or time.perf_counter()
        async with self.client.get(self.base + path, headers=self.headers("text/html")) as answer:
            page = await answer.text()
            assert answer.status == 200, (path, answer.status)
        self.watch.has_page(begun)
        for cookie in answer.headers.getall("Set-Cookie", ()):
            self.cookies.append(cookie.partition(";")[0])
        stamp = STAMP.search(page)
        self.stamp = stamp[1] if stamp else self.stamp
        return page

    async def posts(self, path, **form):
        async with self.client.post(
            self.base + path,
            data={"csrf_token": self.token} | form,
            headers=self.headers("text/html"),
            allow_redirects=False,
        ) as answer:
            assert answer.status in (302, 303), (path, answer.status)
            return answer.headers["Location"]

    async def asks(self, path):
        headers = self.headers("application/json") | {"Waypost-By-Itself": "1"}
        async with self.client.get(self.base + path, headers=headers) as answer:
            assert answer.status == 200, (path, answer.status)
            return await answer.json()

    def headers(self, accept):
        return {"Accept": accept, "Cookie": "; ".join(self.cookies)}
