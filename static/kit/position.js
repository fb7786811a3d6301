/** Ask the phone where it is, and say in words when it cannot tell. */
Jaidee.position = (() => {
  "use strict";

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
        ({ coords, timestamp }) =>
          done({
            latitude: coords.latitude,
            longitude: coords.longitude,
            accuracy_m: coords.accuracy,
            located_at: new Date(timestamp || Date.now()).toISOString(),
          }),
        (fault) => {
          told.textContent = say(fault.code === 1 ? "position_forbidden" : "position_not_found");
          done(null);
        },
        HOW,
      );
    });
  }

  return Object.freeze({ ask });
})();
