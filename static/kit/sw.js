/**
 * Open the offline kit without a network: the newest page that came whole, and never half of one.
 *
 * The page says its own version, the SHA-256 of its bytes; a copy is kept under that name only when the bytes that came
 * have it. The one before stays until then.
 */
"use strict";

const PAGE = new URL("kit", self.registration.scope).href;
const PREFIX = "jaidee-kit-page-";
const PATIENCE_MS = 6000;

self.addEventListener("install", (event) => event.waitUntil(fetched().then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { method, url } = event.request;
  const asked = new URL(url);
  if (method === "GET" && asked.origin + asked.pathname === PAGE) event.respondWith(page(event));
});

async function page(event) {
  const coming = fetched();
  event.waitUntil(coming.catch(() => null));
  const late = new Promise((done) => setTimeout(done, PATIENCE_MS));
  const first = await Promise.race([coming.catch(() => null), late]);
  return first || (await kept()) || coming;
}

/** Ask the server, and keep the answer when it came whole. */
async function fetched() {
  const answer = await fetch(PAGE, { cache: "no-cache" });
  if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
  const bytes = await answer.arrayBuffer();
  const version = answer.headers.get("x-kit-version");
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  if (Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("") !== version) throw new Error("cut off");
  const headers = { "content-type": "text/html; charset=utf-8", "x-kit-version": version };
  for (const name of ["content-security-policy", "x-content-type-options", "referrer-policy"]) {
    if (answer.headers.get(name)) headers[name] = answer.headers.get(name);
  }
  const whole = new Response(bytes, { headers });
  await (await caches.open(PREFIX + version)).put(PAGE, whole.clone());
  for (const name of await caches.keys()) {
    if (name.startsWith(PREFIX) && name !== PREFIX + version) await caches.delete(name);
  }
  return whole;
}

async function kept() {
  for (const name of (await caches.keys()).filter((each) => each.startsWith(PREFIX))) {
    const found = await (await caches.open(name)).match(PAGE);
    if (found) return found;
  }
  return null;
}
