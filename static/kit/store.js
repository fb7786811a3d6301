/**
 * Keep everything on this device in one database: drafts, finished records, photos; nothing leaves it by itself.
 *
 * open(name, onLost)           -> promise; once, before everything else. onLost() is called when the browser closes it
 * get(table, key), all(table)  -> promise of one value or of all
 * put(table, value)            -> promise; on the disk when it is fulfilled
 * change(tables, work)         -> promise; work(table name -> object store) in one transaction: all of it, or nothing
 * close()                      -> nothing more is written here until it is opened again
 * askToStay()                  -> promise of whether the browser promises not to clear it by itself
 *
 * Tables: drafts by site_code, records by survey_id, photos {sha256, blob} and photo_facts by sha256, settings by name.
 */
Jaidee.store = (() => {
  "use strict";

  const VERSION = 1;
  const TABLES = {
    drafts: "site_code",
    records: "survey_id",
    photos: "sha256",
    photo_facts: "sha256",
    settings: "name",
  };
  let base = null;

  function open(name, onLost) {
    return new Promise((done, failed) => {
      const asked = indexedDB.open(name, VERSION);
      asked.onupgradeneeded = () => {
        for (const [table, key] of Object.entries(TABLES)) asked.result.createObjectStore(table, { keyPath: key });
      };
      asked.onsuccess = () => {
        base = asked.result;
        base.onclose = onLost;
        // Another tab with a newer kit must be able to change the tables.
        base.onversionchange = () => {
          base.close();
          onLost();
        };
        done();
      };
      asked.onerror = () => failed(asked.error);
    });
  }

  const close = () => base?.close();

  function reading(table, ask) {
    return new Promise((done, failed) => {
      const asked = ask(base.transaction(table, "readonly").objectStore(table));
      asked.onsuccess = () => done(asked.result);
      asked.onerror = () => failed(asked.error);
    });
  }

  const get = (table, key) => reading(table, (rows) => rows.get(key));
  const all = (table) => reading(table, (rows) => rows.getAll());

  function change(tables, work) {
    return new Promise((done, failed) => {
      // Strict: fulfilled only when the disk has it, so that an empty battery takes nothing away.
      const deed = base.transaction(tables, "readwrite", { durability: "strict" });
      deed.oncomplete = () => done();
      deed.onabort = () => failed(deed.error);
      work((table) => deed.objectStore(table));
      // At once: a page that is closed in this very moment still keeps what was asked.
      if (deed.commit) deed.commit();
    });
  }

  const put = (table, value) => change([table], (of) => of(table).put(value));

  async function askToStay() {
    try {
      return Boolean((await navigator.storage?.persisted?.()) || (await navigator.storage?.persist?.()));
    } catch {
      return false;
    }
  }

  return Object.freeze({ open, close, get, all, put, change, askToStay });
})();
