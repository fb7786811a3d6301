/* Report what does not work in this browser: the server cannot see a script that stops or a part that never comes. */
(() => {
  const MOST = 10, LATE = "Your app is having trouble loading the ";
  const phrase = "This part of the page has not come. Load the page again; if it stays empty, tell the administrator.";
  const words = JSON.parse(document.getElementById("jaidee-words")?.textContent || "{}");
  const reported = new Set();

  const report = (what) => {
    if (!navigator.onLine || reported.has(what) || reported.size >= MOST) return;
    reported.add(what);
    const body = JSON.stringify({ page: location.pathname.split("/").pop(), what });
    fetch("/browser-fault", { method: "POST", body, headers: { "content-type": "application/json" } }).catch(() => {});
  };
  const fileOf = (address) => String(address || "").split(/[?#]/)[0].split("/").pop() || "page";

  // a file that is missing makes an event that does not bubble
  window.addEventListener("error", (event) => {
    if (event.target instanceof HTMLScriptElement) report(`file ${fileOf(event.target.src)}`);
    else if (event.target instanceof HTMLLinkElement) report(`file ${fileOf(event.target.href)}`);
    else if (event.error) report(`${event.error.name} ${fileOf(event.filename)}:${event.lineno}`);
  }, true);
  window.addEventListener("unhandledrejection", ({ reason }) => {
    if (reason instanceof Error && reason.name !== "AbortError") report(reason.name);
  });

  // Streamlit says so, to its developers and in English, when a component was not ready within a minute
  const explain = () => {
    for (const sentence of document.querySelectorAll("[data-testid=stAlert] [data-testid=stMarkdownContainer]:not([data-jaidee-late])")) {
      if (!sentence.textContent.trim().startsWith(LATE.trim())) continue;
      sentence.dataset.jaideeLate = words[phrase] || phrase;
      report("component");
    }
  };
  let planned = 0;
  new MutationObserver(() => { planned ||= requestAnimationFrame(() => { planned = 0; explain(); }); })
    .observe(document.documentElement, { subtree: true, childList: true });
})();
