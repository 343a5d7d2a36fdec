// Shows notices where a page itself may not, and leads from a pressed one to the desk. It answers no request
// and keeps nothing.
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(toDesk());
});

async function toDesk() {
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const open = pages.find(({ url }) => new URL(url).pathname.startsWith("/desk")) ?? pages[0];
  await (open ? open.focus() : self.clients.openWindow("/desk"));
}
