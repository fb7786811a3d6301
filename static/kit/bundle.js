/**
 * Write records and photos into one file for a memory card or a message.
 *
 * whole(kit, records) -> promise of {blob, name, records, photos, absent}; photos of which this device has no bytes any
 * more are counted as absent.
 *
 * Every line is one JSON object {"jaidee_kit", "kind", "sha256", "body"} whose sha256 is that of the text of its body,
 * so that a line can be trusted without the others. The first line lists all the others.
 */
Jaidee.bundle = (() => {
  "use strict";

  const FORM = 1;
  const PIECE = 0x8000;

  function base64(bytes) {
    let binary = "";
    for (let at = 0; at < bytes.length; at += PIECE) binary += String.fromCharCode(...bytes.subarray(at, at + PIECE));
    return btoa(binary);
  }

  async function line(kind, body) {
    const sha256 = await Jaidee.sha256.ofText(body);
    return { sha256, part: new Blob([`{"jaidee_kit":${FORM},"kind":"${kind}","sha256":"${sha256}","body":${body}}\n`]) };
  }

  async function photoLine(sha256) {
    const kept = await Jaidee.store.get("photos", sha256);
    if (!kept) return null;
    const bytes = new Uint8Array(await kept.blob.arrayBuffer());
    return line("photo", JSON.stringify({ sha256, type: kept.blob.type, bytes: bytes.length, content: base64(bytes) }));
  }

  async function whole(kit, records) {
    const listed = { records: [], photos: [] };
    // Parts, not one text: the browser keeps them where it has room, and 255 photos are never in memory at once.
    const parts = [];
    for (const record of records) {
      const { sha256, part } = await line("record", record.text);
      parts.push(part);
      listed.records.push({ survey_id: record.survey_id, site_code: record.site_code, line_sha256: sha256 });
    }
    let absent = 0;
    for (const sha256 of new Set(records.flatMap((record) => record.sheet.photos.map((photo) => photo.sha256)))) {
      const made = await photoLine(sha256);
      if (!made) absent += 1;
      else {
        parts.push(made.part);
        listed.photos.push({ sha256, line_sha256: made.sha256 });
      }
    }
    const about = { workspace: kit.workspace, made_at: new Date().toISOString(), ...listed };
    const manifest = await line("manifest", JSON.stringify(about));
    const blob = new Blob([manifest.part, ...parts], { type: "application/x-ndjson" });
    const counts = { records: listed.records.length, photos: listed.photos.length, absent };
    return { blob, name: fileName(records), ...counts };
  }

  function fileName(records) {
    const who = (records.at(-1)?.sheet.surveyor || "").trim().replace(/[^\p{L}\p{M}\p{N}-]+/gu, "-") || "kit";
    const now = new Date();
    const two = (figure) => String(figure).padStart(2, "0");
    const day = `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}`;
    return `jaidee-${who}-${day}-${two(now.getHours())}${two(now.getMinutes())}.ndjson`;
  }

  return Object.freeze({ whole });
})();
