/* A button that asks the browser for its position and hands the answer to the page. */
export default function (component) {
  const { data, setStateValue, parentElement } = component;
  const button = parentElement.querySelector("button");
  const status = parentElement.querySelector("p");
  button.textContent = data.button;
  button.onclick = () => {
    status.textContent = data.waiting;
    if (!navigator.geolocation) { status.textContent = data.refused; return; }
    navigator.geolocation.getCurrentPosition(
      ({ coords, timestamp }) => {
        status.textContent = data.found.replace("#", Math.round(coords.accuracy));
        const { latitude, longitude, accuracy } = coords;
        const taken_at = new Date(timestamp || Date.now()).toISOString();
        setStateValue("fix", { latitude, longitude, accuracy_m: accuracy, taken_at });
      },
      () => { status.textContent = data.refused; },
      { enableHighAccuracy: true, timeout: 20000, maximumAge: 5000 },
    );
  };
}
