/* Say within five seconds that the server does not answer. A half-open connection looks alive: only asking tells. */
(() => {
  const QUIET_MS = 2000, ANSWER_MS = 2500, AGAIN_MS = 2000, IDLE_MS = 20_000;
  const phrase = "The server does not answer. What you typed stays here; this page goes on when the network is back.";
  const words = JSON.parse(document.getElementById("jaidee-words")?.textContent || "{}");
  let [heard, waiting, banner] = [0, null, null];

  const show = (isLost) => {
    if (!banner) {
      banner = document.createElement("p");
      banner.className = "jaidee-offline";
      banner.setAttribute("role", "alert");
      document.body.append(banner);
    }
    const text = isLost ? words[phrase] || phrase : "";
    if (banner.textContent !== text) banner.textContent = text;
  };
  const ask = async () => {
    clearTimeout(waiting);
    const stop = new AbortController();
    const timeout = setTimeout(() => stop.abort(), ANSWER_MS);
    let isLost = false;
    try {
      await fetch("/_stcore/health", { cache: "no-store", signal: stop.signal });
    } catch {
      isLost = true;
    }
    clearTimeout(timeout);
    show(isLost);
    waiting = setTimeout(idle, isLost ? AGAIN_MS : IDLE_MS);
  };
  const idle = () => (document.visibilityState === "visible" ? ask() : (waiting = setTimeout(idle, IDLE_MS)));

  const send = WebSocket.prototype.send;
  const hear = () => { heard = performance.now(); };
  WebSocket.prototype.send = function (...content) {
    this.addEventListener("message", hear);
    const asked = performance.now();
    setTimeout(() => heard < asked && ask(), QUIET_MS);
    return send.apply(this, content);
  };
  window.addEventListener("offline", () => show(true));
  window.addEventListener("online", ask);
  waiting = setTimeout(idle, IDLE_MS);
})();
