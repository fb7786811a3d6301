/** Ask the phone where it is, and say in words when it cannot tell. */
Jaidee.position = (() => {
  "use strict";

  const [KEPT, STALE_MS] = ["jaidee_position", 600_000];
  let latest = null;
  const HOW = { enableHighAccuracy: true, timeout: 20_000, maximumAge: 5_000 };

  /** Return {latitude, longitude, accuracy_m, located_at}, or null after saying why there is none. */
  function ask(told) {
    const { say } = Jaidee.words;
    if (!navigator.geolocation || !isSecureContext) {
      told.textContent = say("position_impossible");
      return Promise.resolve(null);
    }
    told.textContent = say("looking_for_position");
    return new Promise((done) => {
      navigator.geolocation.getCurrentPosition(
        ({ coords, timestamp }) => {
          const { latitude, longitude, accuracy: accuracy_m } = coords;
          const found = { latitude, longitude, accuracy_m, located_at: new Date(timestamp || Date.now()).toISOString() };
          latest = found;
          sessionStorage.setItem(KEPT, JSON.stringify(found));
          done(found);
        },
        (fault) => {
          told.textContent = say(fault.code === 1 ? "position_forbidden" : "position_not_found");
          done(null);
        },
        HOW,
      );
    });
  }

  /** Return the last position, wherever it was asked for; one of before a reload only while the phone is not elsewhere. */
  function last() {
    if (latest) return latest;
    const found = JSON.parse(sessionStorage.getItem(KEPT) || "null");
    return found && Date.now() - Date.parse(found.located_at) < STALE_MS ? found : null;
  }

  return Object.freeze({ ask, last });
})();
