// Keeps a part of a page as new as the node's records, without a reload. Without this script a reload does the same.
(() => {
  const part = document.querySelector("[data-live][id]");
  if (!part || !window.EventSource) return;
  let waiting = 0;
  const refresh = async () => {
    const answer = await fetch(location.href, { headers: { accept: "text/html" } });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const now = document.getElementById(part.id);
    const next = page.getElementById(part.id);
    const focused = document.activeElement;
    // Whoever is typing is not interrupted: the next event, or leaving the field, brings what is new.
    if (!next || (now.contains(focused) && focused.matches("input, select, textarea"))) return later(2000);
    const kept = now.contains(focused) && (focused.id || focused.getAttribute("href"));
    now.replaceChildren(...next.childNodes);
    if (kept) [...now.querySelectorAll("[id], a")].find((e) => e.id === kept || e.getAttribute("href") === kept)?.focus();
  };
  const later = (ms) => {
    clearTimeout(waiting);
    waiting = setTimeout(() => refresh().catch(() => {}), ms);
  };
  const events = new EventSource("/v1/events?kind=" + encodeURIComponent(part.dataset.live));
  events.addEventListener("record", () => later(100));
  // What came between the page and the connection.
  events.addEventListener("open", () => performance.now() > 1000 && later(0), { once: true });
})();
