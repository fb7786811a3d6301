// Tells which surveys the survey app keeps in this browser that the office has not taken in, each with its site.
export default async function (component) {
  const { workspace, one, many } = component.data;
  const name = `jaidee-kit-${workspace}`;
  const told = component.parentElement.querySelector("p");
  const shown = (codes) => {
    told.hidden = !codes.length;
    told.textContent = (codes.length === 1 ? one : many).replace("#", codes.length).replace("@", codes.join(", "));
  };
  // To open a database that is not there would make an empty one, which the survey app could not use.
  const there = await indexedDB.databases?.().catch(() => []);
  if (!there?.some((each) => each.name === name)) return shown([]);
  const asked = indexedDB.open(name);
  asked.onsuccess = () => {
    const base = asked.result;
    base.onversionchange = () => base.close();
    const rows = base.transaction("records", "readonly").objectStore("records").getAll();
    rows.onsuccess = () => {
      const waiting = rows.result.filter((each) => ["phone", "sent", "held", "refused"].includes(each.state));
      base.close();
      shown([...new Set(waiting.map((each) => each.site_code))].sort());
    };
  };
}
