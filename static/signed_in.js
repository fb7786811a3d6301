/* A reader who was signed out elsewhere is led to the sign-in page, not left before a page that answers nothing. */
(() => {
  const check = async () => {
    try {
      const answer = await fetch("/sign-in/state", { cache: "no-store", redirect: "manual" });
      if (answer.status === 401) {
        location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
      }
    } catch {
      // no network: Streamlit says so itself
    }
  };
  const Socket = window.WebSocket;
  window.WebSocket = class extends Socket {
    constructor(...given) {
      super(...given);
      this.addEventListener("close", check);
    }
  };
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && check());
})();
