/**
 * Shows what the village tells while no page of it is open. A later telling of the same matter
 * takes the place of an earlier one; a tap leads to where it is about, on a page of ours alone.
 */

self.addEventListener("push", (event) => {
  const told = read(event.data);
  event.waitUntil(
    self.registration.showNotification(told.title || self.location.hostname, {
      body: told.body,
      tag: told.tag || undefined,
      renotify: Boolean(told.tag),
      lang: told.language,
      icon: "/static/village/leaf.svg",
      data: { link: told.link },
    }),
  );
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data?.link));
});

function read(data) {
  try {
    return data?.json() ?? {};
  } catch {
    return {};
  }
}

async function open(link) {
  const target = new URL(link || "/me/notifications", self.location.origin);
  if (target.origin !== self.location.origin) return;
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const shown = pages.find((page) => page.url === target.href);
  await (shown ? shown.focus() : self.clients.openWindow(target.href));
}
